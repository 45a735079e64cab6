import Postgres
import SettleModel

extension Session {
  /// Marks the payouts that the records in `taken` belong to, or belonged to, so that the next reconciliation sums them
  /// up anew.
  func notePayouts(processor: String) throws {
    _ = try execute(
      """
      INSERT INTO payouts (payout_id, processor, reference, currency)
      SELECT \(sql: Self.payoutID), processor, reference, currency
      FROM (
        SELECT \(processor)::text AS processor, payout AS reference, currency
        FROM taken WHERE known_payment IS NULL AND payout IS NOT NULL
        UNION
        SELECT \(processor)::text, n.reference, n.currency
        FROM taken t JOIN outcome_records o ON o.payment_id = t.known_payment AND o.outcome_id = t.outcome_id
        CROSS JOIN LATERAL (VALUES (coalesce(t.payout, o.payout), t.currency), (o.payout, o.currency))
          n (reference, currency)
        WHERE t.known_payment IS NOT NULL
      ) named
      WHERE reference IS NOT NULL ORDER BY 1
      ON CONFLICT (payout_id) DO UPDATE SET stale = true WHERE NOT payouts.stale
      """)
  }

  /// A payout's identity over `processor, reference, currency`.
  static let payoutID: SQL = "md5('payout:' || processor || ':' || reference || ':' || currency)::uuid"

  /// The records that payouts are made of: reported money that names one. What only tells states counts no money twice.
  /// `is_payout` where a record is the payout's own.
  static func payoutRecords(of records: SQL = "SELECT * FROM outcome_records") -> SQL {
    """
    SELECT r.*, r.kind IN ('payout', 'payout_reversal') AS is_payout
    FROM (\(sql: records)) r WHERE r.payout IS NOT NULL AND r.reported
    """
  }

  /// What records of ``payoutRecords(of:)`` come to. What a payout's own row costs (an instant payout's
  /// fee) is a fee of the payout, taken from what its lines come to: the bank receives the gross.
  static let payoutSums: SQL = """
    count(*) FILTER (WHERE NOT is_payout) AS lines,
    \(sql: linesSum("gross")) AS gross,
    \(sql: linesSum("gross")) - \(sql: linesSum("net")) + \(sql: payoutFee) AS fees,
    \(sql: linesSum("net")) - \(sql: payoutFee) AS net,
    (-sum(gross) FILTER (WHERE is_payout))::bigint AS paid
    """

  private static let payoutFee: SQL = "coalesce(sum(fee) FILTER (WHERE is_payout), 0)::bigint"

  /// Sums up the payouts whose records have changed. Of a payout that has money in several currencies, what was paid in
  /// one is not awaited in another.
  ///
  /// Instants have their day in the pipeline's time zone; but the day on which money arrives is told as a midnight, the
  /// processor's own or that of UTC, and is the later of the two.
  func sumPayouts(zone: String) throws {
    let stale: Int64 = try first("SELECT count(*) AS stale FROM payouts WHERE stale")?.get("stale") ?? 0
    guard stale > 0 else { return }
    _ = try execute(
      """
      CREATE TEMPORARY TABLE summed ON COMMIT DROP AS
      SELECT p.payout_id, p.processor, p.reference, s.*
      FROM payouts p
      JOIN (SELECT DISTINCT processor, reference FROM payouts WHERE stale) c
        ON c.processor = p.processor AND c.reference = p.reference
      LEFT JOIN LATERAL (
        SELECT \(sql: Self.payoutSums),
          coalesce(min(day) FILTER (WHERE kind = 'payout'), max(day)) AS sent_on,
          coalesce(max(available) FILTER (WHERE kind = 'payout'), max(available)) AS available_on,
          coalesce(array_agg(DISTINCT row_id) FILTER (WHERE kind = 'payout' AND row_id IS NOT NULL), '{}')
            || coalesce(array_agg(DISTINCT processor_payment) FILTER (
              WHERE kind = 'payout' AND processor_payment IS NOT NULL), '{}')
            || coalesce(array_agg(DISTINCT order_reference) FILTER (
              WHERE kind = 'payout' AND order_reference IS NOT NULL), '{}') AS names
        FROM (
          SELECT o.*, (o.occurred_at AT TIME ZONE \(zone))::date AS day,
            greatest((o.available_on AT TIME ZONE \(zone))::date, (o.available_on AT TIME ZONE 'UTC')::date) AS available
          FROM (\(sql: Self.payoutRecords())) o
          WHERE o.payout = p.reference AND o.processor = p.processor AND o.currency = p.currency) o) s
        ON true
      """)
    _ = try execute(
      """
      UPDATE payouts p
      SET stale = false, lines = s.lines, gross = s.gross, fees = s.fees, net = s.net, paid = s.paid,
        names = array_prepend(s.reference, array_remove(s.names, s.reference)), sent_on = s.sent_on,
        arrives_on = greatest(s.sent_on, s.available_on),
        amount = CASE
          WHEN s.sent_on IS NULL THEN NULL
          WHEN s.paid IS NOT NULL THEN s.paid
          WHEN EXISTS (
            SELECT FROM summed o WHERE o.processor = s.processor AND o.reference = s.reference AND o.paid IS NOT NULL)
            THEN NULL
          ELSE s.net END
      FROM summed s WHERE s.payout_id = p.payout_id
      """)
    try script("DROP TABLE summed")
  }
}
