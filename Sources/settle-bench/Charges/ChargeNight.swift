import AsyncHTTPClient
import Foundation
import NIOCore

/// A night of charges alone: the orders are ingested first, and then charged at a sandbox of its own.
struct ChargeNight {
  let place: Workplace
  let name: String
  let inFlight: Int

  /// - Parameter rate: charges a second; nil for as many as can be.
  func run(_ orders: Int, rate: Int?) async throws -> ChargeFigures {
    try await place.withStore(name) { night in
      try writeOrders(orders, to: "\(night.folder)/inbox/authorizations")
      let pipeline = "\(night.folder)/pipeline.yaml"
      try Data(settings(rate: rate).utf8).write(to: URL(fileURLWithPath: pipeline))
      try night.settle("run", "--pipeline", pipeline, "--date", World.firstDate, "--stage", "ingest")
      let sandbox = try await Beside(
        place.settle, ["sandbox", "--data", "\(night.folder)/sandbox"], answersAt: "/sandbox/stats")
      defer { sandbox.stop() }
      return try await night.probed { probe in
        let told = "\(Columns.count(orders)) charges \(rate.map { "at \($0)/s" } ?? "as fast as can be")"
        try await Rest.before(told, files: [], probe: probe, place.progress)
        return try await charge(orders, with: pipeline, in: night, at: sandbox, probe)
      }
    }
  }

  private func charge(
    _ orders: Int, with pipeline: String, in night: Night, at sandbox: Beside, _ probe: ServerProbe
  ) async throws -> ChargeFigures {
    let base = sandbox.base
    let before = try await probe.read().wal
    let process = try night.start(
      ["run", "--pipeline", pipeline, "--date", World.firstDate, "--stage", "charge", "--stage", "report"],
      environment: ["STRIPE_API_KEY": "sk_test_bench", "STRIPE_API_BASE": base])
    var pace = PaceWatch()
    var (serverPeak, looks) = (0, 0)
    let peak = try await process.peak { _ in
      pace.note(try await stats(of: base).requests, at: .now)
      looks += 1
      // A look takes time from what is measured; that much memory comes and goes slowly here.
      guard looks % 20 == 1 else { return }
      serverPeak = max(serverPeak, try await probe.read().largestBackend * 1024)
    }
    let counted = try await stats(of: base)
    guard process.terminationStatus == 0 else { throw night.failure(process, "run --stage charge") }
    let results = try RunResults(path: "\(night.folder)/reports/\(World.firstDate)/run_results.json")
    guard let stage = results.stages.first(where: { $0.name == "charge" }), let began = stage.began,
      let ended = stage.ended, stage.counts["charged"] == orders
    else { throw BenchFailure("not all of \(orders) orders were charged") }
    return ChargeFigures(
      charges: orders, settings: try await probe.settings(), seconds: ended.timeIntervalSince(began), settlePeak: peak,
      serverPeak: serverPeak, sandboxPeak: sandbox.peak, wal: try await probe.read().wal - before,
      mostInASecond: counted.maxPerSecond, fewestOverTen: pace.slowestTenSeconds, limited: counted.rateLimited)
  }

  private func stats(of base: String) async throws -> SandboxStats {
    let answer = try await HTTPClient.shared.execute(
      HTTPClientRequest(url: "\(base)/sandbox/stats"), timeout: .seconds(30))
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    return try decoder.decode(
      SandboxStats.self, from: Data(try await answer.body.collect(upTo: 1 << 16).readableBytesView))
  }

  private func settings(rate: Int?) -> String {
    """
    pipeline: bench
    timezone: UTC
    processor: stripe
    ingest:
      sources: [{ path: "authorizations/*", layout: auto }]
    charge:
      \(rate.map { "rate: \($0)/s" } ?? "# As fast as can be.")
      concurrency: \(inFlight)
      batch: 500
    """
  }

  private func writeOrders(_ orders: Int, to folder: String) throws {
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    var file = try ByteFile("\(folder)/\(World.firstDate).csv")
    file.put("order_id,amount,currency,payment_method")
    try file.endLine()
    for row in 0..<orders {
      let order = WorldOrder(seed: 1, row: row)
      file.putOrder(order)
      file.put(",")
      file.put(order.amount)
      file.put(",USD,pm_card_visa")
      try file.endLine()
    }
    try file.flush()
  }
}

/// The part of the sandbox's own count that is read here.
struct SandboxStats: Decodable {
  var requests: Int
  var maxPerSecond: Int
  var rateLimited: Int
}
