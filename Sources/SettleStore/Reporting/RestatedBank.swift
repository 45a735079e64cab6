import Postgres
import SettleModel

// What a date's facts change in what earlier reports said of the bank, and by what they explain a break.

extension Session {
  /// Bank lines that an earlier report had under a break's reason, and payouts that it missed in the bank. A bank
  /// line's key is its own id.
  static func restatedBank(on date: BusinessDate) -> SQL {
    let bridged: SQL = "m.payout_currency = m.bank_currency AND m.payout_amount <> m.bank_amount"
    return """
      SELECT x.report_date, 'totals.csv', b.item_id::text, NULL, 'bucket', b.reason,
        CASE WHEN \(sql: bridged) THEN 'payout_mismatch' ELSE 'matched' END, m.bank_currency,
        \(sql: payoutRows(by: date)), \(date)::date - 1
      FROM breaks b
      CROSS JOIN first_report
      JOIN days x ON x.day = greatest(b.first_seen, first_report.day)
      JOIN bank_match_lines t ON t.line_id = b.item_id
      JOIN bank_matches m ON m.match_id = t.match_id AND m.business_date = \(date)
      WHERE b.reason IN ('bank_unexplained', 'ambiguous_match') AND \(sql: wasExplained(on: date))
      UNION ALL
      SELECT x.report_date, 'payouts.csv', p.reference, NULL, 'status', 'not_in_bank',
        CASE WHEN \(sql: bridged) THEN 'remainder' ELSE 'in_bank' END, NULL, \(sql: bankLines(by: date)), x.report_date
      FROM breaks b
      CROSS JOIN first_report
      JOIN days x ON x.day = greatest(b.first_seen, first_report.day)
      JOIN payouts p ON p.payout_id = b.payment_id AND p.net IS NOT DISTINCT FROM coalesce(p.paid, p.net)
      JOIN bank_match_payouts u ON u.payout_id = p.payout_id
      JOIN bank_matches m ON m.match_id = u.match_id AND m.business_date = \(date)
      WHERE b.reason = 'payout_not_in_bank' AND \(sql: wasExplained(on: date))
      """
  }

  /// Whether the break `b` was open in an earlier report, and the date's facts explain it.
  static func wasExplained(on date: BusinessDate) -> SQL {
    "b.resolved_on = \(date) AND b.resolution = 'explained' AND b.first_seen < \(date)"
  }

  /// Where that stands by which a date explains the break `b`, about the record `o`, as far as it is another than the
  /// break's own record: NULL else.
  static func explanation(on date: BusinessDate) -> SQL {
    """
    CASE b.reason
      WHEN 'dispute' THEN (
        SELECT f.name || ':' || v.line FROM outcome_records v JOIN input_files f ON f.file_id = v.file_id
        WHERE v.payment_id = o.payment_id AND v.kind = 'dispute_reversal' AND v.business_date = \(date)
          AND v.processor_dispute IS NOT DISTINCT FROM coalesce(o.processor_dispute, v.processor_dispute)
        ORDER BY v.occurred_at, v.outcome_id LIMIT 1)
      WHEN 'file_missing' THEN (
        SELECT string_agg(coalesce(nullif(a.name, ''), f.name), '; ' ORDER BY coalesce(nullif(a.name, ''), f.name))
        FROM missing_files mf
        JOIN arrivals a ON a.processor = mf.processor AND a.business_date = \(date)
        JOIN input_files f ON f.file_id = a.file_id
        WHERE mf.payment_id = b.payment_id AND mf.break_id = b.break_id)
      WHEN 'statement_gap' THEN (
        SELECT f.name || ':' || n.line
        FROM bank_statements s
        JOIN bank_statements n ON n.account = s.account AND n.currency = s.currency AND n.closed_on <= s.closed_on
          AND n.statement_id <> s.statement_id AND n.business_date = \(date)
        JOIN input_files f ON f.file_id = n.file_id
        WHERE s.statement_id = b.item_id ORDER BY n.closed_on DESC, n.number DESC, n.statement_id LIMIT 1)
      WHEN 'payout_not_in_bank' THEN \(sql: bankLines(by: date))
      WHEN 'bank_unexplained' THEN \(sql: payoutRows(by: date))
      WHEN 'ambiguous_match' THEN \(sql: payoutRows(by: date)) END
    """
  }

  /// `file:line` of the bank lines that are the payout of the break `b`.
  private static func bankLines(by date: BusinessDate) -> SQL {
    """
    (SELECT string_agg(f.name || ':' || l.line, '; ' ORDER BY f.file_id, l.line, l.line_id)
      FROM bank_match_payouts pu
      JOIN bank_matches pm ON pm.match_id = pu.match_id AND pm.business_date <= \(date)
      JOIN bank_match_lines pl ON pl.match_id = pu.match_id
      JOIN bank_lines l ON l.line_id = pl.line_id
      JOIN input_files f ON f.file_id = l.file_id
      WHERE pu.payout_id = b.payment_id)
    """
  }

  /// `file:line` of the records of the payouts that the bank line of the break `b` is.
  private static func payoutRows(by date: BusinessDate) -> SQL {
    """
    (SELECT string_agg(f.name || ':' || r.line, '; ' ORDER BY f.file_id, r.line, r.outcome_id)
      FROM bank_match_lines pl
      JOIN bank_matches pm ON pm.match_id = pl.match_id AND pm.business_date <= \(date)
      JOIN bank_match_payouts pu ON pu.match_id = pl.match_id
      JOIN payouts y ON y.payout_id = pu.payout_id
      JOIN outcome_records r ON r.payout = y.reference AND r.processor = y.processor AND r.currency = y.currency
        AND r.kind = 'payout' AND r.reported AND r.business_date <= \(date)
      JOIN input_files f ON f.file_id = r.file_id
      WHERE pl.line_id = b.item_id)
    """
  }
}
