import Postgres
import SettleModel

extension Session {
  /// Records a group of answers to cancellations in one fenced transaction. Recording one twice changes nothing.
  ///
  /// A canceled processor payment can never take money, so its payment has none any more: a later attempt makes a new
  /// one. One that took the money is proof of it, and since nobody asked for that any more, the payment is marked as
  /// revived: a person looks whether there is still an order.
  package func record(_ results: [CancellationResult], context: LoadContext) throws {
    var closed: [(CancellationResult, state: String, code: String?)] = []
    var charges: [(CancellationResult, ProcessorCharge)] = []
    var open: [(CancellationResult, why: String)] = []
    for result in results {
      switch result.outcome {
      case .ended(.canceled): closed.append((result, "canceled", nil))
      case .ended(.refused(let code)): closed.append((result, "refused", code))
      case .ended(.succeeded(let charge)):
        closed.append((result, "succeeded", nil))
        charges.append((result, charge))
      case .open(let why): open.append((result, why))
      }
    }
    try close(closed, context: context)
    try raise(charges, context: context)
    guard !open.isEmpty else { return }
    try auditedOnce(
      .cancellation,
      """
      UPDATE cancellations c SET unknown_why = o.why
      FROM unnest(\(open.map(\.0.payment)), \(open.map(\.0.processorPayment)), \(open.map(\.why)))
        o (payment_id, processor_payment, why)
      WHERE c.payment_id = o.payment_id AND c.processor_payment = o.processor_payment AND c.state = 'open'
      """, of: "c", again: "c.unknown_why <> o.why", context: context)
  }

  private func close(
    _ closed: [(CancellationResult, state: String, code: String?)], context: LoadContext
  ) throws {
    guard !closed.isEmpty else { return }
    try audited(
      .cancellation,
      """
      UPDATE cancellations c
      SET state = d.state, code = d.code, answered_at = \(context.now), unknown_why = NULL
      FROM unnest(\(closed.map(\.0.payment)), \(closed.map(\.0.processorPayment)), \(closed.map(\.state)),
        \(closed.map(\.code))) d (payment_id, processor_payment, state, code)
      WHERE c.payment_id = d.payment_id AND c.processor_payment = d.processor_payment AND c.state = 'open'
      RETURNING c.*
      """, context: context)
    let gone = closed.filter { $0.state == "canceled" }
    guard !gone.isEmpty else { return }
    _ = try execute(
      """
      UPDATE payments p SET processor_payment = NULL
      FROM unnest(\(gone.map(\.0.payment)), \(gone.map(\.0.processorPayment))) g (payment_id, processor_payment)
      WHERE p.payment_id = g.payment_id AND p.processor_payment = g.processor_payment AND p.state <> 'SUCCEEDED'
      """)
  }

  private func raise(_ charges: [(CancellationResult, ProcessorCharge)], context: LoadContext) throws {
    guard !charges.isEmpty else { return }
    let payments = charges.map(\.0.payment)
    let references = charges.map(\.1.processorCharge)
    try audited(
      .payment,
      """
      UPDATE payments p
      SET state = 'SUCCEEDED', succeeded_at = \(context.now), succeeded_on = \(context.date), proof = 'look_up',
        processor_payment = s.processor_payment, processor_charge = s.processor_charge, charge_due_on = NULL,
        cancel_due_on = NULL, charged_on = coalesce(p.charged_on, \(context.date)), revived = p.state = 'FAILED'
      FROM unnest(\(payments), \(charges.map(\.1.processorPayment)), \(references))
        s (payment_id, processor_payment, processor_charge)
      WHERE p.payment_id = s.payment_id AND p.state <> 'SUCCEEDED'
      RETURNING p.*
      """, context: context)
    _ = try execute(
      """
      INSERT INTO payment_references (merchant, processor, value, kind, payment_id)
      SELECT \(context.merchant), \(context.processor), value, 'charge', payment_id
      FROM unnest(\(payments), \(references)) s (payment_id, value) WHERE value IS NOT NULL
      ON CONFLICT (merchant, processor, value) DO NOTHING
      """)
  }
}
