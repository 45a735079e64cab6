import Postgres
import SettleModel

extension Session {
  /// Orphans whose payment has become known move to it: deleted and inserted in this transaction, since `payment_id`
  /// may be what a distributed PostgreSQL distributes by, and is never updated. Returns how many moved.
  ///
  /// Each that moves may teach the ids by which others are found, so this goes on until none does.
  func relinkOrphans(context: LoadContext) throws -> Int {
    var moved = 0
    while case let found = try relinkOnce(context), found > 0 { moved += found }
    return moved
  }

  private func relinkOnce(_ context: LoadContext) throws -> Int {
    try link(
      """
      SELECT * FROM outcome_records
      WHERE linked_by IS NULL
        AND kind IN ('charge', 'charge_failed', 'capture_reversal', 'refund', 'refund_failure', 'dispute', 'dispute_reversal')
        AND coalesce(processor_refund, processor_charge, processor_payment, claimed_payment::text, refund_id::text,
          order_reference) IS NOT NULL
      """, context)
    _ = try execute("DELETE FROM links WHERE payment_id IS NULL")
    return try moveLinked(context)
  }

  /// Moves the orphans of `links (outcome_id, payment_id, linked_by)` to their payments, with their breaks, and lets them
  /// tell their states. Drops the table. Returns how many moved.
  func moveLinked(_ context: LoadContext) throws -> Int {
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
      try moveBreaks()
      try carry("SELECT payment_id FROM links")
      try tellStates(context: context)
    }
    try script("DROP TABLE links, taken")
    return moved
  }

  /// An orphan's breaks go with it, so that each stays one break, with its age and what was decided about it.
  private func moveBreaks() throws {
    _ = try execute(
      """
      INSERT INTO breaks (payment_id, \(sql: Self.breakColumns))
      SELECT l.payment_id, \(sql: Self.breakColumns)
      FROM (SELECT outcome_id AS orphan, payment_id FROM links) l JOIN breaks b ON b.payment_id = l.orphan
      """)
    _ = try execute("DELETE FROM breaks b USING links l WHERE b.payment_id = l.outcome_id")
  }

  static let breakColumns: SQL = """
    break_id, reason, status, item_id, outcome_id, expected_amount, expected_currency, reported_amount,
    reported_currency, rule, held_back, first_seen, resolved_on, resolution
    """

  static let carriedColumns: SQL = """
    outcome_id, version, kind, reported, processor, row_id, occurred_at, available_on, gross, fee, net, currency,
    compared_amount, compared_currency, claimed_payment, claimed_order, order_reference, refund_id, processor_payment,
    processor_charge, processor_refund, processor_dispute, payout, reason, method, exchange_rate, batch, business_date, file_id,
    line, gross_rest, net_rest
    """

  static let recordColumns: SQL = "payment_id, linked_by, \(sql: carriedColumns)"

  private static let movedColumns: SQL = """
    l.payment_id, l.linked_by, t.outcome_id, version, kind, reported, processor, row_id, occurred_at, available_on,
    gross, fee, net, currency, compared_amount, compared_currency, claimed_payment, claimed_order, order_reference,
    refund_id, processor_payment, processor_charge, processor_refund, processor_dispute, payout, reason, method,
    exchange_rate, batch, business_date, file_id, line, gross_rest, net_rest
    """
}
