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

  /// A seal, as `s`.
  static let seal: SQL = """
    sha256(record_send(ROW(s.previous, s.seal, s.run_id, s.token, s.sealed_at, s.last_file, s.chains, s.entries, s.trail,
      s.files, s.digests)))
    """

  /// A file, as `f`.
  static let file: SQL = """
    sha256(record_send(ROW(f.file_id, f.sha256, f.name, f.bytes, f.layout, f.business_date, f.rows_read, f.rows_accepted,
      f.rows_quarantined, f.rows_ignored, f.loaded_at)))
    """

  /// One version of an outcome record, as `o`: all but which payment it is linked to, which may be learned later.
  static let outcome: SQL = """
    sha256(record_send(ROW(o.outcome_id, o.version, o.kind, o.reported, o.processor, o.row_id, o.occurred_at,
      o.available_on, o.gross, o.fee, o.net, o.currency, o.compared_amount, o.compared_currency, o.claimed_payment,
      o.claimed_order, o.order_reference, o.refund_id, o.processor_payment, o.processor_charge, o.processor_refund,
      o.processor_dispute, o.payout, o.reason, o.business_date, o.file_id, o.line)))
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
