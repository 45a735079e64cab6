package import Postgres
package import SettleModel

/// A reported charge and a payment that a rule finds for each other, where it finds others, too.
package struct CandidateFacts: Sendable {
  package var outcome: OutcomeID
  package var reported: Money
  package var reference: String?
  /// `file:line` of the reported charge.
  package var source: String
  package var payment: PaymentID
  package var orderReference: String
  package var amount: Money
  /// `file:line` of the payment, where a file brought it.
  package var paymentSource: String?
  /// When the charge was found to be ambiguous, as well as the journal of stages tells.
  package var about: Timestamp

  /// How many of a kind are told.
  package static let limit = 10
}

extension Session {
  /// Whether reported charges wait for somebody to say whose they are.
  package func hasAmbiguousCharges() throws -> Bool {
    try first(
      """
      SELECT 1 AS one FROM breaks WHERE status = 'open' AND reason = 'ambiguous_match' AND outcome_id IS NOT NULL LIMIT 1
      """) != nil
  }

  /// What an ambiguous charge may be, or which ambiguous charges a payment may have, and what else these fit; none where
  /// nothing of the kind is open. By the rules as they are given, as the last reconciliation found them.
  ///
  /// In a transaction that is rolled back: the rules find them by temporary tables.
  package func candidates(of id: PaymentID, _ terms: ReconcileTerms, merchant: String) throws -> [CandidateFacts] {
    for rule in terms.rules.rules where rule.findsPayments {
      guard try gather(rule, zone: terms.zone, merchant: merchant) else { continue }
      let found = try candidates(of: id, by: rule)
      try script("DROP TABLE loose, waiting")
      if !found.isEmpty { return found }
    }
    return []
  }

  private func candidates(of id: PaymentID, by rule: MatchRule) throws -> [CandidateFacts] {
    func pairs(_ condition: SQL, limit: Int) -> SQL {
      """
      (SELECT l.outcome_id, w.payment_id FROM loose l
      JOIN open_breaks b ON b.outcome_id = l.outcome_id
      JOIN waiting w ON \(sql: Self.fits(rule, "w", "l"))
      WHERE \(sql: condition) ORDER BY l.outcome_id, w.payment_id LIMIT \(limit))
      """
    }
    // One more than is told, so that it can be said that there are more.
    let few = CandidateFacts.limit + 1
    return try query(
      """
      WITH open_breaks AS MATERIALIZED (
        SELECT outcome_id, first_seen FROM breaks
        WHERE status = 'open' AND reason = 'ambiguous_match' AND outcome_id IS NOT NULL
      ), near AS MATERIALIZED (
        \(sql: pairs("l.outcome_id = \(id)", limit: few)) UNION \(sql: pairs("w.payment_id = \(id)", limit: few))
      ), found AS (
        \(sql: pairs("w.payment_id IN (SELECT payment_id FROM near WHERE outcome_id = \(id))", limit: few * few))
        UNION
        \(sql: pairs("l.outcome_id IN (SELECT outcome_id FROM near WHERE payment_id = \(id))", limit: few * few))
      )
      SELECT o.outcome_id, o.compared_amount, o.compared_currency, f.name || ':' || o.line AS source,
        coalesce(o.row_id, o.processor_charge, o.processor_payment) AS reference, p.payment_id, p.order_reference,
        p.amount, p.currency, pf.name || ':' || p.line AS payment_source,
        coalesce(\(sql: Self.reconciled(on: "b.first_seen", after: "f.loaded_at")), f.loaded_at) AS about
      FROM (SELECT * FROM near UNION SELECT * FROM found) c
      JOIN open_breaks b ON b.outcome_id = c.outcome_id
      JOIN outcome_records o ON o.payment_id = c.outcome_id AND o.outcome_id = c.outcome_id
      JOIN input_files f ON f.file_id = o.file_id
      JOIN payments p ON p.payment_id = c.payment_id
      LEFT JOIN input_files pf ON pf.file_id = p.file_id
      ORDER BY f.file_id, o.line, o.outcome_id, p.order_reference, p.payment_id
      """
    ) { row in
      CandidateFacts(
        outcome: try row.get("outcome_id"), reported: try row.money("compared_amount", "compared_currency"),
        reference: try row.get("reference"), source: try row.get("source"), payment: try row.get("payment_id"),
        orderReference: try row.get("order_reference"), amount: try row.money("amount", "currency"),
        paymentSource: try row.get("payment_source"), about: try row.get("about"))
    }
  }
}
