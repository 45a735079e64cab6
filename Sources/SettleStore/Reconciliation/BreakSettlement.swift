import Postgres
import SettleModel

extension Session {
  /// Brings the stored breaks into line with `desired`. Returns how many opened and how many resolved themselves.
  ///
  /// A break that a refund or a person has resolved stays resolved though the difference is still in the facts; one
  /// that had explained itself and is there again is open again, with its old identity and age.
  func settleBreaks(context: LoadContext) throws -> (opened: Int, resolved: Int) {
    try followDecided()
    let opened = try execute(
      """
      INSERT INTO breaks (payment_id, break_id, reason, item_id, outcome_id, expected_amount, expected_currency,
        reported_amount, reported_currency, rule, first_seen)
      SELECT payment_id, break_id, reason, item_id, outcome_id, expected_amount, expected_currency, reported_amount,
        reported_currency, rule, \(context.date)
      FROM desired ORDER BY payment_id, break_id
      ON CONFLICT (payment_id, break_id) DO NOTHING
      """)
    let reopened = try execute(
      """
      UPDATE breaks b SET status = 'open', resolved_on = NULL, resolution = NULL, held_back = NULL
      FROM desired d
      WHERE b.payment_id = d.payment_id AND b.break_id = d.break_id AND b.resolution = 'explained'
      """)
    _ = try execute(
      """
      UPDATE breaks b
      SET item_id = d.item_id, outcome_id = d.outcome_id, expected_amount = d.expected_amount,
        expected_currency = d.expected_currency, reported_amount = d.reported_amount,
        reported_currency = d.reported_currency, rule = d.rule
      FROM desired d
      WHERE b.payment_id = d.payment_id AND b.break_id = d.break_id AND b.status = 'open'
        AND (b.item_id, b.outcome_id, b.expected_amount, b.expected_currency, b.reported_amount, b.reported_currency,
          b.rule) IS DISTINCT FROM (d.item_id, d.outcome_id, d.expected_amount, d.expected_currency,
          d.reported_amount, d.reported_currency, d.rule)
      """)
    let resolved = try execute(
      """
      UPDATE breaks b
      SET status = 'resolved', resolved_on = \(context.date), resolution = 'explained',
        outcome_id = coalesce(b.outcome_id, (
          SELECT m.outcome_id FROM matches m WHERE m.payment_id = b.payment_id AND m.item_id = b.item_id))
      WHERE b.status = 'open'
        AND NOT EXISTS (SELECT FROM desired d WHERE d.payment_id = b.payment_id AND d.break_id = b.break_id)
      """)
    try resolveRefunded(context: context)
    try holdBackFailed(context: context)
    return (opened + reopened, resolved)
  }

  /// What a person resolved was decided about certain amounts, and stays as it is in the reports that have told it.
  /// Where the difference has other amounts by now it is another break, which follows the first; and so on.
  private func followDecided() throws {
    while try execute(
      """
      UPDATE desired d SET break_id = md5('break:after:' || b.break_id)::uuid
      FROM breaks b
      WHERE b.payment_id = d.payment_id AND b.break_id = d.break_id
        AND b.resolution IN ('accepted', 'written_off', 'duplicate')
        AND (b.expected_amount, b.expected_currency, b.reported_amount, b.reported_currency) IS DISTINCT FROM
          (d.expected_amount, d.expected_currency, d.reported_amount, d.reported_currency)
      """) > 0
    {}
  }

  /// Whether the break `b` follows one that a person has resolved: what was accepted of it no rule knows.
  static let followsDecided: SQL = """
    EXISTS (SELECT FROM breaks e
      WHERE e.payment_id = b.payment_id AND e.reason = b.reason AND e.break_id <> b.break_id
        AND (e.item_id = b.item_id OR e.outcome_id = b.outcome_id)
        AND e.resolution IN ('accepted', 'written_off', 'duplicate'))
    """

  /// Whether the resolved break `b` is followed by another about the same item, which is open on a date.
  static func isFollowed(on date: BusinessDate) -> SQL {
    """
    EXISTS (SELECT FROM breaks n
      WHERE n.payment_id = b.payment_id AND n.item_id = b.item_id AND n.reason = b.reason
        AND n.break_id <> b.break_id AND n.first_seen <= \(date) AND (n.resolved_on IS NULL OR n.resolved_on >= \(date)))
    """
  }
}
