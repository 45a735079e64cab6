import Foundation
import SettleModel

extension RetryPolicy {
  /// Reads `charge.retry`.
  ///
  /// - Parameter codes: what the processor declines with; nil where nobody has said.
  init(_ place: YAMLPlace, codes: DeclineCodes?) throws {
    var rules: [Rule] = []
    for item in try place.sequence() {
      let rule = try Rule(item, codes: codes)
      guard !rules.contains(where: { $0.when == rule.when }) else {
        throw item.refusal("an earlier rule has \(rule.when) already; keep one")
      }
      rules.append(rule)
    }
    self.init(rules: rules)
  }
}

extension RetryPolicy.Rule {
  fileprivate init(_ place: YAMLPlace, codes: DeclineCodes?) throws {
    let keys = try place.mapping(of: ["when", "attempts", "after_days"])
    let whenPlace = try place.required("when", in: keys, such: "INSUFFICIENT_FUNDS")
    let daysPlace = try place.required("after_days", in: keys, such: "3")
    let when = try whenPlace.retrySubject(codes)
    let most = RetryPolicy.mostAttempts
    if daysPlace.isList {
      let days = try daysPlace.sequence().map { try $0.integer(in: RetryPolicy.days) }
      guard (1..<most).contains(days.count) else {
        throw daysPlace.refusal("must name 1 to \(most - 1) waits, one for each further attempt")
      }
      if let place = keys["attempts"], try place.integer(in: 2...most) != days.count + 1 {
        throw place.refusal(
          "after_days has \(days.count.of("wait", "waits")), which makes \(days.count + 1) attempts; keep one of them")
      }
      self.init(when: when, afterDays: days)
    } else {
      let attemptsPlace = try place.required("attempts", in: keys, such: "3")
      let attempts = try attemptsPlace.integer(in: 2...most)
      let days = try daysPlace.integer(in: RetryPolicy.days)
      self.init(when: when, afterDays: Array(repeating: days, count: attempts - 1))
    }
  }
}

extension YAMLPlace {
  /// One of the contract's reasons in capitals, or a processor's own code in small letters.
  fileprivate func retrySubject(_ codes: DeclineCodes?) throws -> RetryPolicy.Subject {
    let text = try text()
    if text == FailureReason.expiredCard.rawValue || text == "expired_card" {
      throw refusal("\(text) cannot be tried again: the card stays expired, and networks fine whoever asks")
    }
    if let reason = FailureReason(rawValue: text) { return .reason(reason) }
    if text.utf8.count <= 64, text.range(of: "^[a-z][a-z0-9_]*$", options: .regularExpression) != nil {
      try codes?.check(text, at: self)
      return .code(text)
    }
    let reasons = FailureReason.allCases.filter { $0 != .expiredCard }.map(\.rawValue)
    throw refusal(
      "\"\(text)\" is not known here"
        + (NearestName.meant(by: text, among: reasons).map { "; did you mean \($0)?" }
          ?? "; write \(reasons.joined(separator: ", ")) or a processor's own code in small letters"))
  }
}
