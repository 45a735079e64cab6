import Postgres
import SettleModel

// Split shipments: several charges that together are what one order asked for. Only of payments that settle never asked
// for: its own charge is one, and a second one is a duplicate, whatever it adds up to.

extension Session {
  /// A further row of a charge that counts together with others counts with them too. Once settle has asked for the
  /// payment itself, none does.
  func keepTogether() throws {
    _ = try execute(
      """
      UPDATE outcome_records o SET together = false
      FROM payments p WHERE o.together AND p.payment_id = o.payment_id AND p.attempts > 0
      """)
    _ = try execute(
      """
      UPDATE outcome_records o SET together = true
      FROM outcome_records s
      WHERE s.together AND s.payment_id = o.payment_id AND NOT o.together AND o.reported AND o.linked_by IS NOT NULL
        AND o.kind IN ('charge', 'capture_reversal')
        AND coalesce(o.processor_charge, o.processor_payment) = coalesce(s.processor_charge, s.processor_payment)
      """)
  }

  /// Whether a row `r` counts together with others for good: their sum is matched. What does not add up is looked at anew
  /// each time, with what has come since.
  static let isJoinedForGood: SQL = """
    (r.together AND EXISTS (
      SELECT FROM matches m JOIN outcome_records t ON t.payment_id = m.payment_id AND t.outcome_id = m.outcome_id
      WHERE m.payment_id = r.payment_id AND m.item_id = r.payment_id AND t.together))
    """

  /// Takes back matches of charges that counted together and fit no more, since a row says something else by now or a
  /// rule does: what they are is then asked anew. Returns whether there were any.
  func partWhatFailed(on date: BusinessDate) throws -> Bool {
    let failed: SQL = """
      SELECT c.payment_id FROM charges c
      JOIN pairs p ON p.payment_id = c.payment_id AND p.outcome_id = c.outcome_id
      WHERE c.together AND p.verdict <> 'matched'
      """
    guard try first("SELECT 1 AS found FROM (\(sql: failed)) f LIMIT 1") != nil else { return false }
    try unmatch("WHERE m.item_id = m.payment_id AND m.payment_id IN (\(sql: failed))", on: date)
    return true
  }

  /// Brings together, of `charges` and their `pairs`, those that a rule takes for one order's where none of them is the
  /// payment by itself. All of a payment's charges count, never a choice of them. Where they add up to it, they are what
  /// was asked; where they do not, their sum is what was reported, and a second charge of the whole is none of them.
  /// Returns whether any are together that were gathered apart.
  func bringTogether(_ rules: MatchRules) throws -> Bool {
    try script("CREATE TEMPORARY TABLE joined (payment_id uuid PRIMARY KEY) ON COMMIT DROP")
    var joined = 0
    for rule in rules.rules where rule.together {
      let allowed = Self.allowance(rule.tolerance, in: "p.currency", of: "p.amount")
      joined += try join(
        rule, having: "abs(sum(c.amount) - p.amount) <= \(sql: allowed)",
        each: "abs(c.amount - p.amount) > \(sql: allowed)")
    }
    for rule in rules.rules where rule.together {
      joined += try join(rule, having: "true", each: "c.verdict = 'amount_mismatch'")
    }
    try mark()
    try script("DROP TABLE joined")
    return joined > 0
  }

  /// - Parameters:
  ///   - sum: what must hold of all charges `c` of the payment `p`.
  ///   - each: what must hold of each one.
  private func join(_ rule: MatchRule, having sum: SQL, each: SQL) throws -> Int {
    let proven: SQL = rule.by.contains(.id) ? "c.linked_by IN ('processor_id', 'payment_id')" : "true"
    return try execute(
      """
      INSERT INTO joined
      SELECT c.payment_id
      FROM (
        SELECT c.*, v.verdict FROM charges c
        JOIN pairs v ON v.payment_id = c.payment_id AND v.outcome_id = c.outcome_id
      ) c
      JOIN payments p ON p.payment_id = c.payment_id
      WHERE p.attempts = 0
      GROUP BY c.payment_id, p.amount, p.currency
      HAVING count(*) > 1 AND \(sql: sum)
        AND bool_and(c.counted AND c.currencies = 1 AND c.currency = p.currency AND c.amount > 0 AND \(sql: each)
          AND c.linked_by <> 'amount_and_date' AND \(sql: proven))
      ON CONFLICT DO NOTHING
      """)
  }

  /// Keeps with the rows of `charges` what counts together now, so that reports and checks know it, too.
  private func mark() throws {
    _ = try execute(
      """
      UPDATE outcome_records o SET together = true FROM joined j
      WHERE o.payment_id = j.payment_id AND o.reported AND o.linked_by IS NOT NULL AND NOT o.together
        AND o.kind IN ('charge', 'capture_reversal')
      """)
    _ = try execute(
      """
      UPDATE outcome_records r SET together = false
      WHERE r.together AND r.payment_id IN (SELECT payment_id FROM charges)
        AND r.payment_id NOT IN (SELECT payment_id FROM joined) AND NOT \(sql: Self.isJoinedForGood)
      """)
  }
}
