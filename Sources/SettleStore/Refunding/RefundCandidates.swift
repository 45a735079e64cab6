import Faults
package import Postgres
package import SettleModel

/// An open break that a written rule or a person's decision may refund, with the charge that it is about.
package struct RefundCandidate: Sendable, Equatable {
  package var payment: PaymentID
  package var breakID: BreakID
  package var subject: RefundPolicy.Case
  /// The processor's charge that took the money; nil where no file told it.
  package var processorCharge: String?
  /// What the payment's own processor payment and charge are, as far as settle knows.
  package var ownPayment: String?
  package var ownCharge: String?
  /// Minor units that the payment asked for.
  package var asked: Int64
  package var heldBack: RefundPolicy.Held?
  /// What a person has decided about it; nil where rules alone count.
  package var decided: DecidedRefund?

  /// What decides about it: a person, or else the rules.
  package func decision(by policy: RefundPolicy, spent: RefundPolicy.Spent) -> RefundPolicy.Decision {
    guard let decided else { return policy.decide(subject, spent: spent) }
    let isApproved = decided.isApproved && policy.approves(sameLogin: decided.isApprovedBySameLogin)
    if decided.needsApproval, !isApproved { return .heldBack(.needsApproval) }
    return policy.decide(subject, decided: decided.amount, approved: isApproved, spent: spent)
  }

  /// The refund's identity: asking again, by the same rule or decision, is asking for the same.
  package func refundID(of charge: String) -> RefundID {
    guard let decided else { return RefundID(charge: charge, reason: subject.reason, askedFor: breakID) }
    return RefundID(charge: charge, reason: subject.reason, askedFor: breakID, decision: decided.number)
  }

  /// Why the processor's own figures of the charge do not bear out what the files say, or nil where they do.
  ///
  /// Files may tell one charge twice, or under two ids. Money goes back only where the processor itself has taken a
  /// second charge, or more than was asked.
  package func contradiction(by charge: ProcessorCharge, refunding amount: Money) -> RefundPolicy.Held? {
    if Defect.figuresUnchecked.isSeeded { return nil }
    switch subject.reason {
    case .duplicateCharge:
      let isOwn = charge.processorPayment == ownPayment || charge.processorCharge == ownCharge
      let isUnknown = ownPayment == nil && ownCharge == nil
      return isOwn || isUnknown ? .notProven : nil
    case .amountMismatch:
      return charge.captured - charge.refunded - asked < amount.minor ? .notProven : nil
    default: return nil
    }
  }

  /// Why a further charge is not one too many, by the figures of the payment's own; nil where it is.
  ///
  /// Whoever sees two charges may give back either, at the processor's own pages, and so may the customer's bank. The
  /// further one goes back only while the payment's own still pays for what was asked.
  package func contradiction(byOwn charge: ProcessorCharge?) -> RefundPolicy.Held? {
    guard subject.reason == .duplicateCharge, !Defect.figuresUnchecked.isSeeded else { return nil }
    guard let charge, charge.state == .succeeded else { return .notProven }
    if charge.disputed { return .disputed }
    if charge.captured - charge.refunded >= asked { return nil }
    return charge.refunded > 0 ? .alreadyRefunded : .notProven
  }

  /// What to ask the processor for the payment's own charge by, where it matters.
  package var ownReference: String? { subject.reason == .duplicateCharge ? ownPayment ?? ownCharge : nil }
}

/// A refund that a person has decided and that has not been asked of the processor yet.
package struct DecidedRefund: Sendable, Equatable {
  /// The decision's, among those about its break.
  package var number: Int32
  package var amount: Money
  /// A second person has agreed.
  package var isApproved: Bool
  /// Under the login under which it was decided.
  package var isApprovedBySameLogin = false
  /// It was so large, when it was decided, that a second person must agree, whatever the pipeline asks for by now.
  package var needsApproval: Bool
}

extension Session {
  /// Open breaks of these reasons that no refund has been asked for and that nobody lets wait, and those that a person
  /// wants refunded by the run's date, in a fixed order.
  ///
  /// What a person has decided last counts, whatever its date, where it keeps money back. Where it gives money back, the
  /// decision, and the second person's agreement, must be of the run's date or an earlier one: the rules leave the break
  /// alone meanwhile.
  package func refundCandidates(for reasons: [BreakReason], context: LoadContext) throws -> [RefundCandidate] {
    try query(
      """
      SELECT b.payment_id, b.break_id, b.reason, b.expected_amount, b.expected_currency, b.reported_amount,
        b.reported_currency, b.rule, b.held_back, o.currency AS settled_currency,
        coalesce(o.processor_charge, CASE WHEN b.item_id = p.payment_id THEN p.processor_charge END)
          AS processor_charge, p.processor_payment AS own_payment, p.processor_charge AS own_charge, p.amount AS asked,
        (p.processor, o.processor) IS DISTINCT FROM (\(context.processor), \(context.processor)) AS elsewhere,
        \(sql: Self.returned) AS returned, \(sql: Self.decisionColumns(by: context.date))
      FROM breaks b
      JOIN payments p ON p.payment_id = b.payment_id
      JOIN outcome_records o ON o.payment_id = b.payment_id AND o.outcome_id = b.outcome_id
      LEFT JOIN (\(sql: Self.lastDecisions())) d ON d.break_id = b.break_id AND \(sql: Self.isAboutSameFigures)
      WHERE p.merchant = \(context.merchant) AND b.status = 'open'
        AND b.reported_amount IS NOT NULL
        AND CASE WHEN d.action = 'refund' THEN d.decided_on <= \(context.date)
          ELSE b.reason = ANY(\(reasons)) AND NOT coalesce(d.wait_until > \(context.date), false)
            AND NOT \(sql: Self.followsSettled) END
        -- One that failed is asked for again by a later decision, never by a rule.
        AND NOT EXISTS (SELECT FROM refunds r WHERE r.payment_id = b.payment_id AND r.break_id = b.break_id
          AND NOT (d.action IS NOT DISTINCT FROM 'refund' AND r.state = 'FAILED' AND r.token < d.token))
      ORDER BY b.first_seen, b.payment_id, b.break_id
      """
    ) { row in
      let reported = try row.money("reported_amount", "reported_currency")
      let rule: String? = try row.get("rule")
      let settled = try row.currency("settled_currency")
      let held: String? = try row.get("held_back")
      return RefundCandidate(
        payment: try row.get("payment_id"), breakID: try row.get("break_id"),
        subject: RefundPolicy.Case(
          reason: try row.get("reason"), expected: try row.moneyIfAny("expected_amount", "expected_currency"),
          reported: reported, proven: rule == "processor_id" || rule == "payment_id",
          sameCurrency: settled == reported.currency, isElsewhere: try row.get("elsewhere"),
          returned: try row.get("returned")),
        processorCharge: try row.get("processor_charge"), ownPayment: try row.get("own_payment"),
        ownCharge: try row.get("own_charge"), asked: try row.get("asked"),
        heldBack: held.flatMap(RefundPolicy.Held.init(rawValue:)), decided: try Self.decidedRefund(row))
    }
  }

  private static func decidedRefund(_ row: Row) throws -> DecidedRefund? {
    guard let standing = try standingDecision(row), standing.decision == .refund, let amount = standing.amount else {
      return nil
    }
    return DecidedRefund(
      number: standing.number, amount: amount, isApproved: standing.approvedBy != nil,
      isApprovedBySameLogin: standing.approvedLogin == standing.login,
      needsApproval: standing.needsApproval)
  }

  /// What was given back so far: by this run and on this business date. Refused refunds do not count.
  ///
  /// A run that was killed and the one that takes up its work count as one: their tokens follow the last run's that
  /// came to its end.
  package func refundsSpent(run: RunIdentity, context: LoadContext) throws -> RefundPolicy.Spent {
    var spent = RefundPolicy.Spent()
    try forEach(
      """
      SELECT currency, sum(amount)::bigint AS day, coalesce(sum(amount) FILTER (WHERE token > coalesce(
          (SELECT max(e.token) FROM runs e WHERE e.finished_at IS NOT NULL AND e.token < \(run.fence.token)
            AND e.stages <> \(RunRecord.decideStages)), -1)), 0)
          ::bigint AS run
      FROM refunds r
      WHERE requested_on = \(context.date) AND \(sql: Self.ofMerchant(context)) AND NOT (state = 'FAILED' AND processed_at IS NULL)
      GROUP BY currency
      """
    ) { row in
      let currency = try row.currency("currency")
      spent.day[currency] = try row.get("day")
      spent.run[currency] = try row.get("run")
    }
    return spent
  }

  /// Keeps to the merchant and processor of the run: rules and limits are one pipeline's.
  static func ofMerchant(_ context: LoadContext) -> SQL {
    """
    EXISTS (SELECT FROM payments p
      WHERE p.payment_id = r.payment_id AND p.merchant = \(context.merchant) AND p.processor = \(context.processor))
    """
  }

  /// Writes down why a break is left to a person, where that is news. Returns how many changed.
  package func holdBack(
    _ breakID: BreakID, of payment: PaymentID, because held: RefundPolicy.Held, context: LoadContext
  ) throws -> Int {
    try audited(
      .breaking,
      """
      UPDATE breaks SET held_back = \(held.rawValue)
      WHERE payment_id = \(payment) AND break_id = \(breakID) AND held_back IS DISTINCT FROM \(held.rawValue)
      RETURNING breaks.*
      """, context: context)
  }
}
