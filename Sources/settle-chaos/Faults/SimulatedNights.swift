import SettleSimulation

/// The pure layer: settle's real decisions between a simulated processor, store and clock, a thousand nights a world.
struct SimulatedNights: Fault {
  let name = "simulated-nights"
  let summary = "pure decisions; kills, pauses, lost answers, restored stores at any step"

  private static let seeds = 1_000

  func worlds(_ effort: Effort) -> Int { effort == .full ? 100 : 2 }

  func run(world number: Int, in setting: Setting) async throws -> Trial {
    let first = setting.seed &* 1_000_000 &+ UInt64(number * Self.seeds)
    var trial = Trial(count: 0)
    for seed in first..<first + UInt64(Self.seeds) {
      let outcome = SimulatedTrial(seed: seed).run()
      trial.count += 1
      trial.killsInFlight += outcome.statistics.killsInFlight
      if !outcome.violations.isEmpty, trial.violations.isEmpty { tell(seed, setting) }
      trial.violations += outcome.violations.map { Violation($0.promise.invariant, "seed \(seed): \($0.what)") }
    }
    return trial
  }

  /// The same seed lives through the same nights once more, this time told step by step.
  private func tell(_ seed: UInt64, _ setting: Setting) {
    setting.say("seed \(seed), step by step:")
    for line in SimulatedTrial(seed: seed).run(telling: true).transcript { setting.say(line) }
  }
}

extension SimulatedViolation.Promise {
  fileprivate var invariant: Invariant {
    switch self {
    case .once: .once
    case .known: .known
    case .refunds: .refunds
    case .complete: .complete
    }
  }
}
