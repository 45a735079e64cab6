import Postgres
import SettleModel

extension Session {
  /// Finds the payment of each record, into the temporary table `links (outcome_id, payment_id, linked_by)`: by a
  /// processor's id that is known, else by our payment id or refund id, else by the order's reference where just one
  /// payment of that processor has it. What finds none stays an orphan.
  ///
  /// - Parameter unlinked: gives the records, with their `processor`.
  func link(_ unlinked: SQL, _ context: LoadContext) throws {
    _ = try execute(
      """
      CREATE TEMPORARY TABLE links ON COMMIT DROP AS
      SELECT u.outcome_id,
        coalesce(refund.payment_id, charge.payment_id, payment.payment_id, claimed.payment_id, asked.payment_id,
          ordered.payment_id) AS payment_id,
        CASE
          WHEN coalesce(refund.payment_id, charge.payment_id, payment.payment_id) IS NOT NULL THEN 'processor_id'
          WHEN coalesce(claimed.payment_id, asked.payment_id) IS NOT NULL THEN 'payment_id'
          WHEN ordered.payment_id IS NOT NULL THEN 'order_reference'
        END AS linked_by
      FROM (\(sql: unlinked)) u
      LEFT JOIN payment_references refund ON refund.merchant = \(context.merchant)
        AND refund.processor = u.processor AND refund.value = u.processor_refund
      LEFT JOIN payment_references charge ON charge.merchant = \(context.merchant)
        AND charge.processor = u.processor AND charge.value = u.processor_charge
      LEFT JOIN payment_references payment ON payment.merchant = \(context.merchant)
        AND payment.processor = u.processor AND payment.value = u.processor_payment
      LEFT JOIN payments claimed ON claimed.payment_id = u.claimed_payment AND claimed.merchant = \(context.merchant)
      LEFT JOIN (
        SELECT r.refund_id, min(r.payment_id::text)::uuid AS payment_id
        FROM refunds r JOIN payments p ON p.payment_id = r.payment_id AND p.merchant = \(context.merchant)
        GROUP BY r.refund_id) asked ON asked.refund_id = u.refund_id
      LEFT JOIN payments ordered ON ordered.payment_id = u.claimed_order AND ordered.authorization_id IS NULL
        AND ordered.processor = u.processor
      """)
    _ = try execute(
      """
      UPDATE links l SET payment_id = o.payment_id, linked_by = 'order_reference'
      FROM (
        SELECT u.outcome_id, min(p.payment_id::text)::uuid AS payment_id
        FROM (\(sql: unlinked)) u
        JOIN links k ON k.outcome_id = u.outcome_id AND k.payment_id IS NULL
        JOIN payments p ON p.merchant = \(context.merchant) AND p.order_reference = u.order_reference
          AND p.authorization_id IS NOT NULL AND p.processor = u.processor
        GROUP BY u.outcome_id HAVING count(*) = 1) o
      WHERE l.outcome_id = o.outcome_id
      """)
    try script("ANALYZE links")
  }
}
