import Postgres
import SettleModel

extension Session {
  /// Orphans whose payment has become known move to it: deleted and inserted in this transaction, since `payment_id`
  /// may be what a distributed PostgreSQL distributes by, and is never updated. Returns how many moved.
  func relinkOrphans(context: LoadContext) throws -> Int {
    try script(
      """
      CREATE TEMPORARY TABLE unlinked ON COMMIT DROP AS
      SELECT outcome_id, processor_refund, processor_charge, processor_payment, claimed_payment, claimed_order,
        order_reference
      FROM outcome_records
      WHERE linked_by IS NULL
        AND kind IN ('charge', 'charge_failed', 'capture_reversal', 'refund', 'refund_failure', 'dispute', 'dispute_reversal')
        AND coalesce(processor_refund, processor_charge, processor_payment, claimed_payment::text, order_reference)
          IS NOT NULL
      """)
    try link(processor: context.processor, context: context)
    _ = try execute("DELETE FROM links WHERE payment_id IS NULL")
    try script(
      """
      CREATE TEMPORARY TABLE taken ON COMMIT DROP AS
      SELECT o.*, NULL::uuid AS known_payment FROM outcome_records o
      JOIN links l ON l.outcome_id = o.outcome_id AND o.payment_id = o.outcome_id
      """)
    let moved = try execute(
      """
      INSERT INTO outcome_records (\(sql: Self.recordColumns))
      SELECT \(sql: Self.movedColumns) FROM taken t JOIN links l ON l.outcome_id = t.outcome_id
      """)
    if moved > 0 {
      _ = try execute(
        "DELETE FROM outcome_records o USING links l WHERE o.payment_id = o.outcome_id AND o.outcome_id = l.outcome_id")
      _ = try execute(
        "UPDATE outcome_keys k SET payment_id = l.payment_id FROM links l WHERE k.outcome_id = l.outcome_id")
      try tellStates(context: context)
    }
    try script("DROP TABLE unlinked, links, taken")
    return moved
  }

  private static let carriedColumns: SQL = """
    outcome_id, version, kind, reported, processor, row_id, occurred_at, available_on, gross, fee, net, currency,
    compared_amount, compared_currency, claimed_payment, claimed_order, order_reference, refund_id, processor_payment,
    processor_charge, processor_refund, processor_dispute, payout, reason, business_date, file_id, line
    """

  private static let recordColumns: SQL = "payment_id, linked_by, \(sql: carriedColumns)"

  private static let movedColumns: SQL = """
    l.payment_id, l.linked_by, t.outcome_id, version, kind, reported, processor, row_id, occurred_at, available_on,
    gross, fee, net, currency, compared_amount, compared_currency, claimed_payment, claimed_order, order_reference,
    refund_id, processor_payment, processor_charge, processor_refund, processor_dispute, payout, reason, business_date,
    file_id, line
    """
}
