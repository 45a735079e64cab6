import Glibc

/// Refunds of a processor's many mistakes: killed at every step, asked for by two runs at once, answered by a network
/// that loses things, and asked for again when all is done.
struct Refunds: Fault {
  let name = "refunds"
  let summary = "refund killed in the middle, asked twice at once, replayed"

  private static func trials(_ effort: Effort) -> Int { effort == .full ? 50 : 8 }

  private static let points = ["before-reserve", "after-reserve", "before-call", "after-call", "before-record", "before-commit"]

  func worlds(_ effort: Effort) -> Int { effort == .full ? 20 : 1 }

  func run(world number: Int, in setting: Setting) async throws -> Trial {
    var random = setting.random(name, world: number)
    var terms = World.Terms()
    terms.sandbox.seed = random.next()
    terms.sandbox.anomalies = "duplicate=0.45,overcharge=0.45"
    terms.batch = 100
    terms.concurrency = 8
    let trials = Self.trials(setting.effort)
    let orders = Order.made(trials * 2, named: "R\(number)", &random)
    return try await World.with(setting, named: name, terms) { world in
      try await world.deliver(orders)
      guard try await world.finish(Night.firstHalf) else {
        return Trial(violations: [Violation(.complete, "settle did not come to an end of charging")])
      }
      try await world.fetchReport()
      _ = try await world.finish(["import", "reconcile"])
      // From here on answers are lost, too.
      try await world.restartSandbox(faults: "lost-response=0.15,server-error=0.1,reset=0.05")
      var trial = try await Self.disturbed(world, trials, &random)
      try await world.restartSandbox(faults: nil)
      trial.violations += try await Night(world: world).judged()
      return trial
    }
  }

  /// Each run refunds but one or two before it dies, so that the next has work.
  private static func disturbed(_ world: World, _ trials: Int, _ random: inout SeededRandom) async throws -> Trial {
    var trial = Trial(count: 0)
    for number in 0..<3 * trials where trial.count < trials {
      if number % 20 == 4 {
        try await askedTwice(world)
        trial.count += 1
      } else if number % 5 == 4 {
        let fault = "after-call@refund:\(Int.random(in: 1...2, using: &random)):kill"
        let first = try await world.start(["refund"], fault: fault)
        let second = try await world.start(["refund"], fault: fault)
        for run in [first, second] {
          let ended = try await run.ended()
          if ended.wasKilled && ended.callsInFlight > 0 { trial.killsInFlight += 1 }
        }
        trial.count += 1
      } else {
        let point = points[Int.random(in: 0..<points.count, using: &random)]
        let passage = Int.random(in: point == "before-call" || point == "before-commit" ? 2...5 : 1...2, using: &random)
        let ended = try await world.run(["refund"], fault: "\(point)@refund:\(passage):kill")
        // Where nothing is left to refund the point is not passed, and nothing was tried.
        guard ended.wasKilled else { continue }
        trial.count += 1
        if ended.callsInFlight > 0 { trial.killsInFlight += 1 }
      }
    }
    return trial
  }

  /// One run stands still with a charge's figures in hand; the other takes over and refunds; then the first is woken.
  private static func askedTwice(_ world: World) async throws {
    let paused = try await world.start(["refund"], fault: "before-reserve@refund:1:stop")
    guard try await paused.stopped() else { return }
    try await Task.sleep(for: TwoRuns.leaseLife)
    _ = try await world.run(["refund"], fault: "after-call@refund:3:kill")
    paused.child.signal(SIGCONT)
    _ = try await paused.ended()
  }
}
