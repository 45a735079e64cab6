import Foundation
import Logging
import Postgres
import SettleModel
import SettlePipeline
import SettleStore
import SettleTesting

@testable import settle_bench

/// What one stage of a night made the database do.
struct StageCosts: Codable {
  var statements = 0
  var rowOperations = 0
  var walRecords = 0
  /// Tables to which rows were written, but those of the run's own journal.
  var writes: [String: TableWrites] = [:]
}

/// A night's stages over a world of so many orders, in a store of its own.
struct CountedNight {
  let orders: Int
  let made: World.Summary
  /// By stage.
  private(set) var first: [String: StageCosts] = [:]
  /// The same night once more.
  private(set) var again: [String: StageCosts] = [:]
  /// Row operations of the first run, by stage and by the statement's text.
  private(set) var statements: [String: [String: Int]] = [:]
  /// Row operations of a join that goes through every row for every row, and how many rows there are on each side.
  let nestedLoop: Int
  let joined: Int

  static let stages: [StageName] = [.ingest, .importing, .reconcile, .report]
  private static let journal: Set = ["runs", "stage_runs", "lease"]

  /// - Parameters:
  ///   - settings: an empty database.
  ///   - folder: a new one.
  init(orders: Int, in settings: ConnectionSettings, folder: String, log: inout PlanLog) async throws {
    self.orders = orders
    made = try World(seed: 1, rows: orders, inbox: "\(folder)/inbox").make()
    let store = Store(settings)
    _ = try await store.migrate()
    await store.close()
    for stage in Self.stages {
      let counted = try await Self.count(stage, of: folder, in: settings, &log)
      first[stage.rawValue] = counted.costs
      statements[stage.rawValue] = Dictionary(
        counted.statements.map { ($0.text, $0.rowOperations) }, uniquingKeysWith: +)
    }
    for stage in Self.stages {
      again[stage.rawValue] = try await Self.count(stage, of: folder, in: settings, &log).costs
    }
    joined = orders / 10
    nestedLoop = try await Self.nestedLoop(over: joined, in: settings, &log)
  }

  private static func count(
    _ stage: StageName, of folder: String, in settings: ConnectionSettings, _ log: inout PlanLog
  ) async throws -> (costs: StageCosts, statements: [StatementCost]) {
    let before = try await settings.tableWrites()
    _ = try log.news()
    try await run(stage, of: folder, in: settings)
    // How often a lease is renewed is a matter of time.
    let statements = try log.news().filter { !$0.text.contains(" lease") }
    var costs = StageCosts()
    costs.statements = statements.count
    costs.rowOperations = statements.reduce(0) { $0 + $1.rowOperations }
    costs.walRecords = statements.reduce(0) { $0 + $1.walRecords }
    costs.writes = try await settings.tableWrites().reduce(into: [:]) { writes, table in
      let written = table.value - (before[table.key] ?? TableWrites())
      if written != TableWrites(), !journal.contains(table.key) { writes[table.key] = written }
    }
    return (costs, statements)
  }

  private static func run(_ stage: StageName, of folder: String, in settings: ConnectionSettings) async throws {
    let store = Store(settings)
    let runner = Runner(
      store: store, processor: { throw BenchFailure("no stage here asks a processor") }, progress: NoProgress(),
      logger: Logger(label: "costs") { _ in SwiftLogNoOpLogHandler() })
    let result: RunResult
    do {
      result = try await runner.run(
        RunRequest(
          pipeline: .shipped(), stages: [stage], date: BusinessDate(World.firstDate), inbox: "\(folder)/inbox",
          out: "\(folder)/reports", version: "test"))
      await store.close()
    } catch {
      await store.close()
      throw error
    }
    guard result.stages.allSatisfy({ $0.status == .done }) else {
      throw BenchFailure("\(stage.rawValue) failed: \(result.stages.compactMap(\.message)) \(result.messages)")
    }
  }

  private static func nestedLoop(
    over rows: Int, in settings: ConnectionSettings, _ log: inout PlanLog
  ) async throws -> Int {
    let pool = Pool(settings, size: 1)
    _ = try log.news()
    try await pool.transaction { db in
      try db.script("SET LOCAL enable_hashjoin = off; SET LOCAL enable_mergejoin = off")
      _ = try db.first(
        """
        SELECT count(*) AS pairs FROM (SELECT order_reference AS name FROM payments LIMIT \(Int64(rows))) a
        JOIN (SELECT order_reference AS name FROM payments LIMIT \(Int64(rows))) b ON b.name = a.name
        """)
    }
    await pool.close()
    return try log.news().first { $0.text.contains("AS pairs") }?.rowOperations ?? 0
  }
}
