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

  /// Marks, of `charges`, those that add up to their payment where a rule says so and none of them is the payment by
  /// itself. All of a payment's charges count, never a choice of them; of what was given back as a second charge, none
  /// can be a part. Returns how many rows are marked now.
  func bringTogether(_ rules: MatchRules) throws -> Int {
    var marked = 0
    for rule in rules.rules where rule.together {
      let allowed = Self.allowance(rule.tolerance, in: "p.currency", of: "p.amount")
      let proven: SQL = rule.by.contains(.id) ? "c.linked_by IN ('processor_id', 'payment_id')" : "true"
      marked += try execute(
        """
        UPDATE outcome_records o SET together = true
        FROM (
          SELECT c.payment_id
          FROM charges c JOIN payments p ON p.payment_id = c.payment_id
          WHERE p.attempts = 0
            AND NOT EXISTS (SELECT FROM refunds g WHERE g.payment_id = p.payment_id AND g.state <> 'FAILED')
          GROUP BY c.payment_id, p.amount, p.currency
          HAVING count(*) > 1 AND abs(sum(c.amount) - p.amount) <= \(sql: allowed)
            AND bool_and(c.counted AND c.currencies = 1 AND c.currency = p.currency AND c.amount > 0
              AND abs(c.amount - p.amount) > \(sql: allowed) AND c.linked_by <> 'amount_and_date' AND \(sql: proven))
        ) s
        WHERE o.payment_id = s.payment_id AND o.reported AND o.linked_by IS NOT NULL AND NOT o.together
          AND o.kind IN ('charge', 'capture_reversal')
          AND (\(rules.takesReferences) OR o.linked_by <> 'order_reference')
        """)
    }
    return marked
  }
}
