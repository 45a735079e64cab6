import Postgres

// The audit trail itself: that nothing was changed in it, left out of it or put into it.

extension StoreCheck {
  /// What was there before the trail began, with seal 0 as `o`.
  static let origin: SQL = "(SELECT token, last_file, sealed_at FROM audit_seals ORDER BY seal LIMIT 1) o"

  package static let chains = StoreCheck(
    name: "chains", says: "each entry of the audit trail follows the one before it, from what the payment is for ever",
    remedy: "somebody changed the trail, or a payment's amount or identity: compare the payment with a backup",
    counted: "SELECT count(*) FROM audit",
    wrong: """
      SELECT e.payment_id::text AS subject
      FROM (
        SELECT a.*, lag(a.hash) OVER w AS before, lag(a.entry) OVER w AS last, lag(a.seal) OVER w AS last_seal,
          lag(a.token) OVER w AS last_token
        FROM audit a WINDOW w AS (PARTITION BY a.payment_id ORDER BY a.entry)
      ) e
      LEFT JOIN payments p ON p.payment_id = e.payment_id
      WHERE p.payment_id IS NULL OR e.entry <> coalesce(e.last, 0) + 1 OR e.hash <> \(sql: AuditHash.entry)
        OR e.previous <> coalesce(e.before, \(sql: AuditHash.payment))
        OR e.seal < e.last_seal OR e.token < e.last_token OR e.kind <> ALL(\(AuditKind.allCases))
      """)

  package static let seals = StoreCheck(
    name: "seals", says: "each seal still covers what it was made over, and follows the seal before it",
    remedy:
      "the trail, a file's digest, a decision or a seal was changed after a run had sealed it: compare with a backup",
    counted: "SELECT count(*) FROM audit_seals",
    wrong: """
      SELECT 'seal ' || coalesce(s.seal, c.seal) AS subject
      FROM (
        SELECT a.*, lag(a.hash) OVER w AS before, lag(a.seal) OVER w AS last, lag(a.token) OVER w AS last_token
        FROM audit_seals a WINDOW w AS (ORDER BY a.seal)
      ) s
      FULL JOIN (\(sql: Session.sealed(where: "true"))) c ON c.seal = s.seal
      WHERE s.hash <> \(sql: AuditHash.seal) OR s.seal <> coalesce(s.last + 1, 0) OR s.token < s.last_token
        OR s.previous <> coalesce(s.before, decode(repeat('00', 32), 'hex'))
        OR s.seal IS NOT NULL AND (s.chains, s.entries, s.trail, s.files, s.digests) IS DISTINCT FROM (
          coalesce(c.chains, 0), coalesce(c.entries, 0), coalesce(c.trail, sha256('')), coalesce(c.files, 0),
          coalesce(c.digests, sha256('')))
        OR s.seal IS NULL AND c.seal <> (SELECT max(seal) + 1 FROM audit_seals)
      UNION ALL
      -- What is not sealed yet can only be of a run that has not sealed.
      SELECT 'payment ' || a.payment_id FROM audit a
      WHERE a.seal > (SELECT max(seal) FROM audit_seals)
        AND (a.token <= (SELECT max(token) FROM audit_seals) OR NOT EXISTS (SELECT FROM runs r WHERE r.token = a.token))
      UNION ALL
      SELECT 'decision ' || d.break_id || '/' || d.number FROM decisions d
      WHERE d.seal > (SELECT max(seal) FROM audit_seals)
        AND (d.token <= (SELECT max(token) FROM audit_seals) OR NOT EXISTS (SELECT FROM runs r WHERE r.token = d.token))
      UNION ALL
      SELECT 'run ' || r.run_id FROM runs r LEFT JOIN audit_seals s ON s.seal = r.seal
      WHERE r.seal IS NOT NULL AND r.seal_hash IS DISTINCT FROM encode(s.hash, 'hex')
      """)

  /// What a run that was killed has left is sealed by the next one, so until then nobody can tell.
  package static let standing = StoreCheck(
    name: "standing", says: "what is due, the breaks, and whose money it is, are as the last run left them",
    remedy:
      "a due payment's method or date, a break, or the store's identity was changed by hand: compare with a backup",
    counted: """
      SELECT (SELECT count(*) FROM payments WHERE charge_due_on IS NOT NULL OR cancel_due_on IS NOT NULL)
        + (SELECT count(*) FROM breaks)
      """,
    wrong: """
      SELECT 'seal ' || s.seal AS subject
      FROM (SELECT seal, standing FROM audit_seals ORDER BY seal DESC LIMIT 1) s
      JOIN (SELECT seal FROM runs ORDER BY token DESC LIMIT 1) r ON r.seal = s.seal
      WHERE s.standing <> \(sql: AuditHash.standing)
      """)

  package static let fileDigests = StoreCheck(
    name: "file_digests", says: "what each file brought is still there, as it was",
    remedy:
      "a payment, its method, an outcome record or bank line of this file was changed, deleted or put in: compare with the file",
    counted: "SELECT count(*) FROM file_digests",
    wrong: """
      SELECT coalesce(f.name, 'file ' || coalesce(d.file_id, r.file_id)) AS subject
      FROM file_digests d
      FULL JOIN (
        SELECT 'file' AS fact, f.file_id, 1 AS members, \(sql: AuditHash.file) AS digest FROM input_files f
        UNION ALL
        SELECT 'payments', file_id, members, digest FROM (\(sql: AuditHash.digest(
          of: "SELECT p.payment_id AS id, 1 AS place, \(sql: AuditHash.payment) AS hash, p.file_id FROM payments p",
          by: ", file_id"))) payments
        UNION ALL
        SELECT 'instruments', file_id, members, digest FROM (\(sql: AuditHash.digest(
          of: "SELECT c.payment_id AS id, c.line AS place, \(sql: AuditHash.instrumentChange) AS hash, c.file_id FROM instrument_changes c",
          by: ", file_id"))) instruments
        UNION ALL
        SELECT CASE WHEN first THEN 'outcomes' ELSE 'revisions' END, file_id, members, digest
        FROM (\(sql: AuditHash.digest(of: versions, by: ", file_id, first"))) outcomes
        UNION ALL
        SELECT 'bank_lines', file_id, members, digest FROM (\(sql: AuditHash.digest(
          of: "SELECT l.line_id AS id, 1 AS place, \(sql: AuditHash.bankLine) AS hash, l.file_id FROM bank_lines l",
          by: ", file_id"))) bank_lines
        UNION ALL
        SELECT 'bank_statements', file_id, members, digest FROM (\(sql: AuditHash.digest(
          of: "SELECT s.statement_id AS id, 1 AS place, \(sql: AuditHash.bankStatement) AS hash, s.file_id FROM bank_statements s",
          by: ", file_id"))) bank_statements
      ) r ON r.file_id = d.file_id AND r.fact = d.fact
      LEFT JOIN input_files f ON f.file_id = coalesce(d.file_id, r.file_id)
      CROSS JOIN \(sql: origin)
      WHERE (d.file_id IS NOT NULL OR r.file_id > o.last_file)
        AND (d.facts IS DISTINCT FROM r.members OR d.digest IS DISTINCT FROM r.digest OR f.file_id IS NULL)
      """)

  /// Every version of every outcome record, by the file that brought it.
  private static let versions: SQL = """
    SELECT o.outcome_id AS id, o.version AS place, \(sql: AuditHash.outcome) AS hash, o.file_id, o.version = 1 AS first
    FROM (
      SELECT * FROM outcome_records
      UNION ALL
      SELECT r.* FROM outcome_versions v CROSS JOIN LATERAL jsonb_populate_record(NULL::outcome_records, v.record) r
    ) o
    """
}
