import Postgres
import SettleModel

extension Session {
  /// Of a charge in `placed`: whether the difference between its amount and what was expected may pass. The first rule
  /// judges that links the charge and says how far an amount in its currency may be; those after it are not asked.
  static func isTolerated(by rules: MatchRules) -> SQL {
    let judging = rules.rules.enumerated().compactMap { place, rule -> SQL? in
      guard let tolerance = rule.tolerance else { return nil }
      var conditions = [links(rule, at: place)]
      if rule.together { conditions.append("together") }
      if tolerance.ofOthers == nil {
        conditions.append("expected_currency = ANY(\(tolerance.byCurrency.keys.map(\.code).sorted()))")
      }
      return """
        WHEN \(sql: conditions.joined(separator: " AND "))
          THEN \(sql: allowance(tolerance, in: "expected_currency", of: "expected_amount"))
        """
    }
    guard !judging.isEmpty else { return "false" }
    return "(abs(amount - expected_amount) <= CASE \(sql: judging.joined(separator: " ")) ELSE 0 END)"
  }

  /// Whether a charge in `placed` is linked to its payment by what the rule goes by.
  private static func links(_ rule: MatchRule, at place: Int) -> SQL {
    if rule.by.contains(.id) { return "(own OR linked_by IN ('processor_id', 'payment_id'))" }
    return rule.by.contains(.reference)
      ? "NOT own AND linked_by = 'order_reference' AND \(identifier: agreement(at: place))"
      : "NOT own AND linked_by = 'amount_and_date'"
  }

  /// Columns of `charges`: of every rule by a reference that has a tolerance, whether its reference of the payment `p` is
  /// that of a row `r`. By the order's own, import may have found the payment under another spelling of it.
  static func agreements(with rules: MatchRules) -> [(column: SQL, agrees: SQL)] {
    rules.rules.enumerated().compactMap { place, rule in
      guard rule.tolerance != nil, rule.by.contains(.reference) else { return nil }
      let same: SQL = "\(sql: column(rule.ours)) = \(sql: column(rule.theirs, of: "r"))"
      let agrees: SQL = rule.isPlainReference ? "(r.claimed_order = p.payment_id OR \(sql: same))" : same
      return ("\(identifier: agreement(at: place))", "coalesce(\(sql: agrees), false)")
    }
  }

  private static func agreement(at place: Int) -> String { "agrees_\(place)" }

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
