import AsyncHTTPClient
import Foundation
import Logging
import NIOCore
import NIOHTTP1
import Postgres
import SettleFiles
import SettleModel
import SettleProcessors
import SettleStore
import SettleTesting
import Testing

@testable import SettlePipeline

/// Refunds over several dates at a processor that lets each have a life of its own. Its ledger judges.
@Suite(.serialized) struct RefundNightTests {
  private static let second = Night.date.adding(days: 1)
  private static let third = Night.date.adding(days: 2)

  /// One order of 20.00 for which more is taken, so that a rule gives the excess back.
  private func overcharged(paying method: String, _ body: (Night) async throws -> Void) async throws {
    try await Night.with(anomalies: "overcharge=1") { night in
      try night.put("order_id,amount,currency,payment_method\nA-1,2000,USD,\(method)\n", "authorizations/a.csv")
      try await night.run(.ingest, .charge)
      try await night.import("1.csv")
      try await body(night)
    }
  }

  /// The stages after charging, and what they made of the night.
  private func run(_ night: Night, _ date: BusinessDate, out: String, ends: SettlePipeline.ExitStatus = .done)
    async throws
  {
    let result = try await night.run(.importing, .reconcile, .refund, .report, date: date, out: out)
    #expect(result.exitStatus == ends, "\(result.stages.compactMap(\.message))")
  }

  private func refunds(_ night: Night, _ out: String) throws -> [String] {
    try night.rows("refunds.csv", out: out).map { $0["status"] ?? "" }
  }

  private func breaks(_ night: Night, _ out: String) throws -> [String] {
    try night.rows("breaks.csv", out: out).map {
      [$0["reason"], $0["status"], $0["resolution"], $0["held_back"]].compactMap(\.self).filter { !$0.isEmpty }
        .joined(separator: " ")
    }
  }

  /// Each date's report, made again from the store as it is now, is what it was.
  private func staysAsItWas(_ night: Night, _ dates: [(BusinessDate, String)]) async throws {
    for (date, out) in dates {
      try await night.run(.report, date: date, out: "\(out)-again")
      #expect(try night.bytes(out: "\(out)-again") == night.bytes(out: out), "\(date)")
    }
  }

  private func everyTotalAddsUp(_ night: Night, _ out: String) throws {
    var sums: [String: Int] = [:]
    for row in try night.rows("totals.csv", out: out) {
      let sign = row["bucket"] == "all" ? -1 : 1
      sums["\(row["side"] ?? "") \(row["currency"] ?? "") count", default: 0] += sign * (Int(row["count"] ?? "") ?? 0)
      let cents = Int((row["amount"] ?? "").replacing(".", with: "")) ?? 0
      sums["\(row["side"] ?? "") \(row["currency"] ?? "") amount", default: 0] += sign * cents
    }
    #expect(sums.values.allSatisfy { $0 == 0 }, "\(sums)")
  }

  @Test func aPendingRefundIsFollowedToItsSuccess() async throws {
    try await overcharged(paying: "pm_card_pendingRefund") { night in
      try await run(night, Night.date, out: "1")
      #expect(try refunds(night, "1") == ["REQUESTED"])
      #expect(try breaks(night, "1") == ["amount_mismatch open"])
      #expect(try await night.ledger().map(\.kind) == ["charge"])
      // Asked again before it is through, it is still the same.
      let before = try await night.store.fingerprint()
      try await run(night, Night.date, out: "1")
      #expect(try await night.changed(since: before) == [])

      try await night.advance(days: 1)
      try await run(night, Self.second, out: "2")
      #expect(try refunds(night, "2") == ["PROCESSED"])
      #expect(try breaks(night, "2") == ["amount_mismatch resolved refunded"])
      #expect(try await night.ledger().filter { $0.kind == "refund" }.count == 1)

      try await night.import("3.csv")
      try await run(night, Self.third, out: "3")
      #expect(try breaks(night, "3") == [])
      #expect(try night.rows("matched.csv", out: "3").map { $0["kind"] } == ["refund"])
      try await staysAsItWas(night, [(Night.date, "1"), (Self.second, "2"), (Self.third, "3")])
      for out in ["1", "2", "3"] { try everyTotalAddsUp(night, out) }
    }
  }

  @Test func aRefundThatFailsAfterAllIsABreakAndNoRepetition() async throws {
    try await overcharged(paying: "pm_card_refundFail") { night in
      try await run(night, Night.date, out: "1")
      #expect(try refunds(night, "1") == ["PROCESSED"])
      #expect(try breaks(night, "1") == ["amount_mismatch resolved refunded"])

      try await night.advance(days: 1)
      try await run(night, Self.second, out: "2")
      #expect(try refunds(night, "2") == ["FAILED"])
      #expect(try breaks(night, "2").contains("refund_failed open"))
      // Another run of the date finds nothing to change, in the store or in the files.
      let (before, bytes) = (try await night.store.fingerprint(), try night.bytes(out: "2"))
      try await run(night, Self.second, out: "2")
      #expect(try await night.changed(since: before) == [])
      #expect(try night.bytes(out: "2") == bytes)

      try await night.import("3.csv")
      try await run(night, Self.third, out: "3")
      #expect(try breaks(night, "3").contains("refund_failed open"))
      let moved = try await night.ledger().filter { $0.kind != "charge" && $0.kind != "payout" }
      #expect(moved.map(\.kind) == ["refund", "refund_failure"])
      #expect(Set(moved.map(\.amount)).count == 1)
      try await staysAsItWas(night, [(Night.date, "1"), (Self.second, "2"), (Self.third, "3")])
      for out in ["1", "2", "3"] { try everyTotalAddsUp(night, out) }
    }
  }

  @Test(arguments: [
    ("pm_sandbox_pendingRefundFail", "refund_failed"), ("pm_sandbox_refundNeedsAction", "refund_canceled"),
  ])
  func aRefundThatNeverGetsThereLeavesItsBreakToAPerson(method: String, held: String) async throws {
    try await overcharged(paying: method) { night in
      try await run(night, Night.date, out: "1")
      #expect(try refunds(night, "1") == ["REQUESTED"])
      if held == "refund_canceled" {
        let reference = try #require(try await night.store.rows("SELECT processor_refund FROM refunds").first)
        try await night.post("/v1/refunds/\(reference)/cancel", "")
      } else {
        try await night.advance(days: 1)
      }
      try await run(night, Self.second, out: "2")
      #expect(try refunds(night, "2") == ["FAILED"])
      #expect(try breaks(night, "2") == ["amount_mismatch open \(held)"])
      try await run(night, Self.third, out: "3")
      #expect(try breaks(night, "3") == ["amount_mismatch open \(held)"])
      #expect(try await night.ledger().filter { $0.kind.hasPrefix("refund") }.isEmpty)
      try await staysAsItWas(night, [(Night.date, "1"), (Self.second, "2"), (Self.third, "3")])
    }
  }

  // MARK: Killed in the middle

  enum Death: CaseIterable { case storedNotSent, sentNotRecorded }

  /// Stores the refund that the night would ask for, as a run does that dies then or after its request has left.
  private func die(_ death: Death, _ night: Night) async throws {
    try await night.run(.importing, .reconcile)
    let load = LoadContext(merchant: "default", processor: "stripe", date: Night.date, now: night.now)
    let candidate = try #require(
      try await night.store.pool.session { try $0.refundCandidates(for: [.amountMismatch], context: load) }.first)
    try await night.connected { adapter in
      let reference = try #require(candidate.processorCharge)
      let charge = try #require(try await adapter.charge(reference))
      let expected = try #require(candidate.subject.expected)
      let order = RefundOrder(
        refund: RefundID(charge: reference, reason: .amountMismatch, askedFor: candidate.breakID),
        payment: candidate.payment, processorCharge: reference,
        amount: try candidate.subject.reported.subtracting(expected), reason: .amountMismatch)
      let request = try adapter.request(for: .refund(order))
      let token: Int64 =
        try await night.store.pool.session { try $0.first("SELECT token FROM lease")?.get("token") } ?? 0
      let run = RunIdentity(id: UUID(), fence: Fence(token: token))
      _ = try await night.store.pool.transaction { db in
        try db.reserveRefund(
          order, for: candidate.breakID, rule: "amount_mismatch: overcharge", request: request, charge: charge,
          within: nil, run: run, context: load)
      }
      if death == .sentNotRecorded { _ = try await adapter.send(request, permit: {}) }
    }
  }

  @Test(arguments: Death.allCases)
  func aKilledRefundIsMadeOnce(death: Death) async throws {
    try await overcharged(paying: "pm_card_visa") { night in
      try await die(death, night)
      for out in ["1", "1"] { try await run(night, Night.date, out: out) }
      #expect(try refunds(night, "1") == ["PROCESSED"])
      #expect(try breaks(night, "1") == ["amount_mismatch resolved refunded"])
      #expect(try await night.ledger().filter { $0.kind == "refund" }.count == 1)
    }
  }

  /// Past the key's life nothing is posted: what was made is found, what was never sent is left to a person.
  @Test(arguments: Death.allCases)
  func pastTheKeysLifeNothingIsPosted(death: Death) async throws {
    try await overcharged(paying: "pm_card_visa") { night in
      try await die(death, night)
      try await night.store.execute("UPDATE refunds SET requested_at = requested_at - interval '25 hours'")
      try await night.advance(days: 2)
      let found = death == .sentNotRecorded
      for out in ["1", "1"] { try await run(night, Night.date, out: out, ends: found ? .done : .tryLater) }
      #expect(try await night.ledger().filter { $0.kind == "refund" }.count == (found ? 1 : 0))
      #expect(try refunds(night, "1") == [found ? "PROCESSED" : "REQUESTED"])
      let open = try breaks(night, "1")
      #expect(open.contains(found ? "outcome_unknown resolved explained" : "outcome_unknown open"))
      #expect(open.contains(found ? "amount_mismatch resolved refunded" : "amount_mismatch open"))
    }
  }

  /// The lease is lost between the reservation and the call: nothing leaves, and the refund stays as it was stored.
  @Test func aRefusedPermitLeavesItRequested() async throws {
    try await overcharged(paying: "pm_card_visa") { night in
      try await die(.storedNotSent, night)
      let before = try await night.store.rows("SELECT refunds::text FROM refunds")
      struct LeaseGone: Error {}
      try await night.connected { adapter in
        let context = RunContext(
          store: night.store, run: RunIdentity(id: UUID(), fence: Fence(token: try await night.token())),
          permit: { throw LeaseGone() }, pipeline: night.pipeline, layouts: try LayoutCatalogue(folder: nil),
          date: Night.date, inbox: "", reports: ReportFolder(path: night.folder + "/none", token: 0),
          processor: { adapter }, clock: { night.now }, progress: NoProgress(), logger: Logger(label: "refund"))
        await #expect(throws: LeaseGone.self) { _ = try await RefundStage().perform(context) }
      }
      #expect(try await night.store.rows("SELECT refunds::text FROM refunds") == before)
      #expect(try await night.ledger().filter { $0.kind == "refund" }.isEmpty)
    }
  }
}

extension Night {
  var now: Timestamp { Timestamp(microseconds: Int64(Date().timeIntervalSince1970 * 1_000_000)) }

  func token() async throws -> Int64 {
    try await store.pool.session { try $0.first("SELECT token FROM lease")?.get("token") } ?? 0
  }

  /// Puts the processor's report, as it is now, into the inbox.
  fileprivate func `import`(_ name: String) async throws {
    try put(try await ask("/sandbox/reports/payout_reconciliation.csv"), "outcomes/\(name)")
  }

  fileprivate func advance(days: Int) async throws {
    try await post("/sandbox/clock", "{\"advance_seconds\":\(days * 86_400 + 60)}")
  }

  fileprivate func post(_ path: String, _ body: String) async throws {
    var request = HTTPClientRequest(url: sandbox + path)
    request.method = .POST
    request.headers.add(name: "Authorization", value: "Bearer sk_test_night")
    request.body = .bytes(Array(body.utf8))
    let answer = try await HTTPClient.shared.execute(request, timeout: .seconds(10))
    #expect(answer.status == .ok)
  }

  /// Tables that have changed, but those in which a run journals itself.
  fileprivate func changed(since before: [String: String]) async throws -> [String] {
    let journal: Set = ["runs", "stage_runs", "lease", "charge_batches"]
    return try await store.fingerprint().filter { before[$0.key] != $0.value && !journal.contains($0.key) }.keys
      .sorted()
  }

  /// The processor's adapter, as a run has it.
  fileprivate func connected(_ body: (any ConnectedProcessor) async throws -> Void) async throws {
    let settings = ProcessorSettings(
      apiKey: Secret("sk_test_night"), apiBase: sandbox, rate: nil, concurrency: 8,
      timeouts: .init(connect: .seconds(2), request: .seconds(5)))
    let adapter = try ProcessorCatalogue.adapter(named: "stripe", settings: settings, logger: Logger(label: "stripe"))
    do { try await body(adapter) } catch {
      await adapter.close()
      throw error
    }
    await adapter.close()
  }
}
