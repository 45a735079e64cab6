import AsyncHTTPClient
import Foundation
import Logging
import NIOCore
import NIOHTTP1
import Postgres
import ProcessorSandbox
import SettleModel
import SettleProcessors
import SettleStore
import SettleTesting
import Testing

@testable import SettlePipeline

/// One merchant's nights: a real store, a real sandbox over HTTP, and an inbox in a folder of its own.
struct Night {
  var store: Store
  let sandbox: String
  let folder: String
  var pipeline: PipelineDefinition
  var apiKey = "sk_test_night"
  /// How far the run's clock is ahead of this machine's.
  var ahead: Duration = .zero
  /// What a dry run is asked about beside its own.
  var rules: MatchRules?

  static let date = BusinessDate("2026-11-20") ?? BusinessDate(daysSinceEpoch: 0)

  /// Runs `body` with a fresh night, and proves afterwards that its audit trail is whole, that no money was lost or made
  /// and that what its reports rest on was counted; then everything is gone.
  ///
  /// - Parameter proving: false for a night that changes the store by hand.
  static func with(
    faults: String = "", anomalies: String = "", seed: UInt64 = 1, yaml: String = Night.yaml, proving: Bool = true,
    store: Store? = nil,
    _ body: (Night) async throws -> Void
  ) async throws {
    let folder = NSTemporaryDirectory() + "settle-night-\(UUID().uuidString)"
    for part in ["authorizations", "outcomes", "bank"] {
      try FileManager.default.createDirectory(atPath: "\(folder)/inbox/\(part)", withIntermediateDirectories: true)
    }
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let store = if let store { store } else { try await Store.test() }
    let sandbox = try Sandbox(
      configuration: SandboxConfiguration(
        port: 0, dataDirectory: folder + "/sandbox", seed: seed, faults: FaultRates(parsing: faults),
        anomalies: AnomalyRates(parsing: anomalies), slowness: .milliseconds(50)),
      logger: Logger(label: "sandbox"))
    try await sandbox.withServer { url in
      let night = Night(
        store: store, sandbox: url, folder: folder, pipeline: try PipelineDefinition(yaml: yaml, file: "night.yaml"))
      try await body(night)
      if proving { try await night.expectReportsStand() }
    }
    if proving { #expect(try await store.faults() == []) }
    await store.close()
  }

  static let yaml = """
    pipeline: test
    timezone: UTC
    processor: stripe
    ingest: { sources: [{ path: "authorizations/*" }] }
    charge: { concurrency: 8, batch: 50 }
    import: { sources: [{ path: "outcomes/*" }] }
    reconcile: { waiting_days: 0 }
    refund:
      rules:
        - { when: duplicate_charge, refund: duplicate, limit: { USD: "100000.00", EUR: "100000.00" } }
        - { when: amount_mismatch, refund: overcharge, limit: { USD: "100000.00" } }
      per_run: { USD: "1000000.00", EUR: "1000000.00" }
      per_day: { USD: "1000000.00", EUR: "1000000.00" }
    """

  /// Runs stages of the night; all of them where none is named.
  @discardableResult
  func run(
    _ stages: StageName..., date: BusinessDate = Night.date, out: String = "out", dryRun: Bool = false,
    asOf: Timestamp? = nil, anew: Bool = false, patience: Patience = Patience(),
    through interposed: (any ProcessorAdapter) -> any ProcessorAdapter = { $0 }
  ) async throws -> RunResult {
    try await run(
      stages, date: date, out: out, dryRun: dryRun, asOf: asOf, anew: anew, patience: patience, through: interposed)
  }

  @discardableResult
  func run(
    _ stages: [StageName], date: BusinessDate = Night.date, out: String = "out", dryRun: Bool = false,
    asOf: Timestamp? = nil, anew: Bool = false, patience: Patience = Patience(),
    through interposed: (any ProcessorAdapter) -> any ProcessorAdapter = { $0 }
  ) async throws -> RunResult {
    let settings = ProcessorSettings(
      apiKey: Secret(apiKey), apiBase: sandbox, rate: nil, concurrency: 8,
      timeouts: .init(connect: .seconds(2), request: .seconds(5)), patience: patience)
    let adapter = try ProcessorCatalogue.adapter(named: "stripe", settings: settings, logger: Logger(label: "stripe"))
    let processor = interposed(adapter)
    let runner = Runner(
      store: store, processor: { processor },
      clock: { [ahead] in
        Timestamp(microseconds: Int64(Date().timeIntervalSince1970 * 1_000_000)).adding(ahead)
      }, progress: NoProgress(),
      logger: Logger(label: "night"))
    let result = await Result.of {
      try await runner.run(
        RunRequest(
          pipeline: pipeline, stages: stages, date: date, inbox: folder + "/inbox", out: folder + "/" + out,
          asOf: asOf, anew: anew, dryRun: dryRun, rules: rules, version: "test"))
    }
    await adapter.close()
    return try result.get()
  }

  func put(_ text: String, _ path: String) throws {
    try text.write(toFile: "\(folder)/inbox/\(path)", atomically: true, encoding: .utf8)
  }

  /// Moves the sandbox's clock, so that it forgets its idempotency keys.
  func advance(hours: Int) async throws {
    try await post("/sandbox/clock", "{\"advance_seconds\":\(hours * 3_600)}")
  }

  /// A request to the sandbox that settle does not make.
  @discardableResult
  func post(_ path: String, _ body: String, headers: [(String, String)] = []) async throws -> String {
    var request = HTTPClientRequest(url: sandbox + path)
    request.method = .POST
    for (name, value) in [("Authorization", "Bearer \(apiKey)")] + headers {
      request.headers.replaceOrAdd(name: name, value: value)
    }
    request.body = .bytes(Array(body.utf8))
    let answer = try await HTTPClient.shared.execute(request, timeout: .seconds(10))
    #expect(answer.status == .ok)
    return String(buffer: try await answer.body.collect(upTo: 1 << 20))
  }

  /// The sandbox's own words, over HTTP.
  func ask(_ path: String) async throws -> String {
    let answer = try await HTTPClient.shared.execute(HTTPClientRequest(url: sandbox + path), timeout: .seconds(30))
    return String(buffer: try await answer.body.collect(upTo: 100 << 20))
  }

  /// The sandbox's ledger: what really moved between the merchant and its customers. A payout comes with each midnight,
  /// and a test must not depend on the hour at which it runs.
  func ledger() async throws -> [Movement] {
    try await ask("/sandbox/ledger").split(separator: "\n").map {
      try JSONDecoder().decode(Movement.self, from: Data($0.utf8))
    }.filter { $0.kind != "payout" }
  }

  struct Movement: Decodable {
    var id: String
    var kind: String
    var amount: Int64
    var currency: String
    var metadata: [String: String]?
    var anomaly: String?
    // swift-format-ignore: AlwaysUseLowerCamelCase
    var idempotency_key: String?
  }

  func rows(_ file: String, out: String = "out") throws -> [[String: String]] {
    let text = try String(contentsOfFile: "\(folder)/\(out)/\(file)", encoding: .utf8)
    var lines = text.split(separator: "\r\n").map { $0.split(separator: ",", omittingEmptySubsequences: false) }
    guard !lines.isEmpty else { return [] }
    let header = lines.removeFirst().map(String.init)
    return lines.map { fields in
      Dictionary(zip(header, fields.map(String.init)), uniquingKeysWith: { first, _ in first })
    }
  }

  /// Every report file but the one that tells of run and clock.
  func bytes(out: String = "out") throws -> [String: Data] {
    let path = "\(folder)/\(out)"
    return try FileManager.default.contentsOfDirectory(atPath: path).filter { $0 != "run_results.json" }
      .reduce(into: [:]) { $0[$1] = FileManager.default.contents(atPath: "\(path)/\($1)") }
  }
}

extension Result where Failure == any Error {
  fileprivate static func of(_ body: () async throws -> Success) async -> Self {
    do { return .success(try await body()) } catch { return .failure(error) }
  }
}
