import SettleModel

/// One simulated world: virtual time, a processor, a store, and the runs that come and go.
///
/// Everything in it happens on one thread and follows from the seed.
final class World {
  private(set) var time: Int64
  var dice: Dice
  var weather = Weather.calm
  var store = SimulatedStore()
  var statistics = SimulationStatistics()
  let defect: SeededDefect?
  private(set) var runs: [SimulatedRun] = []
  private(set) var transcript: [String] = []
  private let telling: Bool
  private var agenda = Agenda()
  private var processorIfAny: SimulatedProcessor?
  let climate: Climate
  /// Somebody else asks for refunds of the same charges too.
  let twoAskers: Bool
  /// Two exports tell the same charges under other row ids.
  let tellsTwice: Bool
  /// Seconds by which reports are behind.
  var reportDelay = 0
  /// What customers have agreed to, in their latest terms.
  var inbox: [InboxRow] = []

  /// A world that goes on for longer than this many steps is one that never comes to an end.
  private static let mostSteps = 400_000
  static let start: Int64 = 1_763_590_000_000_000

  init(seed: UInt64, defect: SeededDefect?, telling: Bool) {
    time = Self.start
    dice = Dice(seed: seed)
    self.defect = defect
    self.telling = telling
    climate = dice.pick(Climate.allCases)
    twoAskers = dice.happens(climate == .refunds ? 8_000 : 2_000)
    tellsTwice = dice.happens(2_000)
    processorIfAny = SimulatedProcessor(
      world: self, guardsRefunds: dice.happens(climate == .refunds ? 2_000 : 6_000),
      skew: .seconds(dice.within(-540...540)),
      lag: .seconds(dice.happens(5_000) ? dice.within(0...20) : 0))
  }

  var processor: SimulatedProcessor {
    guard let processorIfAny else { preconditionFailure("a world has its processor from its first moment on") }
    return processorIfAny
  }

  /// settle's own clock.
  var now: Timestamp { Timestamp(microseconds: time) }

  func note(_ what: @autoclosure () -> String) {
    if telling { transcript.append("\(now) \(what())") }
  }

  func after(_ pause: Duration, _ action: @escaping () -> Void) {
    agenda.add(at: time + pause.inMicroseconds, run: nil, action)
  }

  func after(_ pause: Duration, of run: SimulatedRun, _ action: @escaping () -> Void) {
    agenda.add(at: time + pause.inMicroseconds, run: run, action)
  }

  func start(_ run: SimulatedRun) {
    runs.append(run)
    run.begin()
  }

  /// Lets everything happen until an instant. Returns false where the world never comes to rest.
  func pass(until end: Int64) -> Bool {
    while let next = agenda.nextTime, next <= end, let entry = agenda.take() {
      statistics.steps += 1
      guard statistics.steps < Self.mostSteps else { return false }
      time = max(time, entry.at)
      happen(entry)
    }
    time = max(time, end)
    return true
  }

  private func happen(_ entry: Agenda.Entry) {
    guard let run = entry.run else { return entry.action() }
    guard run.isAlive else { return }
    if let until = run.pausedUntil, until > time {
      agenda.add(at: until, run: run, entry.action)
      return
    }
    if dice.happens(weather.kill) {
      run.kill()
      return
    }
    if dice.happens(weather.pause) {
      let long = climate == .pauses ? 120 : dice.pick([3, 8, 60, 4_000, 80_000, 90_000, 260_000])
      run.pause(until: time + Int64(dice.within(1...long)) * 1_000_000)
      agenda.add(at: run.pausedUntil ?? time, run: run, entry.action)
      return
    }
    entry.action()
  }
}

/// What a trial went through.
package struct SimulationStatistics: Sendable, Equatable {
  package var steps = 0
  package var calls = 0
  package var unknown = 0
  package var replays = 0
  package var lookUps = 0
  package var kills = 0
  /// Kills that landed while the run had a request under way.
  package var killsInFlight = 0
  package var pauses = 0
  package var takeovers = 0
  package var restores = 0
  package var charges = 0
  package var refunds = 0

  package init() {}

  package static func += (left: inout Self, right: Self) {
    left.steps += right.steps
    left.calls += right.calls
    left.unknown += right.unknown
    left.replays += right.replays
    left.lookUps += right.lookUps
    left.kills += right.kills
    left.killsInFlight += right.killsInFlight
    left.pauses += right.pauses
    left.takeovers += right.takeovers
    left.restores += right.restores
    left.charges += right.charges
    left.refunds += right.refunds
  }
}

extension PaymentID {
  /// The last figures, for the transcript.
  var short: String { "P" + String(description.suffix(3)) }
}
