import Postgres
import SettleModel

// What finance decided: every decision has its effect, and nothing is resolved as decided that nobody decided.

extension StoreCheck {
  /// How a break stands that was decided so, with the decision as `d`; NULL where it stays open by it.
  static let decidedResolution: SQL = """
    CASE d.action WHEN 'accept' THEN 'accepted' WHEN 'write_off' THEN 'written_off' WHEN 'duplicate_of' THEN 'duplicate'
      END
    """

  package static let decisions = StoreCheck(
    name: "decisions",
    says: "each decision of finance has its entry and its effect, and refunds by decision were decided and agreed to",
    remedy:
      "a decision, or the break or refund that it is about, was changed, deleted or put in by hand: compare it with its"
      + " entries (settle explain ID --json)",
    counted: "SELECT count(*) FROM decisions",
    wrong: """
      \(sql: told)
      UNION ALL
      SELECT coalesce(d.break_id, b.break_id)::text AS subject
      FROM (\(sql: Session.lastDecisions())) d
      FULL JOIN breaks b ON b.break_id = d.break_id
      WHERE CASE WHEN b.break_id IS NULL THEN true
        WHEN \(sql: decidedResolution) IS NULL THEN b.resolution = ANY(\(BreakDecision.resolutions))
        ELSE (b.resolution, b.resolved_on) IS DISTINCT FROM (\(sql: decidedResolution), d.decided_on)
          OR NOT \(sql: Session.isAboutSameFigures) END
      UNION ALL
      SELECT d.break_id::text
      FROM (SELECT *, row_number() OVER (PARTITION BY break_id ORDER BY number) AS place FROM decisions) d
      WHERE d.place <> d.number
      UNION ALL
      SELECT a.break_id::text FROM decisions a
      WHERE a.action = 'approve' AND NOT EXISTS (
        SELECT FROM decisions d
        WHERE d.break_id = a.break_id AND d.number = a.approves AND d.action = 'refund'
          AND coalesce(d.decided_as, lower(d.decided_by)) <> coalesce(a.decided_as, lower(a.decided_by)))
      UNION ALL
      SELECT r.refund_id::text FROM refunds r
      WHERE r.rule = 'decision' AND NOT EXISTS (
        SELECT FROM decisions d
        WHERE d.break_id = r.break_id AND d.action = 'refund' AND d.token < r.token
          AND (d.amount, d.currency) = (r.amount, r.currency)
          AND (NOT d.needs_approval OR EXISTS (
            SELECT FROM decisions a WHERE a.break_id = d.break_id AND a.approves = d.number AND a.token < r.token)))
      """)

  /// Decisions about a payment's breaks against its chain. Money of nobody's has none: the run's seal covers those.
  private static let told: SQL = """
    SELECT coalesce(t.key, l.key) AS subject
    FROM (
      SELECT c.payment_id, \(sql: AuditSubject.decisionKey) AS key, \(sql: AuditSubject.decision.facts) AS facts
      FROM decisions c WHERE EXISTS (SELECT FROM payments p WHERE p.payment_id = c.payment_id)
    ) t
    FULL JOIN (
      SELECT payment_id, detail ->> 'decision' AS key, detail AS facts, count(*) OVER (
        PARTITION BY payment_id, detail ->> 'decision') AS times
      FROM audit WHERE kind = \(AuditKind.breakDecided)
    ) l ON l.payment_id = t.payment_id AND l.key = t.key
    WHERE t.facts IS DISTINCT FROM l.facts OR l.times > 1
    """
}
