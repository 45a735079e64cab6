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
        AND NOT (\(sql: Self.hasRefund("b")) AND EXISTS (
          SELECT FROM desired d WHERE d.payment_id = b.payment_id AND d.break_id = \(sql: Self.follower)))
      """)
    try resolveRefunded(context: context)
    try holdBackFailed(context: context)
    return (opened + reopened, resolved)
  }

  /// What a person or a refund resolved was settled as certain amounts, and stays as it is in the reports that have told
  /// it; so does what a refund is under way for. Where the difference has other amounts by now it is another break, which
  /// follows the first; and so on.
  private func followDecided() throws {
    while try execute(
      """
      UPDATE desired d SET break_id = \(sql: Self.follower)
      FROM breaks b
      WHERE b.payment_id = d.payment_id AND b.break_id = d.break_id AND \(sql: Self.isSettled("b"))
        AND (b.expected_amount, b.expected_currency, b.reported_amount, b.reported_currency) IS DISTINCT FROM
          (d.expected_amount, d.expected_currency, d.reported_amount, d.reported_currency)
      """) > 0
    {}
  }

  /// The id of the break that follows the break `b`.
  static let follower: SQL = "md5('break:after:' || b.break_id)::uuid"

  /// Whether a break was settled as the amounts that it has: by a person, or by a refund that was asked for.
  private static func isSettled(_ row: SQL) -> SQL {
    "(\(sql: row).resolution = ANY(\(BreakDecision.resolutions + ["refunded"])) OR \(sql: hasRefund(row)))"
  }

  /// Whether a refund is under way for a break, or done.
  private static func hasRefund(_ row: SQL) -> SQL {
    """
    EXISTS (SELECT FROM refunds g WHERE g.payment_id = \(sql: row).payment_id AND g.break_id = \(sql: row).break_id
      AND g.state <> 'FAILED')
    """
  }

  /// Whether the break `e` is another one about the same matter as the break `b`.
  private static let isAboutTheSame: SQL = """
    e.payment_id = b.payment_id AND e.reason = b.reason AND e.break_id <> b.break_id
      AND (e.item_id = b.item_id OR e.outcome_id = b.outcome_id)
    """

  /// Whether the break `b` follows one that a person or a refund has settled: what that took of it no rule knows.
  static let followsSettled: SQL = """
    EXISTS (SELECT FROM breaks e WHERE \(sql: isAboutTheSame) AND \(sql: isSettled("e")))
    """

  /// Minor units that refunds give back of what the break `b` is about, for breaks that it follows, with the record of
  /// its money as `o`.
  ///
  /// A further charge is one matter, whichever of its rows speaks for it: where an event told it first and a row with an
  /// id later, its break is another one, and what went back for the first is counted all the same.
  static let returned: SQL = """
    (SELECT coalesce(sum(g.amount), 0)::bigint FROM refunds g
      WHERE g.payment_id = b.payment_id AND g.state <> 'FAILED' AND g.currency = b.reported_currency
        AND (b.reason = 'duplicate_charge' AND g.reason = b.reason AND g.processor_charge = o.processor_charge
            AND g.break_id <> b.break_id
          OR EXISTS (SELECT FROM breaks e
            WHERE \(sql: isAboutTheSame) AND e.payment_id = g.payment_id AND e.break_id = g.break_id)))
    """

  /// Whether the settled break `b` is followed by another about the same item, which is open on a date: by itself, or of
  /// another reason, as where what was missing came as too much.
  static func isFollowed(on date: BusinessDate) -> SQL {
    """
    EXISTS (SELECT FROM breaks n
      WHERE n.payment_id = b.payment_id AND n.item_id = b.item_id AND n.break_id <> b.break_id
        AND n.first_seen <= \(date) AND (n.resolved_on IS NULL OR n.resolved_on >= \(date)))
    """
  }
}
