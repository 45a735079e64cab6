import Postgres
package import SettleModel

/// A payout that the explained money went into, or that is what is explained.
package struct PayoutFacts: Sendable {
  package var id: PayoutID
  package var processor: String
  package var reference: String
  package var lines: Int64
  /// What its lines sum up to.
  package var net: Money
  /// What the processor says that it paid.
  package var paid: Money?
  package var sentOn: BusinessDate?
  /// `file:line` of the processor's own row about it.
  package var source: String?
  /// When settle first took in anything of it.
  package var loadedAt: Timestamp
  package var match: BankMatchFacts?
}

/// What joined a payout with bank lines.
package struct BankMatchFacts: Sendable {
  package var rule: String
  package var paid: Money
  package var booked: Money
  package var businessDate: BusinessDate
}

package struct BankLineFacts: Sendable {
  package var id: BankLineID
  package var account: String
  package var statement: String
  package var amount: Money
  package var bookedOn: BusinessDate
  package var reference: String?
  package var endToEnd: String?
  package var text: String?
  package var loadedAt: Timestamp
  package var source: String
}

extension Session {
  /// The payout itself where the id is one; else those that a payment's records went into, where anything is known of
  /// them beside that, or that a bank line is.
  func payoutFacts(of id: PaymentID) throws -> [PayoutFacts] {
    try query(
      """
      SELECT p.*, o.source, coalesce(o.loaded_at, (
          SELECT min(f.loaded_at) FROM outcome_records r JOIN input_files f ON f.file_id = r.file_id
          WHERE r.payout = p.reference AND r.processor = p.processor)) AS loaded_at,
        m.rule, m.payout_amount, m.payout_currency, m.bank_amount, m.bank_currency, m.business_date
      FROM payouts p
      LEFT JOIN LATERAL (
        SELECT f.name || ':' || r.line AS source, f.loaded_at
        FROM outcome_records r JOIN input_files f ON f.file_id = r.file_id
        WHERE r.payout = p.reference AND r.processor = p.processor AND r.currency = p.currency AND r.kind = 'payout'
        ORDER BY r.occurred_at, r.outcome_id LIMIT 1) o ON true
      LEFT JOIN bank_match_payouts u ON u.payout_id = p.payout_id
      LEFT JOIN bank_matches m ON m.match_id = u.match_id
      WHERE p.payout_id = \(id)
        OR p.payout_id IN (
          SELECT t.payout_id FROM bank_match_lines l JOIN bank_match_payouts t ON t.match_id = l.match_id
          WHERE l.line_id = \(id))
        OR (p.paid IS NOT NULL OR m.match_id IS NOT NULL) AND (p.processor, p.reference, p.currency) IN (
          SELECT processor, payout, currency FROM outcome_records WHERE payment_id = \(id) AND payout IS NOT NULL)
      ORDER BY p.processor, p.reference, p.currency
      """
    ) { row in
      let rule: String? = try row.get("rule")
      return PayoutFacts(
        id: try row.get("payout_id"), processor: try row.get("processor"), reference: try row.get("reference"),
        lines: try row.get("lines"), net: try row.money("net", "currency"),
        paid: try row.moneyIfAny("paid", "currency"), sentOn: try row.get("sent_on"), source: try row.get("source"),
        loadedAt: try row.get("loaded_at"),
        match: try rule.map { rule in
          BankMatchFacts(
            rule: rule, paid: try row.money("payout_amount", "payout_currency"),
            booked: try row.money("bank_amount", "bank_currency"), businessDate: try row.get("business_date"))
        })
    }
  }

  /// The line itself where the id is one, and the lines that the payouts are.
  func bankLineFacts(of id: PaymentID, payouts: [PayoutFacts]) throws -> [BankLineFacts] {
    try query(
      """
      SELECT l.*, l.amount AS minor, f.name || ':' || l.line AS source, f.loaded_at
      FROM bank_lines l JOIN input_files f ON f.file_id = l.file_id
      WHERE l.line_id = \(id) OR l.line_id IN (
        SELECT b.line_id FROM bank_match_payouts u JOIN bank_match_lines b ON b.match_id = u.match_id
        WHERE u.payout_id = ANY(\(payouts.map(\.id))))
      ORDER BY l.booked_on, l.file_id, l.line, l.line_id
      """
    ) { row in
      BankLineFacts(
        id: try row.get("line_id"), account: try row.get("account"), statement: try row.get("statement"),
        amount: try row.money("minor", "currency"), bookedOn: try row.get("booked_on"),
        reference: try row.get("reference"), endToEnd: try row.get("end_to_end"), text: try row.get("text"),
        loadedAt: try row.get("loaded_at"), source: try row.get("source"))
    }
  }
}
