/// When a declined charge is asked for again, by the reason of its decline. Without rules no charge ever is.
///
/// Every attempt costs the cardholder's bank a question, and networks fine whoever asks too often: Visa more than 15
/// reattempts of one charge in 30 days (20 since May 2025), Mastercard more than 10 declines of a card in 24 hours or 35
/// in 30 days, and both any reattempt after what they call “do not try again”.
/// Sources: <https://support.checkout.com/hc/en-us/articles/25482040901394-When-can-I-retry-a-declined-transaction>,
/// <https://developers.tabapay.com/docs/excessive-retry-rules>.
package struct RetryPolicy: Sendable, Equatable {
  /// What a rule is about.
  package enum Subject: Sendable, Hashable, CustomStringConvertible {
    case reason(FailureReason)
    /// A processor's own decline code. Its rule wins over the one of its reason.
    case code(String)

    package var description: String {
      switch self {
      case .reason(let reason): reason.rawValue
      case .code(let code): code
      }
    }
  }

  package struct Rule: Sendable, Equatable {
    package var when: Subject
    /// Days from each attempt to the next: as many as there are further attempts.
    package var afterDays: [Int]

    package init(when: Subject, afterDays: [Int]) {
      self.when = when
      self.afterDays = afterDays
    }

    /// How many attempts there are altogether, the first one among them.
    package var attempts: Int { afterDays.count + 1 }
  }

  package enum Decision: Sendable, Equatable {
    case retry(on: BusinessDate)
    case final(Final)
  }

  /// Why there is no further attempt.
  package enum Final: Sendable, Equatable {
    /// The card networks or the processor forbid it.
    case forbidden
    case noRule
    case attemptsUsed
    /// The hold would have lapsed by then.
    case holdLapses
  }

  /// The stricter of Visa's limits, for any stretch of time: an attempt of one payment is at least a day after the one
  /// before, so that Mastercard's limit for a day cannot be reached.
  package static let mostAttempts = 16
  /// A charge that comes much later than its order is no surprise that a cardholder wants.
  package static let days = 1...30

  package var rules: [Rule]

  package init(rules: [Rule] = []) { self.rules = rules }

  /// The rule that a decline falls under.
  package func rule(for decline: Decline) -> Rule? {
    rules.first { $0.when == .code(decline.code) } ?? rules.first { $0.when == .reason(decline.reason) }
  }

  /// What follows after a decline.
  ///
  /// - Parameters:
  ///   - attempt: the declined attempt, counted from 1 among those that asked to charge the same instrument.
  ///   - date: the business date of the run that was told.
  ///   - holdUntil: until when the hold may be captured, where the attempt captured one.
  package func decide(
    after decline: Decline, attempt: Int, on date: BusinessDate, holdUntil: Timestamp? = nil
  ) -> Decision {
    // An expired card stays expired, whatever a processor's word for it allows.
    guard decline.mayRetry, decline.reason != .expiredCard else { return .final(.forbidden) }
    guard let rule = rule(for: decline) else { return .final(.noRule) }
    guard attempt >= 1, attempt < min(rule.attempts, Self.mostAttempts) else { return .final(.attemptsUsed) }
    let next = date.adding(days: rule.afterDays[attempt - 1])
    // A date's run may come as late as the night after it.
    if let holdUntil, next.adding(days: 2).startInUTC > holdUntil { return .final(.holdLapses) }
    return .retry(on: next)
  }
}
