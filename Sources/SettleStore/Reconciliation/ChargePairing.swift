import Postgres
import SettleModel

extension Session {
  /// Pairs each payment with the charge that was reported for it. Returns how many new matches were made.
  ///
  /// A charge is everything reported under one processor charge: a partial capture is two rows, and they are summed.
  /// Of several charges the payment's own (by the processor's id) counts, else what more than an order reference
  /// links, then the earliest; the others are duplicates.
  ///
  /// Their amounts must be equal, or within the tolerance of the first rule that has one for how they are linked and for
  /// their currency.
  func pairCharges(_ rules: MatchRules, context: LoadContext) throws -> Int {
    try keepTogether()
    try gatherCharges(rules)
    if try bringTogether(rules) > 0 {
      try script("DROP TABLE charges")
      try gatherCharges(rules)
    }
    try judgePairs(rules)
    try unmatch(
      """
      USING pairs p
      WHERE m.payment_id = p.payment_id AND m.item_id = p.payment_id
        AND ((p.place = 1 AND (p.verdict <> 'matched' OR m.outcome_id <> p.outcome_id
            OR m.tolerated <> p.reported_amount - p.expected_amount))
          OR (p.place > 1 AND m.outcome_id = p.outcome_id))
      """, on: context.date)
    let matched = try execute(
      """
      INSERT INTO matches (payment_id, item_id, outcome_id, kind, rule, amount, currency, business_date, tolerated)
      SELECT payment_id, payment_id, outcome_id, 'charge', rule, expected_amount, expected_currency, \(context.date),
        reported_amount - expected_amount
      FROM pairs WHERE place = 1 AND verdict = 'matched' ORDER BY payment_id
      ON CONFLICT (payment_id, item_id) DO NOTHING
      """)
    _ = try execute(
      """
      INSERT INTO desired
      SELECT payment_id, md5('break:' || verdict || ':' || payment_id)::uuid, verdict, payment_id, outcome_id,
        expected_amount, expected_currency, reported_amount, reported_currency, rule
      FROM pairs WHERE place = 1 AND verdict <> 'matched'
      UNION ALL
      SELECT payment_id, \(sql: Self.breakID(.duplicateCharge, of: "outcome_id")), 'duplicate_charge', NULL, outcome_id,
        NULL, NULL, reported_amount, reported_currency, rule
      FROM pairs WHERE place > 1
      """)
    try tellMatchedUnasked(context)
    try script("DROP TABLE charges, pairs")
    return matched
  }

  /// All reported charges of every payment that has one which is not matched, under one key a charge: the payment's own
  /// ids are one charge, whether a file names its `pi_…` or its `ch_…`.
  ///
  /// Rows with an id of their own are summed. A row without one is an event, delivered at least once: it says that the
  /// charge was taken, not that it was taken again, so the first one counts, and only where no row has an id.
  private func gatherCharges(_ rules: MatchRules) throws {
    func agreed(_ column: (SQL) -> SQL) -> SQL {
      Self.agreements(with: rules).map { ", \(sql: column($0.column))" as SQL }.joined(separator: "")
    }
    _ = try execute(
      "CREATE TEMPORARY TABLE gathered ON COMMIT DROP AS \(sql: Self.gathered(rules, among: try openItems()))")
    // Most payments have one row, which is its charge: only the rows of the others are put in order.
    try script(
      """
      CREATE TEMPORARY TABLE several ON COMMIT DROP AS
      SELECT payment_id FROM gathered GROUP BY payment_id HAVING count(*) > 1;
      ANALYZE gathered;
      ANALYZE several
      """)
    _ = try execute(
      """
      CREATE TEMPORARY TABLE charges ON COMMIT DROP AS
      SELECT payment_id, processor_payment, processor_charge, outcome_id, compared_amount AS amount,
        compared_currency AS currency, 1 AS currencies, occurred_at, linked_by, together, row_id IS NOT NULL AS counted,
        true AS alone\(sql: agreed { $0 })
      FROM gathered g WHERE NOT EXISTS (SELECT FROM several s WHERE s.payment_id = g.payment_id)
      UNION ALL
      SELECT payment_id, first_payment, first_charge, outcome_id, coalesce(summed, compared_amount)::bigint,
        first_currency, CASE WHEN first_currency = last_currency THEN 1 ELSE 2 END, begun_at, first_link, any_together,
        all_counted, false\(sql: agreed { $0 })
      FROM (
        SELECT payment_id, outcome_id, compared_amount,
          row_number() OVER (PARTITION BY payment_id, charge
            ORDER BY kind <> 'charge', row_id IS NULL, occurred_at, outcome_id) AS place,
          min(processor_payment) OVER one AS first_payment, min(processor_charge) OVER one AS first_charge,
          sum(compared_amount) FILTER (WHERE row_id IS NOT NULL) OVER one AS summed,
          min(compared_currency) OVER one AS first_currency, max(compared_currency) OVER one AS last_currency,
          min(occurred_at) OVER one AS begun_at, min(linked_by) OVER one AS first_link,
          bool_or(together) OVER one AS any_together, bool_and(row_id IS NOT NULL) OVER one AS all_counted
          \(sql: agreed { "bool_or(\(sql: $0)) OVER one AS \(sql: $0)" })
        FROM gathered WHERE payment_id IN (SELECT payment_id FROM several)
        WINDOW one AS (PARTITION BY payment_id, charge)
      ) told WHERE place = 1
      """)
    try script("DROP TABLE gathered, several; ANALYZE charges")
  }

  private static func gathered(_ rules: MatchRules, among open: OpenItems) -> SQL {
    """
    SELECT r.payment_id, \(sql: chargeKey(of: "r")) AS charge, r.outcome_id, r.kind, r.row_id, r.occurred_at,
      r.processor_payment, r.processor_charge, r.compared_amount, r.compared_currency, r.linked_by, r.together
      \(sql: agreements(with: rules).map { ", \(sql: $0.agrees) AS \(sql: $0.column)" as SQL }.joined(separator: ""))
    FROM outcome_records r JOIN payments p ON p.payment_id = r.payment_id
    WHERE r.reported AND r.linked_by IS NOT NULL AND r.kind IN ('charge', 'capture_reversal')
      AND (\(rules.takesReferences) OR r.linked_by <> 'order_reference')
      AND r.payment_id IN (
        SELECT u.payment_id FROM \(sql: open.records) u
        WHERE u.reported AND u.linked_by IS NOT NULL AND u.kind IN ('charge', 'capture_reversal')
          AND NOT EXISTS (
            SELECT FROM matches m WHERE m.payment_id = u.payment_id AND m.outcome_id = u.outcome_id))
    """
  }

  /// Two ids of one kind (`pi_…` and `pi_…`) that differ are two charges, whatever else the row claims.
  private func judgePairs(_ rules: MatchRules) throws {
    let fits = Self.isTolerated(by: rules)
    _ = try execute(
      """
      CREATE TEMPORARY TABLE pairs ON COMMIT DROP AS
      WITH related AS NOT MATERIALIZED (
        SELECT c.*, p.amount AS expected_amount, p.currency AS expected_currency,
          p.revived OR p.state <> 'SUCCEEDED' AND NOT \(sql: Self.isUnasked) AS denied,
          coalesce(c.processor_payment IN (p.processor_payment, p.processor_charge)
            OR c.processor_charge IN (p.processor_payment, p.processor_charge), false) AS own,
          NOT c.together AND coalesce(c.processor_payment <> p.processor_payment
            AND split_part(c.processor_payment, '_', 1) = split_part(p.processor_payment, '_', 1), false) AS foreign_id
        FROM charges c JOIN payments p ON p.payment_id = c.payment_id
      ), placed AS (
        SELECT *, 1::bigint + CASE WHEN foreign_id THEN 1 ELSE 0 END AS place FROM related WHERE alone
        UNION ALL
        SELECT *, row_number() OVER (PARTITION BY payment_id
          ORDER BY together DESC, own DESC, foreign_id, linked_by IN ('order_reference', 'amount_and_date'), occurred_at, outcome_id)
          + CASE WHEN foreign_id THEN 1 ELSE 0 END
        FROM related WHERE NOT alone
      )
      SELECT payment_id, outcome_id, place, expected_amount, expected_currency, amount AS reported_amount,
        currency AS reported_currency,
        CASE WHEN own AND NOT together THEN 'processor_id' ELSE linked_by END || CASE WHEN together THEN '_together' ELSE '' END
          || CASE WHEN currency = expected_currency AND amount <> expected_amount AND \(sql: fits)
            THEN '_tolerated' ELSE '' END AS rule, occurred_at,
        CASE
          WHEN currencies > 1 OR currency <> expected_currency THEN 'currency_mismatch'
          WHEN amount <> expected_amount AND NOT \(sql: fits) THEN 'amount_mismatch'
          WHEN denied THEN 'status_mismatch'
          ELSE 'matched'
        END AS verdict
      FROM placed
      """)
    try script("ANALYZE pairs")
  }

  /// What settle asked nobody for has succeeded where its reported money fits: another processor was to charge it, or a
  /// rule says that this is the order's money, so that it must not be charged again. No audit entry tells of it: the
  /// record is in its file's digest.
  private func tellMatchedUnasked(_ context: LoadContext) throws {
    _ = try execute(
      """
      UPDATE payments p
      SET state = 'SUCCEEDED', succeeded_at = c.occurred_at, succeeded_on = \(context.date), proof = 'outcome',
        charge_due_on = NULL, charged_on = coalesce(p.charged_on, \(context.date))
      FROM pairs c
      WHERE c.place = 1 AND c.verdict = 'matched' AND p.payment_id = c.payment_id AND \(sql: Self.isUnasked)
      """)
  }
}
