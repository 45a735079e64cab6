import Foundation
import Glibc
import Postgres
import SettleStore
import SettleTesting

/// PostgreSQL is stopped in immediate mode in the middle of a night, and started again.
struct DatabaseDeath: Fault {
  let name = "database"
  let summary = "PostgreSQL stopped in immediate mode in mid-stage, then started again"

  private static func stops(_ effort: Effort) -> Int { effort == .full ? 75 : 3 }

  func worlds(_ effort: Effort) -> Int { effort == .full ? 4 : 1 }

  func run(world number: Int, in setting: Setting) async throws -> Trial {
    var random = setting.random(name, world: number)
    let home = ServerHome.new()
    // What is committed is in the server's log file before it says so; only a dying machine could lose that, and none
    // dies here, so nothing is forced to the disk.
    let cluster = PrivateCluster(
      home: home, extraSettings: ["fsync": "off", "synchronous_commit": "on", "shared_buffers": "32MB"])
    try Watchdog.start(home: home, data: cluster.dataFolder)
    let settings = try await cluster.start()
    let store = Store(settings)
    _ = try await store.migrate()
    await store.close()
    var terms = World.Terms.longCharging(&random)
    terms.database = settings
    let stops = Self.stops(setting.effort)
    let orders = Order.made(stops * 250, named: "D\(number)", declined: 2, &random)
    let trial: Trial
    do {
      trial = try await World.with(setting, named: name, terms) { world in
        try await world.deliver(orders)
        var trial = try await Self.stop(cluster, stops, world, &random)
        trial.violations += try await world.endOfCharging(after: "\(trial.count) stops")
        return trial
      }
    } catch {
      try await cluster.stop()
      throw error
    }
    try await cluster.stop()
    return trial
  }

  /// Stops the server again and again under runs that charge. A run that outlives a stop meets the next one.
  private static func stop(
    _ cluster: PrivateCluster, _ times: Int, _ world: World, _ random: inout SeededRandom
  ) async throws -> Trial {
    var trial = Trial(count: 0)
    var run = try await world.start(Night.firstHalf)
    while trial.count < times {
      // Before its first call nothing is at stake; once it charges, any moment will do.
      let deadline = ContinuousClock.now + .seconds(20)
      while run.callsInFlight == 0, run.child.ended == nil, ContinuousClock.now < deadline {
        try await Task.sleep(for: .milliseconds(2))
      }
      try await Task.sleep(for: .milliseconds(Int.random(in: 0..<250, using: &random)))
      if let status = run.child.ended {
        guard status != 0 else { break }
        run = try await world.start(Night.firstHalf)
        continue
      }
      if run.callsInFlight > 0 { trial.killsInFlight += 1 }
      try await stopAtOnce(cluster)
      trial.count += 1
      try await Task.sleep(for: .milliseconds(Int.random(in: 0..<300, using: &random)))
      try await cluster.start()
    }
    _ = try await run.ended(within: .seconds(60))
    return trial
  }

  /// SIGQUIT to the postmaster: PostgreSQL's immediate mode, which ends without tidying up.
  private static func stopAtOnce(_ cluster: PrivateCluster) async throws {
    let file = cluster.dataFolder + "/postmaster.pid"
    guard let text = try? String(contentsOfFile: file, encoding: .utf8),
      let pid = text.split(separator: "\n").first.flatMap({ pid_t($0) })
    else { throw HarnessFailure("there is no \(file)") }
    kill(pid, SIGQUIT)
    let deadline = ContinuousClock.now + .seconds(20)
    while cluster.isRunning || kill(pid, 0) == 0 && !isRemains(pid) {
      guard ContinuousClock.now < deadline else { throw HarnessFailure("PostgreSQL \(pid) does not stop") }
      try await Task.sleep(for: .milliseconds(5))
    }
  }

  /// Where nobody collects dead processes they seem to live on.
  private static func isRemains(_ pid: pid_t) -> Bool {
    guard let stat = try? String(contentsOfFile: "/proc/\(pid)/stat", encoding: .utf8),
      let end = stat.lastIndex(of: ")")
    else { return true }
    return stat[stat.index(after: end)...].dropFirst().first == "Z"
  }
}
