package import Postgres
package import SettleModel

/// A payment, or a reported charge, of which other rules would say something else.
package struct MatchFlip: Sendable, Equatable {
  package enum Subject: String, Sendable, SQLDecodable { case payment, reported }

  package var subject: Subject
  /// Of a reported charge only where it belongs to a payment.
  package var payment: PaymentID?
  package var orderReference: String?
  /// The processor's id of the charge, or of its row.
  package var item: String?
  package var amount: Money
  /// The date on which the payment was charged, or on which the report came.
  package var date: BusinessDate
  /// `matched by …`, a break's reason, or `awaited`.
  package var from: String
  package var to: String
}

extension Session {
  /// What other rules would have made of everything that was ever reported, against what stands now, in order of date.
  ///
  /// It makes every charge's match anew and undoes all of that, so that the transaction goes on as if nothing had been.
  package func flips(to terms: ReconcileTerms, context: LoadContext) throws -> [MatchFlip] {
    var flips: [MatchFlip] = []
    do {
      try savepoint {
        try noteVerdicts(as: "stands")
        try unmakeMatches(on: context.date)
        _ = try reconcile(terms, context: context)
        try noteVerdicts(as: "would_be")
        flips = try changedVerdicts()
        throw Undone()
      }
    } catch is Undone {}
    return flips
  }

  private struct Undone: Error {}

  /// Each charge's verdict, of payments that were charged and of reported rows that speak for a charge.
  private func noteVerdicts(as table: String) throws {
    _ = try execute(
      """
      CREATE TEMPORARY TABLE \(identifier: table) ON COMMIT DROP AS
      SELECT DISTINCT ON (subject, id) subject, id, verdict
      FROM (
        SELECT 'payment' AS subject, payment_id AS id, 'matched by ' || rule AS verdict, 0 AS place FROM matches
        WHERE kind = 'charge'
        UNION ALL
        SELECT 'reported', outcome_id, 'matched by ' || rule, 0 FROM matches WHERE kind = 'charge'
        UNION ALL
        SELECT 'payment', b.item_id, b.reason, 1 FROM breaks b
        WHERE b.item_id = b.payment_id AND b.status = 'open'
        UNION ALL
        SELECT 'reported', b.outcome_id, b.reason, 1
        FROM breaks b JOIN outcome_records o ON o.payment_id = b.payment_id AND o.outcome_id = b.outcome_id
        WHERE b.status = 'open' AND o.kind IN ('charge', 'capture_reversal')
      ) verdicts
      ORDER BY subject, id, place, verdict
      """)
  }

  /// Takes back all that rules have decided of charges. What import itself has linked is linked again at once.
  private func unmakeMatches(on date: BusinessDate) throws {
    _ = try execute("DELETE FROM matches WHERE kind = 'charge'")
    // Everything is open now, of whatever date.
    _ = try execute("DELETE FROM sweeps")
    _ = try execute("UPDATE outcome_records SET together = false WHERE together")
    let given = try execute(
      """
      CREATE TEMPORARY TABLE given ON COMMIT DROP AS
      SELECT * FROM outcome_records
      WHERE linked_by = 'amount_and_date' OR linked_by = 'order_reference' AND claimed_order IS DISTINCT FROM payment_id
      """)
    if given > 0 { try unlinkGiven(on: date) }
    try script("DROP TABLE given")
    _ = try execute(
      """
      UPDATE payments p SET state = 'REQUESTED', succeeded_at = NULL, succeeded_on = NULL, proof = NULL
      WHERE p.state = 'SUCCEEDED' AND p.attempts = 0 AND p.proof = 'outcome' AND NOT p.revived AND NOT EXISTS (
        SELECT FROM outcome_records o
        WHERE o.payment_id = p.payment_id AND o.kind = 'charge' AND (o.linked_by IN ('processor_id', 'payment_id')
          OR o.linked_by = 'order_reference' AND o.compared_amount = p.amount AND o.compared_currency = p.currency))
      """)
  }

  private func changedVerdicts() throws -> [MatchFlip] {
    try query(
      """
      SELECT subject, p.payment_id, coalesce(p.order_reference, o.order_reference) AS order_reference,
        CASE WHEN subject = 'reported' THEN coalesce(o.processor_charge, o.processor_payment, o.row_id) END AS item,
        coalesce(o.compared_amount, p.amount) AS amount, coalesce(o.compared_currency, p.currency) AS currency,
        coalesce(o.business_date, p.charged_on, p.recorded_on) AS date,
        coalesce(s.verdict, CASE subject WHEN 'payment' THEN 'awaited' ELSE 'part of a match' END) AS before,
        coalesce(w.verdict, CASE subject WHEN 'payment' THEN 'awaited' ELSE 'part of a match' END) AS after
      FROM stands s FULL JOIN would_be w USING (subject, id)
      LEFT JOIN outcome_keys k ON subject = 'reported' AND k.outcome_id = id
      LEFT JOIN outcome_records o ON o.payment_id = k.payment_id AND o.outcome_id = k.outcome_id
      LEFT JOIN payments p ON p.payment_id = CASE subject WHEN 'payment' THEN id ELSE k.payment_id END
      WHERE s.verdict IS DISTINCT FROM w.verdict
      ORDER BY date, order_reference, subject, amount, id
      """
    ) { row in
      MatchFlip(
        subject: try row.get("subject"), payment: try row.get("payment_id"),
        orderReference: try row.get("order_reference"), item: try row.get("item"),
        amount: try row.money("amount", "currency"), date: try row.get("date"), from: try row.get("before"),
        to: try row.get("after"))
    }
  }
}
