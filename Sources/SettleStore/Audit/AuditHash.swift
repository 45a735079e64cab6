import Postgres

// How rows become hashes. `record_send` is PostgreSQL's binary form of a row: the number of fields, then each with its
// type, its length and its bytes. It depends on no setting of the session, and cannot be read in two ways.

enum AuditHash {
  /// What a payment is for ever, with the payment as `p`: the ground on which its chain stands.
  static let payment: SQL = """
    sha256(record_send(ROW(p.payment_id, p.merchant, p.processor, p.order_reference, p.authorization_id, p.amount,
      p.currency, p.file_id, p.line, p.recorded_on)))
    """

  /// An entry of the trail, with the entry as `e`.
  static let entry: SQL = """
    sha256(record_send(ROW(e.previous, e.payment_id, e.entry, e.seal, e.token, e.at, e.kind, e.detail::text)))
    """

  /// A seal, as `s`. The first ones say nothing of what stood.
  static let seal: SQL = """
    CASE WHEN s.standing IS NULL THEN sha256(record_send(ROW(s.previous, s.seal, s.run_id, s.token, s.sealed_at,
      s.last_file, s.chains, s.entries, s.trail, s.files, s.digests)))
    ELSE sha256(record_send(ROW(s.previous, s.seal, s.run_id, s.token, s.sealed_at, s.last_file, s.chains, s.entries,
      s.trail, s.files, s.digests, s.standing))) END
    """

  /// What stands now: all that may change without an entry of the trail, and yet decides what is charged, what is given
  /// back and what a person still has to look at.
  ///
  /// Decisions of finance too: those about money of nobody's have no payment's chain. A store without any has the hash
  /// that it had before there were decisions.
  static let standing: SQL = """
    CASE WHEN EXISTS (SELECT FROM decisions)
      THEN sha256(record_send(ROW(\(sql: standingParts), (SELECT digest FROM (\(sql: digest(of: decisions))) decisions))))
      ELSE sha256(record_send(ROW(\(sql: standingParts)))) END
    """

  private static let standingParts: SQL = """
    (SELECT digest FROM (\(sql: digest(of: due))) due), (SELECT digest FROM (\(sql: digest(of: breaks))) breaks),
    (SELECT sha256(record_send(ROW(processor, account, live, system_identifier, timeline, database_oid, database_name,
      doubted_since, doubted_until, doubted_why))) FROM store_identity)
    """

  /// As the members of a set, with the seal that each is covered by; NULL where it is older than its seal.
  static let decisions: SQL = """
    SELECT c.break_id AS id, c.number AS place, c.seal,
      sha256(record_send(ROW(c.payment_id, c.token, (\(sql: AuditSubject.decision.facts))::text))) AS hash
    FROM decisions c
    """

  /// What stands in a store without anything.
  static let nothing: SQL = "sha256(record_send(ROW(NULL::bytea, NULL::bytea, NULL::bytea)))"

  private static let due: SQL = """
    SELECT payment_id AS id, 0 AS place, sha256(record_send(ROW(payment_id, state, payment_method, processor_customer,
      hold, capture_before, charge_due_on, cancel_due_on, processor_payment))) AS hash
    FROM payments WHERE charge_due_on IS NOT NULL OR cancel_due_on IS NOT NULL
    """

  private static let breaks: SQL = """
    SELECT break_id AS id, 0 AS place, sha256(record_send(ROW(break_id, payment_id, reason, status, item_id, outcome_id,
      expected_amount, expected_currency, reported_amount, reported_currency, rule, held_back, first_seen, resolved_on,
      resolution))) AS hash
    FROM breaks
    """

  /// A file, as `f`.
  static let file: SQL = """
    sha256(record_send(ROW(f.file_id, f.sha256, f.name, f.bytes, f.layout, f.business_date, f.rows_read, f.rows_accepted,
      f.rows_quarantined, f.rows_ignored, f.loaded_at)))
    """

  /// One version of an outcome record, as `o`: all but which payment it is linked to, which may be learned later.
  ///
  /// Records without method, exchange rate and batch hash as they did before there were these, and so do records of
  /// which rounding left nothing out.
  static let outcome: SQL = """
    CASE WHEN coalesce(o.gross_rest, o.net_rest) IS NOT NULL
    THEN sha256(record_send(ROW(\(sql: outcomeFacts), o.method, o.exchange_rate, o.batch, o.gross_rest, o.net_rest)))
    WHEN coalesce(o.method, o.exchange_rate::text, o.batch) IS NULL
    THEN sha256(record_send(ROW(\(sql: outcomeFacts))))
    ELSE sha256(record_send(ROW(\(sql: outcomeFacts), o.method, o.exchange_rate, o.batch))) END
    """

  private static let outcomeFacts: SQL = """
    o.outcome_id, o.version, o.kind, o.reported, o.processor, o.row_id, o.occurred_at, o.available_on, o.gross, o.fee,
    o.net, o.currency, o.compared_amount, o.compared_currency, o.claimed_payment, o.claimed_order, o.order_reference,
    o.refund_id, o.processor_payment, o.processor_charge, o.processor_refund, o.processor_dispute, o.payout, o.reason,
    o.business_date, o.file_id, o.line
    """

  /// A change of a payment's instrument, as `c`.
  static let instrumentChange: SQL = """
    sha256(record_send(ROW(c.payment_id, c.file_id, c.line, c.payment_method, c.hold, c.business_date)))
    """

  /// A bank line, as `l`.
  static let bankLine: SQL = """
    sha256(record_send(ROW(l.line_id, l.account, l.statement, l.reference, l.end_to_end, l.booked_on, l.value_on,
      l.amount, l.currency, l.code, l.text, l.business_date, l.file_id, l.line)))
    """

  /// A bank statement, as `s`.
  static let bankStatement: SQL = """
    sha256(record_send(ROW(s.statement_id, s.account, s.name, s.number, s.page, s.currency, s.opening, s.closing,
      s.opened_on, s.closed_on, s.entries, s.business_date, s.file_id, s.line)))
    """

  /// One hash over a set of hashes, in the order of their ids: first by the id's first byte, so that a set of any size
  /// takes little memory, then over those.
  ///
  /// - Parameters:
  ///   - set: gives `id` (a UUID, and by it the order), `place` (which of several of one id) and `hash`.
  ///   - keys: columns of `set` by which there are several sets; each starts with a comma.
  /// - Returns: a query that gives the keys, `members` and `digest`; without keys, no row for an empty set.
  static func digest(of set: SQL, by keys: SQL = "") -> SQL {
    """
    SELECT sum(members)::bigint AS members, sha256(string_agg(digest, ''::bytea ORDER BY part)) AS digest\(sql: keys)
    FROM (
      SELECT get_byte(uuid_send(id), 0) AS part, count(*) AS members,
        sha256(string_agg(hash, ''::bytea ORDER BY id, place)) AS digest\(sql: keys)
      FROM (\(sql: set)) members GROUP BY get_byte(uuid_send(id), 0)\(sql: keys)) parts
    GROUP BY ()\(sql: keys) HAVING count(*) > 0
    """
  }
}
