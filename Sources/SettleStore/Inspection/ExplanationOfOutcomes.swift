import Postgres
import SettleModel

// What was reported about a payment, and what became of it.

extension Session {
  /// What the processor says of the payment, and what it said before under the same ids.
  func outcomeFacts(of id: PaymentID) throws -> [OutcomeFacts] {
    try query(
      """
      SELECT o.*, f.name || ':' || o.line AS source, f.loaded_at, o.exchange_rate::text AS rate,
        coalesce(o.processor_dispute, o.processor_refund, o.processor_charge, o.processor_payment) AS reference
      FROM (
        SELECT r.*, NULL::date AS replaced_on FROM outcome_records r WHERE r.payment_id = \(id)
        UNION ALL
        SELECT w.*, v.replaced_on FROM outcome_records r JOIN outcome_versions v ON v.outcome_id = r.outcome_id
        CROSS JOIN LATERAL jsonb_populate_record(NULL::outcome_records, v.record) w
        WHERE r.payment_id = \(id)
      ) o JOIN input_files f ON f.file_id = o.file_id
      ORDER BY f.loaded_at, o.occurred_at, o.line, o.outcome_id, o.version
      """
    ) { row in
      let compared = try row.money("compared_amount", "compared_currency")
      let settled = try row.money("gross", "currency")
      return OutcomeFacts(
        id: try row.get("outcome_id"), kind: try row.get("kind"), compared: compared,
        fee: try row.money("fee", "currency"), net: try row.money("net", "currency"),
        occurredAt: try row.get("occurred_at"), loadedAt: try row.get("loaded_at"),
        businessDate: try row.get("business_date"), source: try row.get("source"),
        linkedBy: try row.get("linked_by"), reference: try row.get("reference"), payout: try row.get("payout"),
        reason: try row.get("reason"), method: try row.get("method"),
        settled: settled.currency == compared.currency ? nil : settled, exchangeRate: try row.get("rate"),
        replacedOn: try row.get("replaced_on"))
    }
  }

  func matchFacts(of id: PaymentID) throws -> [MatchFacts] {
    try query(
      """
      SELECT m.*, f.name || ':' || o.line AS source,
        coalesce(\(sql: Self.reconciled(on: "m.business_date", after: "f.loaded_at")), f.loaded_at) AS about
      FROM matches m
      LEFT JOIN outcome_records o ON o.payment_id = m.payment_id AND o.outcome_id = m.outcome_id
      LEFT JOIN input_files f ON f.file_id = o.file_id
      WHERE m.payment_id = \(id) ORDER BY m.business_date, m.kind, m.item_id
      """
    ) { row in
      let tolerated = try row.money("tolerated", "currency")
      return MatchFacts(
        kind: try row.get("kind"), rule: try row.get("rule"), amount: try row.money("amount", "currency"),
        tolerated: tolerated.minor == 0 ? nil : tolerated, businessDate: try row.get("business_date"),
        outcome: try row.get("outcome_id"), source: try row.get("source"), about: try row.get("about"))
    }
  }

  /// Breaks of a record that was an orphan stay under its derived id when its payment becomes known.
  func breakFacts(of id: PaymentID) throws -> [BreakFacts] {
    try breakFacts(
      where: "b.payment_id = \(id) OR b.payment_id IN (SELECT outcome_id FROM outcome_records WHERE payment_id = \(id))"
    )
  }

  /// Breaks that stand under the ids of payouts, bank lines and missing files.
  func breakFacts(under ids: [PaymentID]) throws -> [BreakFacts] {
    try breakFacts(where: "b.payment_id = ANY(\(ids))")
  }

  private func breakFacts(where condition: SQL) throws -> [BreakFacts] {
    try query(
      """
      SELECT b.*, coalesce(\(sql: Self.bankReference), mf.says) AS about,
        array_remove(ARRAY[CASE WHEN \(sql: Self.isExplained) THEN NULL ELSE f.name || ':' || s.line END], NULL)
          || \(sql: Self.bankEvidence) AS evidence,
        \(sql: Row.laterColumns),
        coalesce(\(sql: Self.reconciled(on: "b.first_seen", after: Self.beforeBreak)),
          greatest(\(sql: Self.beforeBreak), b.first_seen::timestamptz)) AS opened_about,
        CASE WHEN b.resolved_on IS NOT NULL THEN coalesce(
          (SELECT r.processed_at FROM refunds r
           WHERE r.payment_id = b.payment_id AND r.break_id = b.break_id AND b.resolution = 'refunded'),
          (SELECT max(d.decided_at) FROM decisions d WHERE d.break_id = b.break_id AND d.action <> 'approve'
            AND b.resolution = ANY(\(BreakDecision.resolutions))),
          \(sql: Self.reconciled(on: "b.resolved_on", after: "coalesce(nf.loaded_at, f.loaded_at)")),
          b.resolved_on::timestamptz)
          END AS resolved_about
      FROM breaks b
      LEFT JOIN outcome_keys k ON k.outcome_id = \(sql: Self.recordOf("b"))
      LEFT JOIN outcome_records o ON o.payment_id = k.payment_id AND o.outcome_id = k.outcome_id
      LEFT JOIN payments p ON p.payment_id = b.payment_id
      LEFT JOIN LATERAL (\(sql: Self.rowSpokenOf(by: nil, first: true))) s ON true
      LEFT JOIN input_files f ON f.file_id = s.file_id
      LEFT JOIN input_files nf ON nf.file_id = s.next_file
      LEFT JOIN LATERAL (\(sql: Self.rowFoundWith)) a ON true
      LEFT JOIN input_files af ON af.file_id = a.file_id
      LEFT JOIN payouts y ON y.payout_id = b.payment_id AND b.reason IN ('payout_mismatch', 'payout_not_in_bank')
      LEFT JOIN missing_files mf ON mf.payment_id = b.payment_id AND mf.break_id = b.break_id
      WHERE \(sql: condition)
      ORDER BY b.first_seen, b.reason, b.break_id
      """
    ) { row in
      let held: String? = try row.get("held_back")
      let status: String = try row.get("status")
      return BreakFacts(
        id: try row.get("break_id"), reason: try row.get("reason"), isOpen: status == "open",
        expected: try row.moneyIfAny("expected_amount", "expected_currency"),
        reported: try row.moneyIfAny("reported_amount", "reported_currency"), firstSeen: try row.get("first_seen"),
        resolvedOn: try row.get("resolved_on"), resolution: try row.get("resolution"),
        heldBack: status == "open" ? held.flatMap(RefundPolicy.Held.init(rawValue:)) : nil,
        openedAbout: try row.get("opened_about"),
        resolvedAbout: try row.get("resolved_about"), rule: try row.get("rule"), about: try row.get("about"),
        evidence: try row.get("evidence"), later: try row.laterRow())
    }
  }

  /// Of a break `b`: what its record tells came after it.
  private static let isExplained: SQL = "b.reason = ANY(\(explainedByRecord))"

  /// When the last of what a break was found from was loaded.
  private static let beforeBreak: SQL = """
    CASE WHEN \(sql: isExplained) THEN greatest(p.recorded_at,
        (SELECT max(CASE WHEN t.state = 'succeeded' AND b.reason = 'missing_at_processor'
            THEN t.answered_at ELSE t.created_at END) FROM charge_attempts t
          WHERE t.payment_id = b.payment_id AND t.business_date <= b.first_seen),
        (SELECT g.processed_at FROM refunds g WHERE g.payment_id = b.payment_id AND g.refund_id = b.item_id))
      ELSE af.loaded_at END
    """

  /// A match and a break carry a business date alone. About when they were made tells the first reconciliation of that
  /// date, after the file was loaded that brought what they are about.
  static func reconciled(on date: SQL, after loaded: SQL) -> SQL {
    """
    (SELECT min(s.finished_at) FROM stage_runs s JOIN runs u ON u.run_id = s.run_id
      WHERE s.stage = 'reconcile' AND s.status = 'done' AND u.business_date = \(sql: date)
        AND s.finished_at >= coalesce(\(sql: loaded), '-infinity'))
    """
  }
}
