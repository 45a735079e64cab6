package import Postgres
package import SettleModel

/// An open break that a written rule may refund, with the charge that it is about.
package struct RefundCandidate: Sendable, Equatable {
  package var payment: PaymentID
  package var breakID: BreakID
  package var subject: RefundPolicy.Case
  /// The processor's charge that took the money; nil where no file told it.
  package var processorCharge: String?
  package var heldBack: RefundPolicy.Held?
}

extension Session {
  /// Open breaks of these reasons that no refund has been asked for, in a fixed order.
  package func refundCandidates(for reasons: [BreakReason]) throws -> [RefundCandidate] {
    try query(
      """
      SELECT b.payment_id, b.break_id, b.reason, b.expected_amount, b.expected_currency, b.reported_amount,
        b.reported_currency, b.rule, b.held_back, o.currency AS settled_currency,
        coalesce(o.processor_charge, CASE WHEN b.item_id = p.payment_id THEN p.processor_charge END)
          AS processor_charge
      FROM breaks b
      JOIN payments p ON p.payment_id = b.payment_id
      JOIN outcome_records o ON o.payment_id = b.payment_id AND o.outcome_id = b.outcome_id
      WHERE b.status = 'open' AND b.reason = ANY(\(reasons)) AND b.reported_amount IS NOT NULL
        AND NOT EXISTS (SELECT FROM refunds r WHERE r.payment_id = b.payment_id AND r.break_id = b.break_id)
      ORDER BY b.first_seen, b.payment_id, b.break_id
      """
    ) { row in
      let reported = try row.money("reported_amount", "reported_currency")
      let rule: String? = try row.get("rule")
      let settled: Currency = try row.get("settled_currency")
      let held: String? = try row.get("held_back")
      return RefundCandidate(
        payment: try row.get("payment_id"), breakID: try row.get("break_id"),
        subject: RefundPolicy.Case(
          reason: try row.get("reason"), expected: try row.moneyIfAny("expected_amount", "expected_currency"),
          reported: reported, proven: rule == "processor_id" || rule == "payment_id",
          sameCurrency: settled == reported.currency),
        processorCharge: try row.get("processor_charge"), heldBack: held.flatMap(RefundPolicy.Held.init(rawValue:)))
    }
  }

  /// What was given back so far: by this run (its token) and on this business date. Refused refunds do not count.
  package func refundsSpent(run: RunIdentity, context: LoadContext) throws -> RefundPolicy.Spent {
    var spent = RefundPolicy.Spent()
    try forEach(
      """
      SELECT currency, sum(amount)::bigint AS day, coalesce(sum(amount) FILTER (WHERE token = \(run.fence.token)), 0)::bigint AS run
      FROM refunds WHERE requested_on = \(context.date) AND NOT (state = 'FAILED' AND processed_at IS NULL)
      GROUP BY currency
      """
    ) { row in
      let currency: Currency = try row.get("currency")
      spent.day[currency] = try row.get("day")
      spent.run[currency] = try row.get("run")
    }
    return spent
  }

  /// Writes down why a break is left to a person, where that is news. Returns how many changed.
  package func holdBack(_ breakID: BreakID, of payment: PaymentID, because held: RefundPolicy.Held) throws -> Int {
    try execute(
      """
      UPDATE breaks SET held_back = \(held.rawValue)
      WHERE payment_id = \(payment) AND break_id = \(breakID) AND held_back IS DISTINCT FROM \(held.rawValue)
      """)
  }
}
