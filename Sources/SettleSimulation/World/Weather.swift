/// How bad a world is: how many times in ten thousand each misfortune happens.
package struct Weather: Sendable, Equatable {
  /// The money moves and the answer is lost.
  var lostResponse = 0
  /// The connection closes before anything happens.
  var reset = 0
  /// A 500 before anything is done, which nothing remembers.
  var brokenBefore = 0
  /// A 500 that is saved with its key, after the money has moved or without.
  var savedError = 0
  /// The processor keeps limiting, so that the stage stops.
  var limited = 0
  /// No connection can be made.
  var unreachable = 0
  /// The request takes so long that the caller gives up before it arrives.
  var slow = 0
  /// At each of a run's steps: the process is killed.
  var kill = 0
  /// At each of a run's steps: the process is stopped, and continued later.
  var pause = 0
  /// Of charges: the processor takes the money twice, or more than was asked.
  var duplicate = 0
  var overcharge = 0
  /// Of refunds: undecided at first, and failed after success.
  var pendingRefund = 0
  var failedRefund = 0

  package static let calm = Weather()

  /// Each world has a climate of its own, so that rare things meet each other often somewhere.
  static func drawn(_ dice: inout Dice, in climate: Climate) -> Weather {
    var weather = drawn(&dice)
    switch climate {
    case .any: break
    case .restores: weather.kill = dice.pick([0, 50, 400, 800])
    case .pauses:
      weather.pause = dice.within(100...400)
      weather.kill = dice.pick([0, 0, 30])
      weather.lostResponse = dice.within(1_000...5_000)
      weather.limited = 0
      weather.unreachable = 0
    case .refunds:
      weather.duplicate = dice.within(2_000...6_000)
      weather.kill = dice.pick([0, 0, 30, 100])
    }
    return weather
  }

  private static func drawn(_ dice: inout Dice) -> Weather {
    var weather = Weather()
    let scale = dice.pick([200, 800, 2_000, 4_000])
    func some(_ most: Int, _ dice: inout Dice) -> Int { dice.happens(6_000) ? dice.below(most + 1) : 0 }
    weather.lostResponse = some(scale, &dice)
    weather.reset = some(scale, &dice)
    weather.brokenBefore = some(scale / 2, &dice)
    weather.savedError = some(scale / 2, &dice)
    weather.slow = some(scale / 2, &dice)
    weather.limited = some(scale / 10, &dice)
    weather.unreachable = some(scale / 20, &dice)
    weather.kill = some(dice.pick([30, 150, 600]), &dice)
    weather.pause = some(dice.pick([20, 100, 400]), &dice)
    weather.duplicate = some(1_500, &dice)
    weather.overcharge = some(1_500, &dice)
    weather.pendingRefund = some(2_000, &dice)
    weather.failedRefund = some(1_000, &dice)
    return weather
  }
}

/// What a world is mostly about.
enum Climate: CaseIterable {
  case any
  /// Short stops while answers get lost and other runs come.
  case pauses
  /// Many duplicates, and often two who ask for them back.
  case refunds
  /// A store that is brought back again and again.
  case restores
}
