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
  ///   - everything: whether all due payments and open attempts are doubtful, because the store itself is: see
  ///     ``StoreDoubt``.
  ///   - keysExpiredBefore: keys that were used before this are no longer known to the processor.
  package func doubtfulSince(
    everything: Bool, keysExpiredBefore: Timestamp, context: LoadContext
  ) throws -> Timestamp? {
    try first(
      """
      SELECT min(since) AS since FROM (
        -- A customer who brings another card agrees anew, and that card confirms what the first one made long before.
        SELECT least(coalesce(authorized_at, recorded_at),
            (SELECT min(a.created_at) FROM charge_attempts a WHERE a.payment_id = payments.payment_id))
          - CASE WHEN \(everything) OR authorized_at IS NULL THEN interval '30 days' ELSE interval '0' END AS since
        FROM payments
        WHERE charge_due_on <= \(context.date) AND (hold IS NULL OR \(everything))
          AND merchant = \(context.merchant) AND processor = \(context.processor)
          AND (\(everything) OR processor_payment IS NULL AND (
            coalesce(authorized_at, recorded_at) < \(keysExpiredBefore) OR EXISTS (
              SELECT FROM charge_attempts a WHERE a.payment_id = payments.payment_id AND a.state = 'declined')))
        UNION ALL
        -- What a restored store believes to be open may have been answered, and tried again, before it was restored.
        SELECT a.created_at FROM charge_attempts a JOIN payments p ON p.payment_id = a.payment_id
        WHERE \(everything) AND a.state = 'open' AND a.given_up_at IS NULL
          AND p.merchant = \(context.merchant) AND p.processor = \(context.processor)) doubtful
      """)?.get("since")
  }

  /// Due payments that will be confirmed again at the processor, in a fixed order, a page at a time.
  package func dueConfirmations(
    after: PaymentID?, limit: Int, context: LoadContext
  ) throws -> [(payment: PaymentID, processorPayment: String)] {
    let floor: SQL = after.map { "AND payment_id > \($0)" } ?? ""
    return try query(
      """
      SELECT payment_id, processor_payment FROM payments
      WHERE charge_due_on <= \(context.date) AND processor_payment IS NOT NULL AND hold IS NULL
        AND merchant = \(context.merchant) AND processor = \(context.processor) \(sql: floor)
      ORDER BY payment_id LIMIT \(limit)
      """
    ) { row in (payment: try row.get("payment_id"), processorPayment: try row.get("processor_payment")) }
  }

  /// A payment's processor payment has been tried so often, though this store may not know of all attempts: the last of
  /// them is put down as found, so that the next one, and with it its key, is numbered after them.
  ///
  /// The tries are counted from the attempt that made the processor payment: those before it made another, or never left.
  package func raiseAttempts(of payment: PaymentID, to tries: Int, context: LoadContext) throws {
    guard tries > 0 else { return }
    let last: Int32 =
      try first(
        """
        SELECT coalesce(max(attempt), 1) + \(Int32(clamping: tries)) - 1 AS attempt FROM charge_attempts
        WHERE payment_id = \(payment) AND operation IN ('charge', 'adopted') AND state = 'declined'
        """)?.get("attempt") ?? 0
    let raised = try audited(
      .attempt,
      """
      INSERT INTO charge_attempts (payment_id, attempt, operation, idempotency_key, request_path, request_body,
        api_version, state, batch_id, token, business_date, created_at, answered_at, key_expires_at, looked_up_at)
      SELECT p.payment_id, \(last), 'adopted', '', '', '', '', 'superseded', 0, l.token, \(context.date),
        \(context.now), \(context.now), \(context.now), \(context.now)
      FROM payments p CROSS JOIN lease l WHERE p.payment_id = \(payment) AND p.attempts < \(last)
      RETURNING charge_attempts.*
      """, context: context)
    guard raised > 0 else { return }
    _ = try execute("UPDATE payments SET attempts = \(last) WHERE payment_id = \(payment)")
  }

  /// Gives back attempts that were claimed and certainly never sent, so that a later run claims them anew.
  package func release(_ attempts: [StoredAttempt], context: LoadContext) throws {
    let released: SQL = """
      unnest(\(attempts.map(\.payment)), \(attempts.map { Int32($0.attempt) })) r (payment_id, attempt)
      """
    try audited(
      .attempt,
      """
      UPDATE charge_attempts a SET state = 'superseded', answered_at = \(context.now), code = 'never sent'
      FROM \(sql: released) WHERE a.payment_id = r.payment_id AND a.attempt = r.attempt AND a.state = 'open'
      RETURNING a.*
      """, context: context)
    _ = try execute(
      """
      UPDATE payments p SET charge_due_on = \(context.date), charged_on = (
        SELECT max(e.business_date) FROM charge_attempts e
        WHERE e.payment_id = p.payment_id AND e.state NOT IN ('open', 'superseded'))
      FROM \(sql: released) JOIN charge_attempts a ON a.payment_id = r.payment_id AND a.attempt = r.attempt
      WHERE a.state = 'superseded' AND a.answered_at = \(context.now) AND p.payment_id = r.payment_id
        AND p.state <> 'SUCCEEDED'
      """)
  }
}
