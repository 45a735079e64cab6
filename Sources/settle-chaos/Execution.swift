import Faults
import Foundation

/// Goes through faults and defects, some worlds at a time, and keeps the score.
struct Execution: Sendable {
  let setting: Setting

  /// All worlds of a fault, or one of them.
  func score(_ fault: any Fault, only world: Int?) async throws -> Score {
    let begun = ContinuousClock.now
    let worlds = world.map { [$0] } ?? Array(0..<fault.worlds(setting.effort))
    var score = Score(fault: fault)
    setting.say("\(fault.name): \(worlds.count) \(worlds.count == 1 ? "world" : "worlds")")
    var done = 0
    try await each(worlds, lanes: fault.lanes(setting.effort)) { number in
      (number, try await fault.run(world: number, in: setting))
    } then: { number, trial in
      score.add(trial, of: number)
      done += 1
      for violation in trial.violations.prefix(5) {
        setting.say("\(fault.name), world \(number): \(violation.invariant.rawValue): \(violation.what)")
      }
      if done % max(1, worlds.count / 10) == 0, done < worlds.count {
        setting.say("\(fault.name): \(done) of \(worlds.count) worlds, \(begun.secondsAgo) s")
      }
    }
    score.seconds = begun.secondsAgo
    return score
  }

  /// Seeds a defect and goes through its worlds until one shows it.
  func hunt(_ defect: SeededDefect) async throws -> Catch {
    let begun = ContinuousClock.now
    var seeded = setting
    seeded.defects = defect.defects
    // A defect that stands out in a small world need not be looked for in a large one.
    seeded.effort = .quick
    var found = Catch(
      name: defect.name, defects: defect.defects.map(\.rawValue).sorted(), fault: defect.fault.name, trials: 0,
      seconds: 0)
    for world in defect.worlds where found.seen == nil {
      let trial = try await defect.fault.run(world: world, in: seeded)
      found.trials += max(1, trial.count)
      // That settle does not come to an end shows many a defect, and proves no eye for money.
      let seen = trial.violations.first { $0.invariant == .once || $0.invariant == .refunds || $0.invariant == .agreed }
      found.seen = seen.map { "\($0.invariant.rawValue): \($0.what)" }
    }
    found.seconds = begun.secondsAgo
    setting.say("\(found.name): " + (found.seen.map { "caught, \($0)" } ?? "NOT caught in \(found.trials) trials"))
    return found
  }

  private func each<Value: Sendable>(
    _ worlds: [Int], lanes: Int, _ body: @escaping @Sendable (Int) async throws -> Value, then: (Value) throws -> Void
  ) async throws {
    try await withThrowingTaskGroup(of: Value.self) { group in
      var rest = worlds.makeIterator()
      for _ in 0..<lanes {
        guard let world = rest.next() else { break }
        group.addTask { try await body(world) }
      }
      while let value = try await group.next() {
        try then(value)
        if let world = rest.next() { group.addTask { try await body(world) } }
      }
    }
  }
}

extension ContinuousClock.Instant {
  /// In tenths: a time to be shown, which no money is computed from.
  var secondsAgo: Double {
    let duration = ContinuousClock.now - self
    let tenths = duration.components.seconds * 10 + duration.components.attoseconds / 100_000_000_000_000_000
    return Double(tenths) / 10
  }
}
