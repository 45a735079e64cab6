import SettleModel

/// One seed: some nights of misfortune, then some of calm, judged by the processor's ledger.
package struct SimulatedTrial: Sendable {
  package var seed: UInt64
  package var defect: SeededDefect?

  package init(seed: UInt64, defect: SeededDefect? = nil) {
    self.seed = seed
    self.defect = defect
  }

  package struct Outcome: Sendable, Equatable {
    package var violations: [SimulatedViolation]
    package var statistics: SimulationStatistics
    /// What happened, event by event, where it was asked for.
    package var transcript: [String]
    /// Payments that a person must look into, since nobody can tell what became of their attempt.
    package var leftToPeople: Int
  }

  /// The first of so many seeds that shows something broken, or nil where none does.
  package static func firstFailure(
    of seeds: Int, from first: UInt64 = 1, defect: SeededDefect? = nil
  ) -> (seed: UInt64, violations: [SimulatedViolation])? {
    for seed in first..<first + UInt64(seeds) {
      let outcome = SimulatedTrial(seed: seed, defect: defect).run()
      if !outcome.violations.isEmpty { return (seed, outcome.violations) }
    }
    return nil
  }

  /// Lives through the nights. The same seed and defect always give the same outcome.
  package func run(telling: Bool = false) -> Outcome {
    let world = World(seed: seed, defect: defect, telling: telling)
    let violations = SimulatedStory(world: world).violations()
    world.statistics.charges = world.processor.ledger.count { $0.kind == .charge }
    world.statistics.refunds = world.processor.ledger.count { $0.kind == .refund }
    for violation in violations { world.note("VIOLATION \(violation)") }
    return Outcome(
      violations: violations, statistics: world.statistics, transcript: world.transcript,
      leftToPeople: world.store.open.count)
  }
}

/// The nights of one world.
struct SimulatedStory {
  let world: World

  private static let day: Int64 = 24 * 3_600 * 1_000_000

  func violations() -> [SimulatedViolation] {
    let weather = Weather.drawn(&world.dice, in: world.climate)
    let nights = world.dice.within(1...4)
    var kept = world.store
    for night in 1...nights {
      world.weather = weather
      world.receiveOrders(world.dice.within(1...(world.climate == .restores ? 2 : 5)))
      world.bringOtherCards()
      world.reportDelay = world.dice.pick([0, 60, 7_200, 90_000])
      world.note("night \(night)")
      guard live(night) else { return [.init(promise: .complete, what: "the night never ends")] }
      let violations = Judge(world: world).safety()
      guard violations.isEmpty else { return violations }
      if world.dice.happens(world.climate == .restores ? 6_000 : 1_000) {
        restore(kept)
      } else if world.dice.happens(5_000) {
        kept = world.store
      }
    }
    world.weather = .calm
    world.reportDelay = 0
    for night in 1...4 {
      world.note("calm night \(night)")
      guard live(nights + night) else { return [.init(promise: .complete, what: "the night never ends")] }
    }
    return Judge(world: world).safety() + Judge(world: world).liveness()
  }

  /// The runs of one night: cron's, and those that somebody starts again.
  private func live(_ night: Int) -> Bool {
    let gap = Self.day * Int64(world.weather == .calm ? 2 : world.dice.pick([1, 1, 1, 3]))
    let end = world.time + gap + Int64(world.dice.within(-5_400...5_400)) * 1_000_000
    var start: Duration = .zero
    for number in 1...world.dice.within(world.climate == .pauses ? 3...5 : 1...4) {
      let run = SimulatedRun(world: world, name: "run \(night).\(number)")
      world.after(start) { [world] in world.start(run) }
      let pauses: [Int] = world.climate == .pauses ? [8, 60, 200] : [1, 8, 120, 9_000, 40_000]
      start += .seconds(world.dice.within(0...world.dice.pick(pauses)))
    }
    return world.pass(until: end)
  }

  /// The database is brought back as it was at an earlier moment: nothing that runs survives that.
  private func restore(_ earlier: SimulatedStore) {
    world.statistics.restores += 1
    world.note("the store is restored as it was before")
    for run in world.runs where run.isAlive { run.kill() }
    let token = world.store.lease.token
    world.store = earlier
    world.store.lease = SimulatedLease(token: token, holder: nil)
    world.store.mustLookFirst = true
  }
}
