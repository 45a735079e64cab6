/// SIGKILL at random moments of one long night of charging, again and again until it is done.
struct RandomKills: Fault {
  let name = "kill-random"
  let summary = "SIGKILL at random moments of a charging night"

  private static func kills(_ effort: Effort) -> Int { effort == .full ? 125 : 6 }

  func worlds(_ effort: Effort) -> Int { effort == .full ? 8 : 1 }

  func run(world number: Int, in setting: Setting) async throws -> Trial {
    var random = setting.random(name, world: number)
    let terms = World.Terms.longCharging(&random)
    let kills = Self.kills(setting.effort)
    let orders = Order.made(kills * 120, named: "K\(number)", declined: 2, &random)
    return try await World.with(setting, named: name, terms) { world in
      try await world.deliver(orders)
      var trial = Trial(count: 0)
      var startUp = Duration.milliseconds(300)
      while trial.count < kills {
        let begun = ContinuousClock.now
        let run = try await world.start(Night.firstHalf)
        // Most of a run's life is to be behind its start, and none of it out of reach.
        let most = startUp * 3
        let wait = most * Double.random(in: 0..<1, using: &random)
        while ContinuousClock.now - begun < wait, run.child.ended == nil {
          try await Task.sleep(for: .milliseconds(5))
          if run.callsInFlight > 0, trial.count == 0 { startUp = min(startUp, ContinuousClock.now - begun) }
        }
        guard run.child.ended == nil else { break }
        let ended = run.kill()
        guard ended.wasKilled else { break }
        trial.count += 1
        if ended.callsInFlight > 0 { trial.killsInFlight += 1 }
      }
      trial.violations += try await world.endOfCharging(after: "\(trial.count) kills")
      return trial
    }
  }
}
