import Postgres
package import SettleModel

/// One decision about a break, as ``Explanation`` tells it.
package struct DecisionFacts: Sendable {
  package var breakID: BreakID
  package var reason: BreakReason
  package var number: Int32
  /// Nil where it agrees to an earlier one.
  package var decision: BreakDecision?
  /// The number of the decision that it agrees to.
  package var approves: Int32?
  /// What a refund gives back.
  package var amount: Money?
  package var needsApproval: Bool
  package var note: String?
  package var by: String
  /// The operating system's name of who gave the file.
  package var login: String
  /// An approval under the login under which the refund was decided.
  package var isOfSameLogin: Bool
  package var at: Timestamp
  package var businessDate: BusinessDate
  /// `file:line`.
  package var source: String
}

extension Session {
  /// What was decided about a payment's breaks, in order, also while its money was still nobody's.
  func decisionFacts(of id: PaymentID) throws -> [DecisionFacts] {
    try query(
      """
      SELECT d.*, d.action AS decision_action, d.wait_until AS decision_until,
        coalesce(d.other_break, d.other_payment) AS decision_other, b.reason, d.file_name || ':' || d.line AS source,
        EXISTS (SELECT FROM decisions e
          WHERE e.break_id = d.break_id AND e.number = d.approves AND e.login = d.login) AS same_login
      FROM decisions d JOIN breaks b ON b.break_id = d.break_id
      WHERE b.payment_id = \(id)
        OR b.payment_id IN (SELECT outcome_id FROM outcome_records WHERE payment_id = \(id))
      ORDER BY d.decided_at, d.break_id, d.number
      """
    ) { row in
      let approves: Int32? = try row.get("approves")
      return DecisionFacts(
        breakID: try row.get("break_id"), reason: try row.get("reason"), number: try row.get("number"),
        decision: approves == nil ? try Self.breakDecision(row) : nil, approves: approves,
        amount: try row.moneyIfAny("amount", "currency"), needsApproval: try row.get("needs_approval"),
        note: try row.get("note"), by: try row.get("decided_by"),
        login: try row.get("login"), isOfSameLogin: try row.get("same_login"), at: try row.get("decided_at"),
        businessDate: try row.get("decided_on"), source: try row.get("source"))
    }
  }
}
