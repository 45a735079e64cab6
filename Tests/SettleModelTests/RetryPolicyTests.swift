import SettleModel
import Testing

@Suite struct RetryPolicyTests {
  static let policy = RetryPolicy(rules: [
    .init(when: .reason(.insufficientFunds), afterDays: [3, 3]),
    .init(when: .code("issuer_not_available"), afterDays: [1, 2, 5]),
    .init(when: .reason(.processingError), afterDays: [7]),
    .init(when: .reason(.expiredCard), afterDays: [1]),
    .init(when: .code("card_velocity_exceeded"), afterDays: [1]),
  ])
  static let day = date("2026-11-20")

  static func decline(_ reason: FailureReason, _ code: String, mayRetry: Bool = true) -> Decline {
    Decline(reason: reason, code: code, processorPayment: "pi_1", mayRetry: mayRetry)
  }

  static let broke = decline(.insufficientFunds, "insufficient_funds")
  static let away = decline(.processingError, "issuer_not_available")

  static let cases: [(Decline, attempt: Int, RetryPolicy.Decision)] = [
    (broke, 1, .retry(on: date("2026-11-23"))), (broke, 2, .retry(on: date("2026-11-23"))),
    (broke, 3, .final(.attemptsUsed)), (broke, 99, .final(.attemptsUsed)), (broke, 0, .final(.attemptsUsed)),
    // The code's rule wins over its reason's, for more attempts and for fewer.
    (away, 1, .retry(on: date("2026-11-21"))), (away, 2, .retry(on: date("2026-11-22"))),
    (away, 3, .retry(on: date("2026-11-25"))), (away, 4, .final(.attemptsUsed)),
    (decline(.processingError, "processing_error"), 1, .retry(on: date("2026-11-27"))),
    (decline(.processingError, "processing_error"), 2, .final(.attemptsUsed)),
    (decline(.insufficientFunds, "card_velocity_exceeded"), 1, .retry(on: date("2026-11-21"))),
    (decline(.insufficientFunds, "card_velocity_exceeded"), 2, .final(.attemptsUsed)),
    (decline(.cardDeclined, "do_not_honor"), 1, .final(.noRule)),
    // What is forbidden stays forbidden, whatever rules say.
    (decline(.insufficientFunds, "insufficient_funds", mayRetry: false), 1, .final(.forbidden)),
    (decline(.cardDeclined, "lost_card", mayRetry: false), 1, .final(.forbidden)),
    (decline(.expiredCard, "expired_card", mayRetry: true), 1, .final(.forbidden)),
  ]

  @Test(arguments: cases)
  func decides(decline: Decline, attempt: Int, decision: RetryPolicy.Decision) {
    #expect(Self.policy.decide(after: decline, attempt: attempt, on: Self.day) == decision)
  }

  @Test func withoutRulesEveryDeclineIsFinal() {
    #expect(RetryPolicy().decide(after: Self.broke, attempt: 1, on: Self.day) == .final(.noRule))
  }

  @Test func neverMoreThanTheNetworksAllow() {
    let eager = RetryPolicy(rules: [
      .init(when: .reason(.insufficientFunds), afterDays: Array(repeating: 1, count: 40))
    ])
    #expect(eager.decide(after: Self.broke, attempt: 15, on: Self.day) == .retry(on: date("2026-11-21")))
    #expect(eager.decide(after: Self.broke, attempt: 16, on: Self.day) == .final(.attemptsUsed))
  }

  /// A run of the 23rd may come as late as in the night to the 25th.
  @Test(arguments: [
    ("2026-11-25T00:00:00Z", RetryPolicy.Decision.retry(on: date("2026-11-23"))),
    ("2026-11-24T23:59:59Z", .final(.holdLapses)), ("2026-11-20T12:00:00Z", .final(.holdLapses)),
  ])
  func aHoldIsNotCapturedAfterItHasLapsed(until: String, decision: RetryPolicy.Decision) {
    #expect(
      Self.policy.decide(after: Self.broke, attempt: 1, on: Self.day, holdUntil: instant(until)) == decision)
  }

  @Test func aRuleCountsItsAttempts() {
    #expect(Self.policy.rules.map(\.attempts) == [3, 4, 2, 2, 2])
  }
}
