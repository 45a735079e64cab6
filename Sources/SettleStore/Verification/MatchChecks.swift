import Postgres
import SettleModel

// Matching: what was expected against what was reported.

extension StoreCheck {
  package static let matches = StoreCheck(
    name: "matches",
    says: "each match joins what was asked with a report of it, and no report is used twice (I6)",
    remedy:
      "a match was changed by hand: delete that match, run `settle run --stage reconcile`, which makes it anew, and verify again",
    counted: "SELECT (SELECT count(*) FROM matches) + (SELECT count(*) FROM former_matches)",
    wrong: """
      SELECT m.payment_id::text AS subject
      FROM matches m
      LEFT JOIN payments p ON p.payment_id = m.payment_id
      LEFT JOIN refunds r ON r.payment_id = m.payment_id AND r.refund_id = m.item_id
      LEFT JOIN outcome_records o ON o.payment_id = m.payment_id AND o.outcome_id = m.outcome_id
      WHERE o.reported IS NOT TRUE OR CASE m.kind
        WHEN 'charge' THEN p.state IS DISTINCT FROM 'SUCCEEDED'
          OR (m.item_id, m.amount, m.currency) IS DISTINCT FROM (p.payment_id, p.amount, p.currency)
        ELSE m.tolerated <> 0 OR (m.amount, m.currency) IS DISTINCT FROM (-r.amount, r.currency)
          OR (m.amount, m.currency) IS DISTINCT FROM (o.compared_amount, o.compared_currency) END
      UNION ALL
      SELECT 'outcome ' || outcome_id FROM matches GROUP BY outcome_id HAVING count(*) > 1
      UNION ALL
      SELECT f.payment_id::text || ', matched until ' || f.removed_on
      FROM former_matches f
      LEFT JOIN payments p ON p.payment_id = f.payment_id
      LEFT JOIN refunds r ON r.payment_id = f.payment_id AND r.refund_id = f.item_id
      WHERE CASE f.kind
        WHEN 'charge' THEN (f.item_id, f.amount, f.currency) IS DISTINCT FROM (p.payment_id, p.amount, p.currency)
        ELSE (f.item_id, f.amount, f.currency) IS DISTINCT FROM (r.refund_id, -r.amount, r.currency) END
      """)

  /// A date is looked at no more once it was swept, but for what is carried.
  package static let carried = StoreCheck(
    name: "carried", says: "what is open of a swept date is looked at every night",
    remedy:
      "a match or a row of carried was deleted by hand: delete all rows of sweeps, so that the next run looks at everything, run `settle run --stage reconcile`, and verify again",
    counted: "SELECT count(*) FROM carried",
    wrong: """
      SELECT DISTINCT o.payment_id::text AS subject
      FROM (SELECT max(swept_on) AS day, max(through) AS through FROM sweeps) s
      CROSS JOIN LATERAL (\(sql: Session.unsettled(payments: "payments", records: "outcome_records", on: "s.day"))) o
      WHERE o.day <= s.through AND o.payment_id NOT IN (SELECT payment_id FROM carried)
      """)

  /// Only what was there when reconciling was last done to its end can have been explained by it.
  package static let explained = StoreCheck(
    name: "explained", says: "all reported money that was reconciled is matched or is a break (I6)",
    remedy: "a match or break was deleted by hand: run `settle run --stage reconcile` and verify again",
    counted: "SELECT count(*) FROM outcome_records WHERE reported AND kind IN ('charge', 'capture_reversal', 'refund')",
    wrong: """
      WITH rows AS (
        SELECT o.payment_id, o.kind, CASE WHEN o.kind = 'refund' THEN o.outcome_id::text
            ELSE \(sql: Session.chargeKey(of: "o")) END AS charge,
          o.outcome_id, o.row_id, o.compared_amount, m.amount + m.tolerated AS matched,
          m.outcome_id IS NOT NULL OR o.outcome_id IN (SELECT outcome_id FROM (\(sql: Session.reversedRefunds())) r)
            OR EXISTS (
            SELECT FROM breaks b WHERE b.payment_id = o.payment_id AND b.outcome_id = o.outcome_id
              AND b.resolution IS DISTINCT FROM 'explained') AS spoken,
          f.loaded_at < (
            SELECT max(started_at) FROM stage_runs WHERE stage = 'reconcile' AND status = 'done') AS reconciled
        FROM outcome_records o
        JOIN input_files f ON f.file_id = o.file_id
        LEFT JOIN payments p ON p.payment_id = o.payment_id
        LEFT JOIN matches m ON m.payment_id = o.payment_id AND m.outcome_id = o.outcome_id
        WHERE o.reported AND o.kind IN ('charge', 'capture_reversal', 'refund')
      )
      SELECT payment_id::text AS subject FROM rows GROUP BY payment_id, charge
      HAVING bool_and(reconciled) AND (NOT bool_or(spoken) OR max(matched) <> coalesce(
        sum(compared_amount) FILTER (WHERE row_id IS NOT NULL), max(matched)))
      UNION ALL
      \(sql: outgrown)
      """)

  /// Refunded breaks of which the files say other amounts by now, without a match or another break that says so.
  private static let outgrown: SQL = """
    SELECT b.payment_id::text FROM breaks b
    JOIN (
      SELECT o.payment_id, array_agg(o.outcome_id) AS rows,
        sum(o.compared_amount) FILTER (WHERE o.row_id IS NOT NULL) AS amount
      FROM outcome_records o
      JOIN input_files f ON f.file_id = o.file_id
      JOIN payments p ON p.payment_id = o.payment_id
      WHERE o.reported AND o.kind IN ('charge', 'capture_reversal')
        AND o.payment_id IN (SELECT payment_id FROM breaks WHERE resolution = 'refunded')
      GROUP BY o.payment_id, \(sql: Session.chargeKey(of: "o"))
      HAVING bool_and(f.loaded_at < (
        SELECT max(started_at) FROM stage_runs WHERE stage = 'reconcile' AND status = 'done'))
    ) c ON c.payment_id = b.payment_id AND b.outcome_id = ANY(c.rows)
    WHERE b.resolution = 'refunded' AND c.amount <> b.reported_amount
      AND NOT EXISTS (SELECT FROM matches m WHERE m.payment_id = b.payment_id AND m.outcome_id = ANY(c.rows))
      AND NOT EXISTS (
        SELECT FROM breaks n WHERE n.payment_id = b.payment_id AND n.outcome_id = ANY(c.rows)
          AND n.resolution IS DISTINCT FROM 'explained' AND n.reported_amount = c.amount)
    """

  /// A record may have changed since a break about it was resolved, and a fee's since it was judged; that it is the record
  /// of that payment, and which break that makes, stays.
  package static let variances = StoreCheck(
    name: "variances",
    says: "each fee or rate that differs is that of one record, which is kept under the same payment",
    remedy: "a break or an outcome record was changed by hand: compare it with its file and line",
    counted: "SELECT count(*) FROM breaks WHERE reason = ANY(\(BreakReason.ofRecords))",
    wrong: """
      SELECT b.break_id::text AS subject
      FROM breaks b
      LEFT JOIN outcome_records o ON o.payment_id = b.payment_id AND o.outcome_id = b.item_id
      WHERE b.reason = ANY(\(BreakReason.ofRecords)) AND (o.reported IS NOT TRUE OR b.outcome_id IS NOT NULL
        OR b.break_id <> md5('break:' || b.reason || ':' || b.item_id)::uuid AND NOT EXISTS (
          SELECT FROM breaks e WHERE e.payment_id = b.payment_id AND e.reason = b.reason AND e.item_id = b.item_id
            AND b.break_id = md5('break:after:' || e.break_id)::uuid))
      """)

  /// Counted from the tables that stand for each, without one looking at the other.
  package static let totals = StoreCheck(
    name: "totals", says: "in each currency, what was expected is what is matched and what is still open together (I6)",
    remedy:
      "a match was changed by hand: delete that match, run `settle run --stage reconcile`, which makes it anew, and verify again",
    counted: "SELECT (SELECT count(*) FROM payments) + (SELECT count(*) FROM refunds)",
    wrong: """
      SELECT currency AS subject FROM (
        SELECT currency, amount, 1 AS items FROM payments
        UNION ALL
        SELECT currency, -amount, 1 FROM refunds
        UNION ALL
        SELECT currency, -amount, -1 FROM matches
        UNION ALL
        SELECT p.currency, -p.amount, -1 FROM payments p
        WHERE NOT EXISTS (SELECT FROM matches m WHERE m.payment_id = p.payment_id AND m.item_id = p.payment_id)
        UNION ALL
        SELECT r.currency, r.amount, -1 FROM refunds r
        WHERE NOT EXISTS (SELECT FROM matches m WHERE m.payment_id = r.payment_id AND m.item_id = r.refund_id)
      ) items GROUP BY currency HAVING sum(amount) <> 0 OR sum(items) <> 0
      """)
}
