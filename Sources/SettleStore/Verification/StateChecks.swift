import Postgres

// The trail against the tables: every state has its entry, and no entry speaks of what is not there.

extension StoreCheck {
  package static let attempts = StoreCheck(
    name: "attempts", says: "each charge attempt is as its last entry tells",
    remedy: "an attempt was changed, deleted or put in by hand: compare it with its entries (settle explain ID --json)",
    counted: "SELECT count(*) FROM charge_attempts",
    wrong: """
      \(sql: compared(.attempt, in: "charge_attempts", by: "c.attempt::text"))
      UNION ALL
      \(sql: toldTwice)
      """)

  package static let cancellations = StoreCheck(
    name: "cancellations", says: "each request to give up a processor payment is as its last entry tells",
    remedy:
      "a cancellation was changed, deleted or put in by hand: compare it with its entries (settle explain ID --json)",
    counted: "SELECT count(*) FROM cancellations",
    wrong: compared(.cancellation, in: "cancellations", by: "c.processor_payment"))

  package static let refunds = StoreCheck(
    name: "refunds", says: "each refund is as its last entry tells",
    remedy: "a refund was changed, deleted or put in by hand: compare it with its entries (settle explain ID --json)",
    counted: "SELECT count(*) FROM refunds",
    wrong: compared(.refund, in: "refunds", by: "c.refund_id::text"))

  /// What was written before the trail began has no entry until it changes.
  private static func compared(_ subject: AuditSubject, in table: SQL, by key: SQL) -> SQL {
    let name = subject.key ?? ""
    return """
      SELECT coalesce(t.payment_id, l.payment_id)::text AS subject
      FROM (
        SELECT c.payment_id, \(sql: key) AS key, c.token, \(sql: subject.facts) AS facts FROM \(sql: table) c
      ) t
      FULL JOIN (
        SELECT DISTINCT ON (payment_id, key) payment_id, key, detail - 'why' - 'retry_on' AS facts
        FROM (SELECT *, detail ->> \(name) AS key FROM audit WHERE kind LIKE \(name + "_%")) about
        WHERE key IS NOT NULL ORDER BY payment_id, key, entry DESC
      ) l ON l.payment_id = t.payment_id AND l.key = t.key
      CROSS JOIN \(sql: origin)
      WHERE t.facts IS DISTINCT FROM l.facts AND NOT (l.payment_id IS NULL AND t.token <= o.token)
      """
  }

  /// An entry that says nothing new was not written by settle. (That a refund is held back may be said again: the break
  /// may have explained itself in between.)
  private static let toldTwice: SQL = """
    SELECT payment_id::text FROM (
      SELECT payment_id, kind, detail, lag(kind) OVER w AS last_kind, lag(detail) OVER w AS last_detail
      FROM audit WHERE kind NOT IN ('refund_held_back', 'break_refunded')
      WINDOW w AS (
        PARTITION BY payment_id, split_part(kind, '_', 1), coalesce(detail ->> 'attempt', detail ->> 'refund',
          detail ->> 'cancellation')
        ORDER BY entry)) told
    WHERE kind = last_kind AND detail = last_detail
    """

  /// A payment that settle has charged has entries. One that it never charged is what the files say of it.
  package static let payments = StoreCheck(
    name: "payments",
    says: "each payment is in the one state that its last entry tells, or that the files tell where settle did nothing",
    remedy:
      "a payment's state was changed by hand: compare it with its entries and outcome records (settle explain ID --json)",
    counted: "SELECT count(*) FROM payments",
    wrong: """
      WITH told AS (
        SELECT payment_id, bool_or(kind = 'charge') AS charged, array_agg(occurred_at) FILTER (WHERE kind = 'charge_failed') AS failures,
          bool_or(kind = 'charge' AND proven) AS proven, bool_or(kind = 'charge_failed' AND proven) AS denied
        FROM (
          SELECT payment_id, kind, linked_by IN ('processor_id', 'payment_id') AS proven, occurred_at FROM outcome_records
          WHERE linked_by IS NOT NULL AND kind IN ('charge', 'charge_failed')
          UNION ALL
          SELECT k.payment_id, v.record ->> 'kind', false, (v.record ->> 'occurred_at')::timestamptz
          FROM outcome_versions v JOIN outcome_keys k ON k.outcome_id = v.outcome_id
        ) records GROUP BY payment_id
      ), last AS (
        SELECT DISTINCT ON (payment_id) payment_id, detail AS facts
        FROM audit WHERE kind LIKE 'payment\\_%' ORDER BY payment_id, entry DESC
      )
      SELECT coalesce(c.payment_id, l.payment_id)::text AS subject
      FROM payments c
      FULL JOIN last l ON l.payment_id = c.payment_id
      LEFT JOIN told t ON t.payment_id = c.payment_id
      LEFT JOIN (
        SELECT payment_id, max(attempt) AS attempts FROM charge_attempts GROUP BY payment_id) a ON a.payment_id = c.payment_id
      CROSS JOIN \(sql: origin)
      WHERE l.payment_id IS NOT NULL AND l.facts IS DISTINCT FROM \(sql: AuditSubject.payment.facts)
        OR c.attempts <> coalesce(a.attempts, 0)
        OR l.payment_id IS NULL AND NOT coalesce(c.file_id <= o.last_file, false) AND (
          CASE c.state
            WHEN 'SUCCEEDED' THEN c.attempts > 0 OR c.proof <> 'outcome' OR t.charged IS NOT TRUE
            -- It may be tried again since.
            WHEN 'FAILED' THEN t.failures IS NULL OR c.failed_at <> ALL(t.failures)
            WHEN 'REQUESTED' THEN t.proven IS TRUE OR c.attempts = 0 AND t.denied IS TRUE
            ELSE true END
          OR c.file_id IS NULL AND NOT EXISTS (SELECT FROM audit e WHERE e.payment_id = c.payment_id))
      """)

  /// The last business date that was worked on before the trail began, with seal 0 as `o`. A pipeline's date is not the
  /// server's.
  private static let lastDateBefore: SQL =
    "greatest(o.sealed_at::date, (SELECT max(business_date) FROM runs WHERE token <= o.token))"

  package static let breaks = StoreCheck(
    name: "breaks",
    says: "each break was resolved by settle, and has its entry where it was refunded, or held back from being",
    remedy: "a break was changed by hand: compare it with its entries (settle explain ID --json)",
    counted: "SELECT count(*) FROM breaks",
    wrong: """
      SELECT coalesce(b.break_id::text, l.key, l.payment_id::text) AS subject
      FROM breaks b
      FULL JOIN (
        SELECT DISTINCT ON (payment_id, detail ->> 'break') payment_id, detail ->> 'break' AS key, kind,
          detail ->> 'held_back' AS held_back
        FROM audit WHERE kind IN ('refund_held_back', 'break_refunded')
        ORDER BY payment_id, detail ->> 'break', entry DESC
      ) l ON l.payment_id = b.payment_id AND l.key = b.break_id::text
      CROSS JOIN \(sql: origin)
      WHERE b.break_id IS NULL OR b.resolution NOT IN ('explained', 'refunded', 'accepted', 'written_off', 'duplicate')
        OR (l.kind IS NOT NULL OR o.token < 0 OR b.first_seen > \(sql: lastDateBefore)) AND (
          b.held_back IS NOT NULL AND b.held_back IS DISTINCT FROM l.held_back
          OR (coalesce(b.resolution, '') = 'refunded') IS DISTINCT FROM (coalesce(l.kind, '') = 'break_refunded'))
      """)

  package static let messages = StoreCheck(
    name: "messages", says: "each payment and refund that was asked for was announced once, with its amount",
    remedy: "a message of the outbox was changed, deleted or put in by hand: compare it with the payment or refund",
    counted: "SELECT count(*) FROM outbox",
    wrong: """
      SELECT coalesce(o.payment_id, a.payment_id)::text AS subject
      FROM outbox o
      FULL JOIN (
        SELECT p.payment_id, p.payment_id AS event_id, 'PaymentRequested' AS type, p.amount, p.currency FROM payments p
        WHERE p.attempts > 0
        UNION ALL
        SELECT payment_id, refund_id, 'RefundRequested', amount, currency FROM refunds
      ) a ON a.payment_id = o.payment_id AND a.event_id = o.event_id
      WHERE (o.type, o.payload ->> 'amount', o.payload ->> 'currency', o.payload ->> 'paymentId')
        IS DISTINCT FROM (a.type, a.amount::text, a.currency, a.payment_id::text)
      """)
}
