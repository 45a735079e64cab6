import Postgres
import SettleModel

// What a person or a refund had settled, and the facts brought after all.

extension Session {
  /// Breaks that were settled before the date, and whose money the date matched: in the last report that told of them
  /// they were written off, say, and by now the money is there.
  static func settledThenMatched(on date: BusinessDate) -> SQL {
    """
    SELECT x.report_date, 'breaks.csv', b.break_id::text, coalesce(p.order_reference, o.order_reference), 'resolution',
      b.resolution, 'matched', coalesce(b.expected_currency, b.reported_currency), f.name || ':' || o.line,
      b.resolved_on
    FROM matches m
    JOIN breaks b ON b.payment_id = m.payment_id AND (b.item_id = m.item_id OR b.outcome_id = m.outcome_id)
    CROSS JOIN first_report
    JOIN days x ON x.day = greatest(b.resolved_on, first_report.day)
    JOIN outcome_records o ON o.payment_id = m.payment_id AND o.outcome_id = m.outcome_id
    JOIN input_files f ON f.file_id = o.file_id
    LEFT JOIN payments p ON p.payment_id = m.payment_id
    WHERE m.business_date = \(date) AND b.resolved_on < \(date) AND b.resolution <> 'explained'
    UNION ALL
    SELECT x.report_date, 'breaks.csv', b.break_id::text, NULL, 'resolution', b.resolution, k.becomes,
      coalesce(b.expected_currency, b.reported_currency), (
        SELECT string_agg(f.name || ':' || l.line, '; ' ORDER BY f.file_id, l.line, l.line_id)
        FROM bank_match_lines u JOIN bank_lines l ON l.line_id = u.line_id JOIN input_files f ON f.file_id = l.file_id
        WHERE u.match_id = m.match_id), b.resolved_on
    FROM bank_matches m
    JOIN (
      SELECT match_id, payout_id AS id, 'in_bank' AS becomes FROM bank_match_payouts
      UNION ALL
      SELECT match_id, line_id, 'matched' FROM bank_match_lines
    ) k ON k.match_id = m.match_id
    JOIN breaks b ON b.payment_id = k.id AND b.reason IN ('payout_not_in_bank', 'bank_unexplained', 'ambiguous_match')
    CROSS JOIN first_report
    JOIN days x ON x.day = greatest(b.resolved_on, first_report.day)
    WHERE m.business_date = \(date) AND b.resolved_on < \(date) AND b.resolution <> 'explained'
    """
  }
}
