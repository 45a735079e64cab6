package import Postgres
package import SettleModel

extension Session {
  /// Numbered events after a number, in its order, one at a time and in constant memory.
  package func forEachEvent(
    after sequence: Int64, type: MessageType? = nil, _ body: (Event) throws -> Void
  ) throws {
    let ofType: SQL = type.map { "AND e.type = \($0.rawValue)" } ?? ""
    try forEach(
      """
      SELECT e.sequence, e.type, e.payment_id, e.subject, e.occurred_at, e.failure_reason,
        coalesce((o.payload ->> 'orderId')::uuid, p.order_id) AS order_id,
        coalesce((o.payload ->> 'amount')::bigint, r.amount, p.amount) AS amount,
        coalesce(o.payload ->> 'currency', r.currency, p.currency) AS currency,
        CASE WHEN o.event_id IS NULL THEN \(sql: Self.customerID) ELSE o.payload ->> 'customerId' END AS customer_id,
        coalesce(p.processor_charge, p.processor_payment) AS processor_reference, o.payload ->> 'reason' AS reason
      FROM event_sequence e
      LEFT JOIN payments p ON p.payment_id = e.payment_id
      LEFT JOIN refunds r ON r.payment_id = e.payment_id AND r.refund_id = e.subject
      LEFT JOIN outbox o ON o.payment_id = e.payment_id AND o.event_id = e.subject AND o.type = e.type
      WHERE e.sequence > \(sequence) \(sql: ofType)
      ORDER BY e.sequence
      """
    ) { row in try body(try Self.event(row)) }
  }

  private static func event(_ row: Row) throws -> Event {
    let type: MessageType = try row.get("type")
    let occurredAt: Timestamp = try row.get("occurred_at")
    let message = Message(
      type: type, payment: try row.get("payment_id"), subject: try row.get("subject"), order: try row.get("order_id"),
      amount: try row.money("amount", "currency"), occurredAt: occurredAt, customer: try row.get("customer_id"),
      processorReference: try row.get("processor_reference"),
      reason: try row.get("failure_reason") ?? row.get("reason"))
    return Event(
      sequence: try row.get("sequence"), type: type, occurredAt: occurredAt, payload: message.payload.compact)
  }
}
