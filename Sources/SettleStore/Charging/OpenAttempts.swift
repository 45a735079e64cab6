package import Postgres
package import SettleModel

extension Session {
  /// Attempts without an answer, of this run or an earlier one that died, in a fixed order, a page at a time; but
  /// not those that nobody looks for any more.
  ///
  /// - Parameters:
  ///   - after: the last payment of the page before.
  ///   - lookUp: only those that a repeat cannot settle, or only those that it may.
  package func openAttempts(after: PaymentID?, limit: Int, lookUp: Bool?, context: LoadContext) throws
    -> [StoredAttempt]
  {
    let floor: SQL = after.map { "AND a.payment_id > \($0)" } ?? ""
    let kind: SQL = lookUp.map { "AND a.look_up = \($0)" } ?? ""
    return try query(
      """
      SELECT a.payment_id, a.attempt, a.idempotency_key, a.request_path, a.request_body, a.api_version, a.created_at,
        a.key_expires_at, a.look_up, p.amount, p.currency, coalesce(p.hold, p.processor_payment) AS processor_payment,
        -- A charge makes the processor payment that the attempts after it confirm.
        (SELECT count(*) FROM charge_attempts e
          WHERE e.payment_id = a.payment_id AND e.attempt < a.attempt AND e.state = 'declined'
            AND e.attempt >= (SELECT coalesce(max(c.attempt), 0) FROM charge_attempts c
              WHERE c.payment_id = a.payment_id AND c.attempt < a.attempt AND c.operation = 'charge'))::int
          AS earlier_declines
      FROM charge_attempts a JOIN payments p ON p.payment_id = a.payment_id
      WHERE a.state = 'open' AND a.given_up_at IS NULL AND p.merchant = \(context.merchant) AND p.processor = \(context.processor)
        \(sql: floor) \(sql: kind)
      ORDER BY a.payment_id LIMIT \(limit)
      """
    ) { row in
      StoredAttempt(
        payment: try row.get("payment_id"), attempt: Int(try row.get("attempt") as Int32),
        amount: try row.money("amount", "currency"),
        request: ProcessorRequest(
          path: try row.get("request_path"), body: try row.get("request_body"),
          idempotencyKey: try row.get("idempotency_key"), apiVersion: try row.get("api_version")),
        storedAt: try row.get("created_at"), keyExpires: try row.get("key_expires_at"), lookUp: try row.get("look_up"),
        processorPayment: try row.get("processor_payment"),
        earlierDeclines: Int(try row.get("earlier_declines") as Int32))
    }
  }

  /// How many attempts have no answer and may still get one by asking.
  package func openAttemptCount(context: LoadContext) throws -> Int64 {
    try first(
      """
      SELECT count(*) AS attempts FROM charge_attempts a JOIN payments p ON p.payment_id = a.payment_id
      WHERE a.state = 'open' AND a.given_up_at IS NULL AND p.merchant = \(context.merchant) AND p.processor = \(context.processor)
      """)?.get("attempts") ?? 0
  }
}
