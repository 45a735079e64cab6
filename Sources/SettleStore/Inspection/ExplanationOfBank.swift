import Postgres
package import SettleModel

/// A payout that the explained money went into, or that is what is explained.
package struct PayoutFacts: Sendable {
  package var id: PayoutID
  package var processor: String
  package var reference: String
  package var lines: Int64
  /// What its lines sum up to.
  package var gross: Money
  package var fees: Money
  package var net: Money
  /// What the processor says that it paid.
  package var paid: Money?
  package var sentOn: BusinessDate?
  /// `file:line` of the processor's own row about it.
  package var source: String?
  /// When it was summed up first, as well as the journal of stages tells.
  package var about: Timestamp
  package var match: BankMatchFacts?
  /// What its lines are, by file and kind; only where the payout is what is explained.
  package var parts: [PayoutPartFacts] = []
}

/// A payout's lines of one file and kind; without lines, what the payout's own row costs.
package struct PayoutPartFacts: Sendable {
  package var kind: OutcomeKind
  package var lines: Int64
  package var gross: Money
  package var fees: Money
  package var net: Money
  /// `file:line` of the first that tells of it.
  package var source: String
}

/// What joined a payout with bank lines.
package struct BankMatchFacts: Sendable {
  package var rule: String
  package var paid: Money
  package var booked: Money
  package var businessDate: BusinessDate
  package var about: Timestamp
  /// The other payouts that the same lines are.
  package var with: [String]
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
  /// When it was found to be a payout, as well as the journal of stages tells; else when it was loaded.
  package var about: Timestamp
  package var source: String
}

/// A bank statement that does not follow the one before it, or that one.
package struct StatementFacts: Sendable {
  package var id: StatementID
  package var account: String
  package var name: String
  package var opening: Money
  package var closing: Money
  package var closedOn: BusinessDate
  package var loadedAt: Timestamp
  package var source: String
}

extension Session {
  /// The payout itself where the id is one; else those that a payment's records went into, where anything is known of
  /// them beside that, or that a bank line is; of a line that may be several, those that alone have its amount.
  func payoutFacts(of id: PaymentID) throws -> [PayoutFacts] {
    var payouts = try query(
      """
      SELECT p.*, o.source, coalesce(\(sql: Self.reconciled(on: "came.business_date", after: "came.loaded_at")), came.loaded_at,
          (SELECT min(loaded_at) FROM input_files)) AS about,
        m.match_id, m.rule, m.payout_amount, m.payout_currency, m.bank_amount, m.bank_currency, m.business_date,
        coalesce(\(sql: Self.reconciled(on: "m.business_date", after: "greatest(came.loaded_at, l.loaded_at)")),
          greatest(came.loaded_at, l.loaded_at)) AS matched_about,
        ARRAY(SELECT y.reference FROM bank_match_payouts w JOIN payouts y ON y.payout_id = w.payout_id
          WHERE w.match_id = m.match_id AND w.payout_id <> p.payout_id ORDER BY y.reference) AS with
      FROM payouts p
      LEFT JOIN LATERAL (
        SELECT f.name || ':' || r.line AS source
        FROM outcome_records r JOIN input_files f ON f.file_id = r.file_id
        WHERE r.payout = p.reference AND r.processor = p.processor AND r.currency = p.currency AND r.kind = 'payout'
          AND r.reported
        ORDER BY r.occurred_at, r.outcome_id LIMIT 1) o ON true
      LEFT JOIN LATERAL (
        SELECT f.loaded_at, f.business_date FROM outcome_records r JOIN input_files f ON f.file_id = r.file_id
        WHERE r.payout = p.reference AND r.processor = p.processor AND r.reported ORDER BY f.loaded_at LIMIT 1) came ON true
      LEFT JOIN bank_match_payouts u ON u.payout_id = p.payout_id
      LEFT JOIN bank_matches m ON m.match_id = u.match_id
      LEFT JOIN LATERAL (
        SELECT max(f.loaded_at) AS loaded_at FROM bank_match_lines b JOIN bank_lines k ON k.line_id = b.line_id
        JOIN input_files f ON f.file_id = k.file_id WHERE b.match_id = m.match_id) l ON true
      WHERE p.payout_id = \(id)
        OR p.payout_id IN (
          SELECT t.payout_id FROM bank_match_lines l JOIN bank_match_payouts t ON t.match_id = l.match_id
          WHERE l.line_id = \(id))
        OR m.match_id IS NULL AND (p.amount, p.currency) IN (
          SELECT l.amount, l.currency FROM bank_lines l JOIN breaks b ON b.payment_id = l.line_id
          WHERE l.line_id = \(id) AND b.reason = 'ambiguous_match' AND b.status = 'open')
        OR (p.paid IS NOT NULL OR m.match_id IS NOT NULL) AND (p.processor, p.reference, p.currency) IN (
          SELECT processor, payout, currency FROM outcome_records WHERE payment_id = \(id) AND payout IS NOT NULL
            AND reported)
      ORDER BY p.processor, p.reference, p.currency
      """, Self.payoutFact)
    for place in payouts.indices where payouts[place].id.rawValue == id.rawValue {
      payouts[place].parts = try payoutParts(of: payouts[place])
    }
    return payouts
  }

  private static func payoutFact(_ row: Row) throws -> PayoutFacts {
    let rule: String? = try row.get("rule")
    return PayoutFacts(
      id: try row.get("payout_id"), processor: try row.get("processor"), reference: try row.get("reference"),
      lines: try row.get("lines"), gross: try row.money("gross", "currency"), fees: try row.money("fees", "currency"),
      net: try row.money("net", "currency"), paid: try row.moneyIfAny("paid", "currency"),
      sentOn: try row.get("sent_on"), source: try row.get("source"), about: try row.get("about"),
      match: try rule.map { rule in
        BankMatchFacts(
          rule: rule, paid: try row.money("payout_amount", "payout_currency"),
          booked: try row.money("bank_amount", "bank_currency"), businessDate: try row.get("business_date"),
          about: try row.get("matched_about"), with: try row.get("with"))
      })
  }

  /// By file and kind. Each part is what it adds to the sums of those before it, so that all of them make the payout's
  /// own figures, rounded once as these are.
  private func payoutParts(of payout: PayoutFacts) throws -> [PayoutPartFacts] {
    try query(
      """
      WITH told AS (
        SELECT r.*, dense_rank() OVER (ORDER BY is_payout, file_id, kind) AS part FROM (\(sql: Self.payoutRecords())) r
        WHERE r.payout = \(payout.reference) AND r.processor = \(payout.processor)
          AND r.currency = \(payout.net.currency)
      )
      SELECT p.kind, p.currency, f.name || ':' || p.line AS source,
        s.lines - lag(s.lines, 1, 0::bigint) OVER sums AS lines,
        s.gross - lag(s.gross, 1, 0::bigint) OVER sums AS gross,
        s.fees - lag(s.fees, 1, 0::bigint) OVER sums AS fees, s.net - lag(s.net, 1, 0::bigint) OVER sums AS net
      FROM (
        SELECT part, kind, currency, file_id, min(line) AS line FROM told WHERE NOT is_payout OR fee <> 0
        GROUP BY part, kind, currency, file_id) p
      JOIN input_files f ON f.file_id = p.file_id
      CROSS JOIN LATERAL (SELECT \(sql: Self.payoutSums) FROM told t WHERE t.part <= p.part) s
      WINDOW sums AS (ORDER BY p.part) ORDER BY p.part
      """
    ) { row in
      PayoutPartFacts(
        kind: try row.get("kind"), lines: try row.get("lines"), gross: try row.money("gross", "currency"),
        fees: try row.money("fees", "currency"), net: try row.money("net", "currency"), source: try row.get("source"))
    }
  }

  /// The line itself where the id is one, and the lines that the payouts are.
  func bankLineFacts(of id: PaymentID, payouts: [PayoutFacts]) throws -> [BankLineFacts] {
    try query(
      """
      SELECT l.*, l.amount AS minor, f.name || ':' || l.line AS source,
        coalesce(\(sql: Self.reconciled(on: "m.business_date", after: "f.loaded_at")), f.loaded_at) AS about
      FROM bank_lines l JOIN input_files f ON f.file_id = l.file_id
      LEFT JOIN bank_match_lines u ON u.line_id = l.line_id
      LEFT JOIN bank_matches m ON m.match_id = u.match_id
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
        about: try row.get("about"), source: try row.get("source"))
    }
  }

  /// The statement that the id is, after the one that it should follow.
  func statementFacts(of id: PaymentID) throws -> [StatementFacts] {
    try query(
      """
      SELECT s.*, f.name || ':' || s.line AS source, f.loaded_at
      FROM bank_statements s JOIN input_files f ON f.file_id = s.file_id
      JOIN bank_statements t ON t.statement_id = \(id) AND t.account = s.account AND t.currency = s.currency
      WHERE (s.closed_on, coalesce(s.number, 0), coalesce(s.page, 0))
        <= (t.closed_on, coalesce(t.number, 0), coalesce(t.page, 0))
      ORDER BY s.closed_on DESC, s.number DESC, s.page DESC, s.statement_id <> \(id) LIMIT 2
      """
    ) { row in
      StatementFacts(
        id: try row.get("statement_id"), account: try row.get("account"), name: try row.get("name"),
        opening: try row.money("opening", "currency"), closing: try row.money("closing", "currency"),
        closedOn: try row.get("closed_on"), loadedAt: try row.get("loaded_at"), source: try row.get("source"))
    }.reversed()
  }
}
