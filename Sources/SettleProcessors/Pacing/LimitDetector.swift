/// Tells a limit that is really reached from single 429s that come by chance.
///
/// A pace that is a quarter too fast has a fifth of its calls limited, for as long as it lasts. A call that is turned
/// away now and then, by another client's burst or a processor that sheds load, says nothing about the pace, and slowing
/// down for it makes nothing better: halving for each uses the less of a limit the higher it is, as TCP uses a lossy
/// link (Mathis et al. 1997). So this keeps a cumulative sum (Page, "Continuous Inspection Schemes", Biometrika 1954):
/// each limited call adds eight, each that passes takes one away, never below nothing. Where fewer than one in nine are
/// limited the sum drifts down, and chance alone hardly ever makes it ring; where none passes, it rings at the eighth.
struct LimitDetector {
  /// What the calls were since the sum was last nothing: those that the alarm is about.
  struct Evidence: Equatable {
    var passed = 0
    var limited = 0
  }

  private static let limitedWeight = 8
  private static let alarm = 64

  private var sum = 0
  private var evidence = Evidence()

  mutating func passed() {
    guard sum > 1 else {
      self = LimitDetector()
      return
    }
    sum -= 1
    evidence.passed += 1
  }

  /// Returns the evidence where it now suffices, and starts afresh.
  ///
  /// - Parameter isSlow: whether calls are so few that half as much evidence must do; chance then rings once in
  ///   thousands of calls at one limited in twenty, which at such a pace is once in minutes.
  mutating func limited(isSlow: Bool) -> Evidence? {
    sum += Self.limitedWeight
    evidence.limited += 1
    guard sum >= (isSlow ? Self.alarm / 2 : Self.alarm) else { return nil }
    defer { self = LimitDetector() }
    return evidence
  }
}
