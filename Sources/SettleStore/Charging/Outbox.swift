import Foundation
import Postgres
import SettleModel

extension Session {
  /// PaymentRequested, once a payment: the event's id is derived from it, so a second attempt adds none.
  func announceRequests(_ due: [DuePayment], context: LoadContext) throws {
    let firsts = due.filter { $0.order.attempt == 1 }.map(\.order.payment)
    guard !firsts.isEmpty else { return }
    try announceRequests("SELECT unnest(\(firsts))", context: context)
  }

  /// PaymentRequested of the payments in a table: whatever asked for them, a store that was lost has told nobody here.
  func announceRequests(ofFound table: SQL, context: LoadContext) throws {
    try announceRequests("SELECT payment_id FROM \(sql: table)", context: context)
  }

  private func announceRequests(_ payments: SQL, context: LoadContext) throws {
    _ = try execute(
      """
      INSERT INTO outbox (payment_id, event_id, type, occurred_at, payload)
      SELECT payment_id, payment_id, 'PaymentRequested', \(context.now), jsonb_strip_nulls(jsonb_build_object(
        'paymentId', payment_id, 'orderId', order_id, 'amount', amount, 'currency', currency,
        'requestedAt', \(context.now.description)::text, 'customerId', \(sql: Self.customerID)))
      FROM payments WHERE payment_id IN (\(sql: payments))
      ON CONFLICT (payment_id, event_id) DO NOTHING
      """)
  }

  /// RefundRequested, once a refund.
  func announceRefund(_ refund: RefundOrder, context: LoadContext) throws {
    _ = try execute(
      """
      INSERT INTO outbox (payment_id, event_id, type, occurred_at, payload)
      SELECT payment_id, \(refund.refund), 'RefundRequested', \(context.now), jsonb_build_object(
        'refundId', \(refund.refund)::uuid, 'paymentId', payment_id, 'orderId', order_id,
        'amount', \(refund.amount.minor)::bigint, 'currency', \(refund.amount.currency)::text,
        'requestedAt', \(context.now.description)::text, 'reason', \(refund.reason)::text)
      FROM payments WHERE payment_id = \(refund.payment)
      ON CONFLICT (payment_id, event_id) DO NOTHING
      """)
  }

  /// The contract carries customers as UUIDs; another reference of a customer stays in the store.
  static let customerID: SQL = """
    CASE WHEN customer_reference ~ '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' THEN customer_reference END
    """
}
