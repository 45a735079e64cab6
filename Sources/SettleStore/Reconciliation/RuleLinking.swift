import Postgres
import SettleModel

// Rules that look for the payments of reported charges which import could link to none: by another reference, by a
// reference and the amount, or by amount and date alone, where a row names nothing.
//
// One payment for one row, and one row for that payment, or a person decides. Candidates are found through an index and
// counted up to two, so that a price which a million orders have costs no more than any other.

extension Session {
  /// Links orphans by the rules that find payments, in their order. What more than one payment fits, or what is one of
  /// several rows that fit one, is left in the temporary table `ambiguous (outcome_id, rule)`. Returns how many were
  /// linked.
  func linkByRules(_ terms: ReconcileTerms, context: LoadContext) throws -> Int {
    try script("CREATE TEMPORARY TABLE ambiguous (outcome_id uuid PRIMARY KEY, rule text NOT NULL) ON COMMIT DROP")
    try giveBackSuggested(on: context.date)
    var linked = 0
    for rule in terms.rules.rules where rule.findsPayments {
      linked += try linkOrphans(rule, zone: terms.zone, context: context)
    }
    return linked
  }

  private func linkOrphans(_ rule: MatchRule, zone: String, context: LoadContext) throws -> Int {
    guard try gather(rule, zone: zone, merchant: context.merchant) else { return 0 }
    try findCandidates(rule)
    let name = rule.by.contains(.reference) ? "order_reference" : "amount_and_date"
    let linked = try execute(
      """
      CREATE TEMPORARY TABLE links ON COMMIT DROP AS
      SELECT c.outcome_id, c.payment_id, \(name)::text AS linked_by
      FROM candidates c JOIN rivals r ON r.payment_id = c.payment_id
      WHERE c.payments = 1 AND r.outcomes = 1
      """)
    _ = try execute(
      """
      INSERT INTO ambiguous (outcome_id, rule)
      SELECT outcome_id, \(name)::text FROM candidates ON CONFLICT (outcome_id) DO NOTHING
      """)
    _ = try execute("DELETE FROM ambiguous a USING links l WHERE l.outcome_id = a.outcome_id")
    try script("DROP TABLE loose, waiting, candidates, rivals")
    guard linked > 0 else {
      try script("DROP TABLE links")
      return 0
    }
    try script("CREATE INDEX ON links (outcome_id); ANALYZE links")
    return try moveLinked(context)
  }

  /// Makes the temporary tables `loose` and `waiting`, of which ``fits(_:_:_:)`` tells what goes together. Returns whether
  /// there is anything to look for; where there is not, neither table is left.
  func gather(_ rule: MatchRule, zone: String, merchant: String) throws -> Bool {
    guard try gatherOrphans(rule, zone: zone) > 0 else {
      try script("DROP TABLE loose")
      return false
    }
    try gatherWaiting(rule, zone: zone, merchant: merchant)
    try script(
      """
      CREATE INDEX ON loose (processor, reference, currency, amount, has_ids, day);
      CREATE INDEX ON loose (processor, currency, amount, has_ids, day);
      CREATE INDEX ON waiting (processor, reference, currency, amount, has_ids, day);
      CREATE INDEX ON waiting (processor, currency, amount, has_ids, day);
      ANALYZE loose;
      ANALYZE waiting
      """)
    return true
  }

  /// Reported charges of one row that belong to no payment, as `loose`. By amount and date only such as name neither an
  /// order nor a payment: what names something else is something else's.
  private func gatherOrphans(_ rule: MatchRule, zone: String) throws -> Int {
    let named: SQL =
      rule.by.contains(.reference)
      ? "\(sql: Self.column(rule.theirs)) IS NOT NULL" : "o.order_reference IS NULL AND o.refund_id IS NULL"
    return try execute(
      """
      CREATE TEMPORARY TABLE loose ON COMMIT DROP AS
      SELECT o.outcome_id, o.processor, \(sql: Self.column(rule.theirs)) AS reference, o.compared_currency AS currency,
        o.compared_amount AS amount, (o.occurred_at AT TIME ZONE \(zone))::date AS day,
        coalesce(o.processor_payment, o.processor_charge) IS NOT NULL AS has_ids
      FROM outcome_records o
      WHERE o.linked_by IS NULL AND o.kind = 'charge' AND o.reported AND o.compared_amount > 0
        AND o.claimed_payment IS NULL AND \(sql: named)
        AND NOT EXISTS (
          SELECT FROM outcome_records s
          WHERE s.linked_by IS NULL AND s.kind IN ('charge', 'capture_reversal') AND s.processor = o.processor
            AND s.processor_charge = o.processor_charge AND s.outcome_id <> o.outcome_id)
        AND NOT EXISTS (
          SELECT FROM breaks b
          WHERE b.payment_id = o.payment_id AND b.outcome_id = o.outcome_id AND b.resolution <> 'explained')
      """)
  }

  /// Payments that have succeeded, or that another processor was to charge, and of which nothing has been reported.
  ///
  /// A reference that more than a hundred have is none.
  private func gatherWaiting(_ rule: MatchRule, zone: String, merchant: String) throws {
    let byReference = rule.by.contains(.reference)
    let sought: SQL =
      byReference
      ? "(p.processor, \(sql: Self.column(rule.ours))) IN (SELECT processor, reference FROM loose)"
      : "(p.processor, p.currency, p.amount) IN (SELECT processor, currency, amount FROM loose)"
    _ = try execute(
      """
      CREATE TEMPORARY TABLE waiting ON COMMIT DROP AS
      SELECT p.payment_id, p.processor, \(sql: Self.column(rule.ours)) AS reference, p.currency, p.amount,
        CASE WHEN p.attempts = 0 THEN coalesce((p.authorized_at AT TIME ZONE \(zone))::date, p.charged_on)
          ELSE p.charged_on END AS day,
        p.processor_payment IS NOT NULL AS has_ids
      FROM payments p
      WHERE p.merchant = \(merchant) AND p.charged_on IS NOT NULL
        AND (p.state = 'SUCCEEDED' OR \(sql: Self.isChargedElsewhere)) AND \(sql: sought)
        AND NOT EXISTS (SELECT FROM matches m WHERE m.payment_id = p.payment_id AND m.item_id = p.payment_id)
        AND NOT EXISTS (
          SELECT FROM outcome_records u WHERE u.payment_id = p.payment_id AND u.linked_by IS NOT NULL AND u.reported
            AND u.kind IN ('charge', 'capture_reversal'))
        AND NOT EXISTS (
          SELECT FROM breaks b
          WHERE b.payment_id = p.payment_id AND b.item_id = p.payment_id AND b.resolution <> 'explained')
      """)
    guard byReference else { return }
    for table in ["loose", "waiting"] {
      _ = try execute(
        """
        DELETE FROM \(identifier: table) WHERE (processor, reference) IN (
          SELECT processor, reference FROM waiting GROUP BY processor, reference HAVING count(*) > 100
          UNION ALL SELECT processor, reference FROM loose GROUP BY processor, reference HAVING count(*) > 100)
        """)
    }
  }

  /// For each orphan how many payments fit (one, or two for several), and for each of those how many orphans.
  private func findCandidates(_ rule: MatchRule) throws {
    _ = try execute(
      """
      CREATE TEMPORARY TABLE candidates ON COMMIT DROP AS
      SELECT l.outcome_id, c.payments, c.payment_id
      FROM loose l CROSS JOIN LATERAL (
        SELECT count(*) AS payments, min(n.payment_id::text)::uuid AS payment_id
        FROM (SELECT w.payment_id FROM waiting w WHERE \(sql: Self.fits(rule, "w", "l")) LIMIT 2) n
      ) c
      WHERE c.payments > 0
      """)
    _ = try execute(
      """
      CREATE TEMPORARY TABLE rivals ON COMMIT DROP AS
      SELECT w.payment_id, c.outcomes
      FROM waiting w CROSS JOIN LATERAL (
        SELECT count(*) AS outcomes
        FROM (SELECT FROM loose l WHERE \(sql: Self.fits(rule, "l", "w")) LIMIT 2) n
      ) c
      WHERE w.payment_id IN (SELECT payment_id FROM candidates)
      """)
  }

  /// Whether an orphan `l` and a payment `w` fit, in a form that an index of the table `sought` serves.
  ///
  /// A charge with ids of its own is none of a payment that has others: they are two charges.
  static func fits(_ rule: MatchRule, _ sought: SQL, _ given: SQL) -> SQL {
    var parts: [SQL] = [
      "w.processor = l.processor",
      """
      \(sql: sought).has_ids = ANY(
        CASE WHEN \(sql: given).has_ids THEN ARRAY[false] ELSE ARRAY[false, true] END)
      """,
    ]
    if rule.by.contains(.reference) { parts.append("w.reference = l.reference") }
    if rule.by.contains(.amount) {
      parts.append("w.currency = l.currency")
      parts.append(
        rule.tolerance == nil
          ? "w.amount = l.amount"
          : "abs(l.amount - w.amount) <= \(sql: allowance(rule.tolerance, in: "w.currency", of: "w.amount"))")
    }
    if rule.by.contains(.date) {
      let days = Int32(rule.within)
      parts.append("\(sql: sought).day BETWEEN \(sql: given).day - \(days) AND \(sql: given).day + \(days)")
    }
    return parts.joined(separator: " AND ")
  }

  static func column(_ ours: MatchRule.Ours) -> SQL {
    switch ours {
    case .orderID: "p.order_reference"
    case .authorizationID: "p.authorization_id"
    case .customerID: "p.customer_reference"
    case .hold: "p.hold"
    }
  }

  static func column(_ theirs: MatchRule.Theirs, of row: SQL = "o") -> SQL {
    switch theirs {
    case .order: "\(sql: row).order_reference"
    case .processorPayment: "\(sql: row).processor_payment"
    case .processorCharge: "\(sql: row).processor_charge"
    case .rowID: "\(sql: row).row_id"
    }
  }
}
