import Postgres
import SettleModel

// The bank's side of the totals: each line whole, in one bucket.

extension Session {
  /// A bank line is an item from the date that took it in until the end of the date that closed it: matched, or its
  /// break settled. One that the pipeline expects no payout to explain (`other`) is an item of its own date only.
  static func bankItems(on date: BusinessDate) -> SQL {
    """
    SELECT 'bank', 'bank_line', l.line_id, l.line_id, NULL::uuid, l.amount, l.currency,
      CASE WHEN m.match_id IS NULL THEN 'other'
        WHEN m.payout_currency = m.bank_currency AND m.payout_amount <> m.bank_amount THEN 'payout_mismatch'
        ELSE 'matched' END
    FROM (
      SELECT line_id FROM bank_lines WHERE business_date = \(date)
      UNION
      SELECT u.line_id FROM bank_matches m JOIN bank_match_lines u ON u.match_id = m.match_id
      WHERE m.business_date = \(date)
      UNION
      SELECT b.item_id FROM breaks b
      WHERE b.reason IN ('bank_unexplained', 'ambiguous_match') AND \(sql: standing(on: date))
      UNION
      SELECT l.line_id FROM breaks b
      JOIN bank_match_payouts p ON p.payout_id = b.payment_id
      JOIN bank_match_lines l ON l.match_id = p.match_id
      WHERE b.reason = 'payout_mismatch' AND b.item_id IS NOT NULL AND \(sql: standing(on: date))
    ) i
    JOIN bank_lines l ON l.line_id = i.line_id AND l.business_date <= \(date)
    LEFT JOIN bank_match_lines u ON u.line_id = l.line_id
    LEFT JOIN bank_matches m ON m.match_id = u.match_id AND m.business_date <= \(date)
    """
  }

  /// Whether a break, as `b`, was open when the date began or was found on it.
  private static func standing(on date: BusinessDate) -> SQL {
    "b.first_seen <= \(date) AND (b.resolved_on IS NULL OR b.resolved_on >= \(date))"
  }
}
