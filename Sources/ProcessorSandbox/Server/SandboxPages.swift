import HTTPTypes
import Hummingbird
import NIOCore

/// The sandbox's own pages, which no fault or limit touches: its ledger, report, figures and clock.
struct SandboxPages: Sendable {
  let desk: Desk
  let meter: Meter

  func answer(_ request: Request) async throws -> Response {
    switch (request.method, request.uri.path) {
    case (.get, "/sandbox/ledger"): return try await ledger()
    case (.get, "/sandbox/reports/payout_reconciliation.csv"): return try await report()
    case (.get, "/sandbox/stats"): return try await stats()
    case (.post, "/sandbox/clock"): return try await clock(request)
    default: return Answer(.invalid(nil, "Unrecognized request URL (\(request.uri.path)).", status: 404)).response
    }
  }

  /// The ledger's certain part, straight from the file, so that both always say the same.
  private func ledger() async throws -> Response {
    try await desk.read { _ throws(StripeError) in }
    let length = desk.journal.ledgerLength
    let body = ResponseBody(contentLength: length) { [journal = desk.journal] writer in
      var offset = 0
      while offset < length {
        let bytes = try journal.readLedger(at: offset, count: min(1 << 16, length - offset))
        guard !bytes.isEmpty else { throw SandboxError.file(path: "ledger", doing: "read", reason: "it got shorter") }
        offset += bytes.count
        try await writer.write(ByteBuffer(bytes: bytes))
      }
      try await writer.finish(nil)
    }
    return Response(status: .ok, headers: [.contentType: "application/jsonl"], body: body)
  }

  /// Rows in the ledger's order, as many as there were when the request came.
  private func report() async throws -> Response {
    let count = try await desk.read { bank throws(StripeError) in bank.movements.count }
    let body = ResponseBody { [desk] writer in
      try await writer.write(ByteBuffer(string: PayoutReport.line(PayoutReport.header)))
      for start in stride(from: 0, to: count, by: 500) {
        let rows = try await desk.read { bank throws(StripeError) in
          bank.movements[start..<min(start + 500, count)].flatMap { PayoutReport.rows(of: $0, in: bank) }
        }
        try await writer.write(ByteBuffer(string: rows.map(PayoutReport.line).joined()))
      }
      try await writer.finish(nil)
    }
    return Response(status: .ok, headers: [.contentType: "text/csv; charset=utf-8"], body: body)
  }

  private func stats() async throws -> Response {
    let counts = meter.counts
    let anomalies = try await desk.read { bank throws(StripeError) in bank.anomalyCounts }
    let answer = Answer { json in
      json.object {
        $0.field("requests", Int64(counts.requests))
        $0.field("max_per_second", Int64(counts.maxPerSecond))
        $0.field("rate_limited", Int64(counts.rateLimited))
        $0.field("in_flight", Int64(counts.inFlight))
        $0.field("max_in_flight", Int64(counts.maxInFlight))
        $0.field("faults", counts: Fault.allCases.map { ($0.rawValue, counts.faults[$0] ?? 0) })
        $0.field("anomalies", counts: Anomaly.allCases.map { ($0.rawValue, anomalies[$0] ?? 0) })
      }
    }
    return answer.response
  }

  private func clock(_ request: Request) async throws -> Response {
    let body = try await request.body.collect(upTo: 4096)
    // A century, so that no sum of instants can overflow.
    guard let seconds = JSONValue(parsing: body.readableBytesView)?["advance_seconds"]?.integer,
      (0...3_155_760_000).contains(seconds)
    else {
      let message = "Send {\"advance_seconds\": N}, N whole seconds of at least 0: the clock only goes forward."
      return Answer(.invalid(nil, message, param: "advance_seconds")).response
    }
    let now = try await desk.advance(by: seconds)
    return Answer { json in json.object { $0.field("now", now) } }.response
  }
}

extension JSONWriter {
  fileprivate mutating func field(_ name: StaticString, counts: [(name: String, count: Int)]) {
    field(name) { json in
      json.object { json in
        for (name, count) in counts {
          json.field(named: name, Int64(count))
        }
      }
    }
  }
}
