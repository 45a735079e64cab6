import Postgres
import SettleModel

extension Session {
  /// Of a charge in `placed`: whether a rule lets the difference between its amount and what was expected pass.
  static func isTolerated(by rules: MatchRules) -> SQL {
    let conditions = rules.rules.compactMap { rule -> SQL? in
      guard let tolerance = rule.tolerance else { return nil }
      let linked: SQL =
        rule.by.contains(.id)
        ? "(own OR linked_by IN ('processor_id', 'payment_id'))" : "(NOT own AND linked_by = 'order_reference')"
      let several: SQL = rule.together ? "together" : "true"
      return """
        \(sql: linked) AND \(sql: several) AND abs(amount - expected_amount)
          <= \(sql: allowance(tolerance, in: "expected_currency", of: "expected_amount"))
        """
    }
    return conditions.isEmpty ? "false" : "(\(sql: conditions.joined(separator: " OR ")))"
  }

  /// How many minor units a reported amount may be from what was asked.
  ///
  /// - Parameters:
  ///   - currency: of the amount that was asked, as SQL.
  ///   - asked: that amount in minor units, as SQL.
  static func allowance(_ tolerance: Tolerance?, in currency: SQL, of asked: SQL) -> SQL {
    guard let tolerance else { return "0" }
    func most(_ limit: Tolerance.Limit) -> SQL {
      "greatest(\(limit.minor)::bigint, \(sql: asked) * \(limit.share)::bigint / 1000000)"
    }
    let named = tolerance.byCurrency.sorted { $0.key < $1.key }
      .map { currency, limit -> SQL in "WHEN \(currency.code)::text THEN \(sql: most(limit))" }
    let others = tolerance.ofOthers.map(most) ?? "0"
    guard !named.isEmpty else { return others }
    return "CASE \(sql: currency) \(sql: named.joined(separator: " ")) ELSE \(sql: others) END"
  }
}
