import Postgres

// Conservation of money (invariants I1 to I6), as far as the store can tell it. The processor's own ledger is judged by
// the fault harness.

extension StoreCheck {
  package static let oneSuccess = StoreCheck(
    name: "one_success", says: "no payment was charged more than once by settle (I1)",
    remedy: "stop charging (settle run without --stage charge) and compare the payment with the processor's own list",
    counted: "SELECT count(*) FROM payments WHERE state = 'SUCCEEDED'",
    wrong: """
      SELECT payment_id::text AS subject FROM charge_attempts WHERE state = 'succeeded'
      GROUP BY payment_id HAVING count(*) > 1
      UNION ALL
      SELECT payment_id::text FROM audit WHERE kind = 'attempt_succeeded' GROUP BY payment_id HAVING count(*) > 1
      UNION ALL
      SELECT a.payment_id::text FROM charge_attempts a JOIN payments p ON p.payment_id = a.payment_id
      WHERE a.state = 'succeeded' AND p.state <> 'SUCCEEDED'
      UNION ALL
      SELECT p.payment_id::text FROM payments p LEFT JOIN charge_attempts a
        ON a.payment_id = p.payment_id AND a.state = 'succeeded'
      WHERE p.proof = 'answer' AND a.payment_id IS NULL
      """)

  /// What a charge took is what files report of it (rows with an id of their own are summed, an event says it once), and
  /// at least what was asked, where it is the payment's own.
  package static let allowances = StoreCheck(
    name: "refunds_within_captured", says: "no charge, and so no payment, has more given back than was taken (I3)",
    remedy: "stop refunding (settle run without --stage refund) and look at the charge at the processor",
    counted: "SELECT count(*) FROM refunds",
    wrong: """
      SELECT g.payment_id::text AS subject
      FROM (
        SELECT payment_id, processor_charge, currency, sum(amount) AS amount FROM refunds WHERE state <> 'FAILED'
        GROUP BY payment_id, processor_charge, currency
      ) g
      JOIN payments p ON p.payment_id = g.payment_id
      LEFT JOIN (
        SELECT o.payment_id, o.processor_charge, o.compared_currency AS currency,
          greatest(sum(o.compared_amount) FILTER (WHERE o.row_id IS NOT NULL),
            max(o.compared_amount) FILTER (WHERE o.row_id IS NULL)) AS amount
        FROM outcome_records o
        WHERE o.kind IN ('charge', 'capture_reversal') AND o.payment_id IN (SELECT payment_id FROM refunds)
        GROUP BY o.payment_id, o.processor_charge, o.compared_currency
      ) r ON (r.payment_id, r.processor_charge, r.currency) = (g.payment_id, g.processor_charge, g.currency)
      WHERE g.amount > greatest(coalesce(r.amount, 0), CASE
        WHEN (p.processor_charge, p.currency, p.state) = (g.processor_charge, g.currency, 'SUCCEEDED') THEN p.amount
        ELSE 0 END)
      UNION ALL
      SELECT coalesce(a.payment_id, g.payment_id)::text
      FROM charge_allowances a
      FULL JOIN (
        SELECT payment_id, processor_charge, coalesce(sum(amount) FILTER (WHERE state <> 'FAILED'), 0) AS reserved
        FROM refunds GROUP BY payment_id, processor_charge
      ) g ON g.payment_id = a.payment_id AND g.processor_charge = a.processor_charge
      WHERE a.refund_reserved IS DISTINCT FROM g.reserved
      """)

  package static let files = StoreCheck(
    name: "files",
    says: "for every file, rows read = accepted + quarantined + ignored, and each is where it should be (I5)",
    remedy: "rows of this file were deleted or put in by hand: compare with the file (settle layout check FILE)",
    counted: "SELECT count(*) FROM input_files",
    wrong: """
      SELECT f.name AS subject
      FROM input_files f
      LEFT JOIN (
        SELECT file_id, count(DISTINCT line) AS rows FROM quarantine GROUP BY file_id) q ON q.file_id = f.file_id
      LEFT JOIN (
        SELECT file_id, sum(facts) AS facts, sum(facts) FILTER (WHERE fact NOT IN ('payments', 'instruments'))
          AS outcomes
        FROM file_digests WHERE fact <> 'file' GROUP BY file_id) d ON d.file_id = f.file_id
      WHERE f.rows_read <> f.rows_accepted + f.rows_quarantined + f.rows_ignored
        OR f.rows_quarantined <> coalesce(q.rows, 0) OR d.facts > f.rows_accepted
        OR d.outcomes > 0 AND d.outcomes <> f.rows_accepted
      UNION ALL
      SELECT 'file ' || d.file_id FROM file_digests d LEFT JOIN input_files f ON f.file_id = d.file_id
      WHERE f.file_id IS NULL
      """)

  package static let outcomes = StoreCheck(
    name: "outcomes",
    says: "each outcome record is kept once, under one payment or none, and its net is gross less fee",
    remedy: "an outcome record was changed, moved or deleted by hand: compare it with its file and line",
    counted: "SELECT count(*) FROM outcome_keys",
    wrong: """
      SELECT 'outcome ' || coalesce(o.outcome_id, k.outcome_id) AS subject
      FROM outcome_records o
      FULL JOIN outcome_keys k ON k.outcome_id = o.outcome_id AND k.payment_id = o.payment_id
      LEFT JOIN payments p ON p.payment_id = o.payment_id
      WHERE o.outcome_id IS NULL OR k.outcome_id IS NULL OR o.net <> o.gross - o.fee
        OR (o.linked_by IS NULL) <> (p.payment_id IS NULL) OR o.linked_by IS NULL AND o.payment_id <> o.outcome_id
      """)
}
