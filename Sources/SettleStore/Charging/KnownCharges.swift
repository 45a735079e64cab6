package import Postgres
package import SettleModel

extension Session {
  /// From when on the processor's list must be gone through before anything due is charged, or nil where it need not.
  ///
  /// A due payment may have been charged by a store that was lost or restored: its idempotency key says nothing once it
  /// has outlived the processor's memory, and an earlier attempt may have made a processor payment that nobody told. A
  /// further attempt at a known one confirms that very one, so the processor itself would say that it has been paid.
  ///
  /// - Parameters:
  ///   - everything: whether all due payments are doubtful, because this store has never met its processor account.
  ///   - keysExpiredBefore: keys that were used before this are no longer known to the processor.
  package func doubtfulSince(
    everything: Bool, keysExpiredBefore: Timestamp, context: LoadContext
  ) throws -> Timestamp? {
    try first(
      """
      SELECT min(coalesce(authorized_at, recorded_at - interval '30 days')) AS since FROM payments
      WHERE charge_due_on <= \(context.date) AND hold IS NULL
        AND merchant = \(context.merchant) AND processor = \(context.processor)
        AND (\(everything) OR processor_payment IS NULL AND (
          coalesce(authorized_at, recorded_at) < \(keysExpiredBefore) OR EXISTS (
            SELECT FROM charge_attempts a WHERE a.payment_id = payments.payment_id AND a.state = 'declined')))
      """)?.get("since")
  }

  /// Takes due payments off the list that the processor has charged already. Returns how many there were.
  package func adopt(_ charges: [ProcessorCharge], context: LoadContext) throws -> Int {
    let found = charges.filter { $0.payment != nil && $0.state == .succeeded }
    guard !found.isEmpty else { return 0 }
    let payments = found.compactMap(\.payment)
    let adopted = try execute(
      """
      UPDATE payments p
      SET state = 'SUCCEEDED', succeeded_at = f.created_at, succeeded_on = \(context.date), proof = 'look_up',
        processor_payment = f.processor_payment, processor_charge = f.processor_charge, charge_due_on = NULL,
        cancel_due_on = NULL, charged_on = coalesce(p.charged_on, \(context.date))
      FROM (
        SELECT DISTINCT ON (payment_id) *
        FROM unnest(\(payments), \(found.map(\.processorPayment)), \(found.map(\.processorCharge)),
          \(found.map(\.amount.currency)), \(found.map(\.createdAt)))
          c (payment_id, processor_payment, processor_charge, currency, created_at)
        ORDER BY payment_id, created_at, processor_payment) f
      WHERE p.payment_id = f.payment_id AND p.charge_due_on IS NOT NULL AND p.state <> 'SUCCEEDED'
        AND p.currency = f.currency AND p.merchant = \(context.merchant)
      """)
    _ = try execute(
      """
      INSERT INTO payment_references (merchant, processor, value, kind, payment_id)
      SELECT p.merchant, p.processor, r.value, r.kind, p.payment_id FROM payments p
      CROSS JOIN LATERAL (VALUES (p.processor_payment, 'payment'), (p.processor_charge, 'charge')) r (value, kind)
      WHERE p.payment_id = ANY(\(payments)) AND p.proof = 'look_up' AND r.value IS NOT NULL
      ON CONFLICT (merchant, processor, value) DO NOTHING
      """)
    return adopted
  }

  /// Gives back attempts that were claimed and certainly never sent, so that a later run claims them anew.
  package func release(_ attempts: [StoredAttempt], context: LoadContext) throws {
    _ = try execute(
      """
      WITH released AS (
        UPDATE charge_attempts a SET state = 'superseded', answered_at = \(context.now), code = 'never sent'
        FROM unnest(\(attempts.map(\.payment)), \(attempts.map { Int32($0.attempt) })) r (payment_id, attempt)
        WHERE a.payment_id = r.payment_id AND a.attempt = r.attempt AND a.state = 'open'
        RETURNING a.payment_id
      )
      UPDATE payments p SET charge_due_on = \(context.date), charged_on = (
        SELECT max(a.business_date) FROM charge_attempts a
        WHERE a.payment_id = p.payment_id AND a.state NOT IN ('open', 'superseded'))
      FROM released r WHERE p.payment_id = r.payment_id AND p.state <> 'SUCCEEDED'
      """)
  }
}
