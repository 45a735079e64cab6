import Faults
import Foundation
import Glibc
import Postgres

/// A small world of its own: a store, a processor, an inbox, and runs of settle as processes.
///
/// The harness looks at three things only: the processor's ledger file, how processes end, and the files that settle
/// writes for people. Never at settle's tables.
actor World {
  let setting: Setting
  let folder: String
  let terms: Terms
  private(set) var orders: [Order] = []
  private(set) var database: ConnectionSettings
  private(set) var sandbox: SandboxProcess
  private var databases: [ConnectionSettings]
  private var deliveries = 0
  private var runs = 0
  private var reports = 0

  /// How a world is set up.
  struct Terms: Sendable {
    var sandbox = SandboxProcess.Terms()
    var batch = 10
    var concurrency = 4
    /// `200/s`; nil lets calls go as fast as they can.
    var rate: String?
    /// A store of one's own, for those who stop its server; nil takes a database on the shared one.
    var database: ConnectionSettings?
  }

  static let date = "2026-11-20"

  private init(
    _ setting: Setting, _ folder: String, _ terms: Terms, _ database: ConnectionSettings, _ sandbox: SandboxProcess
  ) {
    self.setting = setting
    self.folder = folder
    self.terms = terms
    self.database = database
    self.sandbox = sandbox
    databases = terms.database == nil ? [database] : []
  }

  /// Makes a world, gives it to the body and takes it down again. Where it has shown a violation, its folder stays.
  static func with(
    _ setting: Setting, named name: String, _ terms: Terms, _ body: (World) async throws -> Trial
  ) async throws -> Trial {
    let folder = "\(setting.folder)/\(name)-\(UInt32.random(in: 0 ... .max))"
    for part in ["authorizations", "outcomes", "bank"] {
      try FileManager.default.createDirectory(atPath: "\(folder)/inbox/\(part)", withIntermediateDirectories: true)
    }
    try pipeline(terms).write(toFile: folder + "/pipeline.yaml", atomically: true, encoding: .utf8)
    try Data("0".utf8).write(to: URL(fileURLWithPath: folder + "/clock"))
    let sandbox = try await SandboxProcess.start(setting.settle, data: folder + "/sandbox", terms.sandbox)
    do {
      let database = if let own = terms.database { own } else { try await Databases.make() }
      if setting.defects.contains(.refundUnchecked) { try await Databases.allowSecondRefunds(in: database) }
      let world = World(setting, folder, terms, database, sandbox)
      do {
        let trial = try await body(world)
        await world.end(keeping: !trial.violations.isEmpty && setting.defects.isEmpty)
        return trial
      } catch {
        await world.end(keeping: true)
        throw error
      }
    } catch {
      sandbox.stop()
      throw error
    }
  }

  private func end(keeping: Bool) async {
    sandbox.stop()
    for database in databases { try? await Databases.drop(database) }
    if keeping {
      setting.say("what is left of that world: \(folder)")
    } else {
      try? FileManager.default.removeItem(atPath: folder)
    }
  }

  /// Puts orders into the inbox, as a file of their own. An order that comes again takes the place of the one before.
  func deliver(_ new: [Order]) throws {
    deliveries += 1
    let known = Dictionary(uniqueKeysWithValues: orders.enumerated().map { ($1.id, $0) })
    for order in new {
      if let index = known[order.id] {
        // A good card that came once may have been charged, whatever comes after it.
        if !orders[index].isGood { orders[index] = order }
      } else {
        orders.append(order)
      }
    }
    try (Order.header + new.map(\.row).joined())
      .write(toFile: "\(folder)/inbox/authorizations/\(deliveries).csv", atomically: true, encoding: .utf8)
  }

  /// The processor's report, as another file in the inbox.
  func fetchReport() async throws {
    reports += 1
    try await sandbox.report()
      .write(toFile: "\(folder)/inbox/outcomes/report-\(reports).csv", atomically: true, encoding: .utf8)
  }

  /// The exit status of `settle verify`, by which settle proves its own books; nil where it would not end.
  func verify() async throws -> Int32? {
    let child = try Child(
      setting.settle, ["verify"], environment: environment, output: folder + "/verify.out",
      errors: folder + "/verify.err")
    return try await child.end()
  }

  private var environment: [String: String] {
    [
      "PATH": "/usr/bin:/bin", "DATABASE_URL": database.conninfo, "STRIPE_API_BASE": sandbox.url,
      "STRIPE_API_KEY": "sk_test_chaos", "SETTLE_FAULT_CLOCK": folder + "/clock",
    ]
  }

  /// Starts `settle run`.
  ///
  /// - Parameters:
  ///   - fault: where it is to die or stand still, in SETTLE_FAULT's words.
  ///   - anew: whether the report is derived from the store though nothing has changed since the last one.
  func start(_ stages: [String] = [], fault: String? = nil, anew: Bool = false) throws -> Run {
    runs += 1
    let path = "\(folder)/run-\(runs)"
    try Data(count: 8).write(to: URL(fileURLWithPath: path + ".flight"))
    var environment = environment
    environment["SETTLE_FAULT_FLIGHT"] = path + ".flight"
    environment["SETTLE_FAULT"] = fault
    if !setting.defects.isEmpty {
      environment["SETTLE_DEFECT"] = setting.defects.map(\.rawValue).sorted().joined(separator: ",")
    }
    let arguments =
      [
        "run", "--pipeline", folder + "/pipeline.yaml", "--inbox", folder + "/inbox", "--out", folder + "/out",
        "--date", Self.date,
      ] + stages.flatMap { ["--stage", $0] } + (anew ? ["--anew"] : [])
    let child = try Child(
      setting.settle, arguments, environment: environment, output: path + ".out", errors: path + ".err")
    return Run(child: child, path: path)
  }

  /// Runs to the end; told as ``Run/Ended``.
  func run(_ stages: [String] = [], fault: String? = nil, anew: Bool = false) async throws -> Run.Ended {
    try await start(stages, fault: fault, anew: anew).ended()
  }

  /// Runs again until a run ends well, as the nightly wrapper does, and returns whether one did.
  func finish(_ stages: [String] = [], tries: Int = 8) async throws -> Bool {
    for _ in 0..<tries where try await run(stages).status == 0 { return true }
    return false
  }

  /// Moves the clocks of both sides, of runs that live too.
  func advanceClocks(by seconds: Int64) async throws {
    let path = folder + "/clock"
    let now = Int64(try String(contentsOfFile: path, encoding: .utf8)) ?? 0
    try Data("\(now + seconds)".utf8).write(to: URL(fileURLWithPath: path), options: .atomic)
    try await sandbox.advanceClock(by: seconds)
  }

  /// The processor goes down and comes back at the same address, with other faults.
  func restartSandbox(faults: String?) async throws {
    sandbox.stop()
    var terms = terms.sandbox
    terms.faults = faults
    sandbox = try await SandboxProcess.start(setting.settle, data: folder + "/sandbox", terms, port: sandbox.port)
  }

  /// The store is lost, and an empty one takes its place.
  func loseStore() async throws {
    database = try await Databases.make()
    databases.append(database)
  }

  /// A copy of the store as it is now, to be put in its place later.
  func backUpStore() async throws -> ConnectionSettings {
    let copy = try await Databases.copy(of: database, as: "backup_\(UInt64.random(in: 0 ... .max))")
    databases.append(copy)
    return copy
  }

  func restoreStore(_ backup: ConnectionSettings) { database = backup }

  var ledger: Ledger { get throws { try Ledger(path: folder + "/sandbox/ledger.jsonl") } }

  private static func pipeline(_ terms: Terms) -> String {
    """
    pipeline: chaos
    timezone: UTC
    processor: stripe
    ingest: { sources: [{ path: "authorizations/*", layout: auto }] }
    charge:
      concurrency: \(terms.concurrency)
      batch: \(terms.batch)
      key_margin: 1h
    \(terms.rate.map { "  rate: \($0)\n" } ?? "")import: { sources: [{ path: "outcomes/*", layout: auto }] }
    reconcile: { waiting_days: 0 }
    refund:
      rules:
        - { when: duplicate_charge, refund: duplicate, limit: { USD: "150.00", EUR: "150.00" } }
        - { when: amount_mismatch, refund: overcharge, limit: { USD: "150.00", EUR: "150.00" } }
      per_run: { USD: "1000000.00", EUR: "1000000.00" }
      per_day: { USD: "1000000.00", EUR: "1000000.00" }
    fail_on: { breaks: 1000000, quarantined: 1000000 }

    """
  }
}
