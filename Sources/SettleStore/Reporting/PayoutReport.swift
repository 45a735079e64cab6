package import Postgres
package import SettleModel

extension Session {
  /// Payouts that a record of the date belongs to, or whose bank line was found or missed on it, each with all of its
  /// lines so far.
  package func payouts(on date: BusinessDate) throws -> [PayoutRow] {
    try payouts(try payoutsTold(on: date) + (try payoutsSoughtInBank(on: date)), on: date)
  }

  /// These payouts, each with all of its lines that the date knew.
  func payouts(_ payouts: [String], on date: BusinessDate) throws -> [PayoutRow] {
    try query(
      """
      SELECT o.*, m.bank_amount, m.bank_currency, m.bank_lines, EXISTS (
          SELECT FROM breaks b WHERE b.payment_id = y.payout_id AND b.reason = 'payout_not_in_bank'
            AND b.first_seen <= \(date) AND (b.resolved_on IS NULL OR b.resolved_on > \(date))) AS missing
      FROM (
        SELECT processor, payout, currency, lines, gross, fees, net,
          -- Nothing was paid in a currency other than the payout's.
          CASE WHEN bool_or(paid IS NOT NULL) OVER (PARTITION BY processor, payout) THEN coalesce(paid, 0) END AS paid
        FROM (
          SELECT processor, payout, currency, \(sql: Self.payoutSums)
          FROM (\(sql: Self.payoutRecords(of: Self.recordsKnown(on: date)))) told WHERE payout = ANY(\(payouts))
          GROUP BY processor, payout, currency
        ) summed
      ) o
      LEFT JOIN payouts y ON y.processor = o.processor AND y.reference = o.payout AND y.currency = o.currency
      LEFT JOIN LATERAL (
        SELECT m.bank_currency,
          CASE WHEN m.rule = 'sum_of_payouts' OR m.payout_amount <> u.amount THEN u.amount ELSE m.bank_amount END
            AS bank_amount,
          ARRAY(
            SELECT f.name || ':' || l.line FROM bank_match_lines b
            JOIN bank_lines l ON l.line_id = b.line_id
            JOIN input_files f ON f.file_id = l.file_id
            WHERE b.match_id = m.match_id ORDER BY f.file_id, l.line, l.line_id) AS bank_lines
        FROM bank_match_payouts u JOIN bank_matches m ON m.match_id = u.match_id
        WHERE u.payout_id = y.payout_id AND m.business_date <= \(date)) m ON true
      ORDER BY o.payout, o.currency, o.processor
      """
    ) { row in
      PayoutRow(
        payout: try row.get("payout"), processor: try row.get("processor"), currency: try row.currency("currency"),
        lines: try row.get("lines"),
        gross: try row.get("gross"), fees: try row.get("fees"), net: try row.get("net"), paid: try row.get("paid"),
        bank: try row.moneyIfAny("bank_amount", "bank_currency"),
        bankLines: try row.get("bank_lines", as: [String]?.self) ?? [], isMissingInBank: try row.get("missing"))
    }
  }

  /// Payouts whose bank line was found or missed on a date.
  private func payoutsSoughtInBank(on date: BusinessDate) throws -> [String] {
    try query(
      """
      SELECT p.reference FROM bank_matches m
      JOIN bank_match_payouts u ON u.match_id = m.match_id
      JOIN payouts p ON p.payout_id = u.payout_id
      WHERE m.business_date = \(date)
      UNION
      SELECT p.reference FROM breaks b JOIN payouts p ON p.payout_id = b.payment_id
      WHERE b.reason IN ('payout_mismatch', 'payout_not_in_bank') AND b.first_seen = \(date)
      """
    ) { try $0.get("reference") }
  }

  /// Whether anything of a bank was known by a date: until then the reports have no columns for it.
  package func knowsBank(on date: BusinessDate) throws -> Bool {
    try first(
      """
      SELECT EXISTS (SELECT FROM bank_lines WHERE business_date <= \(date))
        OR EXISTS (SELECT FROM bank_statements WHERE business_date <= \(date)) AS known
      """)?.get("known") ?? false
  }
}
