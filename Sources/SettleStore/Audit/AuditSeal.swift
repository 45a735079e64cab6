package import Foundation
package import Postgres
package import SettleModel

/// A hash over all that the trail says up to a run's end, so that whoever keeps this one number can prove later that
/// nothing was changed, left out or put in since.
package struct AuditSeal: Sendable, Equatable {
  package var number: Int64
  /// 64 hexadecimal digits.
  package var hash: String

  package init(number: Int64, hash: String) {
    self.number = number
    self.hash = hash
  }
}

extension Session {
  /// Seals what came since the last seal, of this run and of earlier ones that were killed before they could: the heads
  /// of all chains that grew, the digests of the files loaded, the decisions taken, and what stands. Where nothing
  /// came and nothing changed, the last seal stands.
  package func seal(run: UUID, at now: Timestamp) throws -> AuditSeal {
    let position = try auditPosition()
    _ = try execute(
      """
      INSERT INTO audit_seals (seal, run_id, token, sealed_at, last_file, chains, entries, trail, files, digests,
        previous, standing, hash)
      SELECT s.*, \(sql: AuditHash.seal)
      FROM (
        SELECT \(position.seal)::bigint AS seal, \(run)::uuid AS run_id, \(position.token)::bigint AS token,
          \(now)::timestamptz AS sealed_at, (SELECT coalesce(max(file_id), 0) FROM input_files) AS last_file,
          coalesce(c.chains, 0) AS chains, coalesce(c.entries, 0) AS entries, coalesce(c.trail, sha256('')) AS trail,
          coalesce(c.files, 0) AS files, coalesce(c.digests, sha256('')) AS digests, l.hash AS previous, n.standing
        FROM (SELECT \(sql: AuditHash.standing) AS standing) n
        JOIN audit_seals l ON l.seal = \(position.seal) - 1
        LEFT JOIN (\(sql: Self.sealed(where: "seal = \(position.seal)"))) c ON true
        WHERE c.seal IS NOT NULL OR n.standing <> coalesce(l.standing, \(sql: AuditHash.nothing))
      ) s
      """)
    guard let seal = try latestSeal() else { throw StoreError.noAnswer("audit_seals") }
    return seal
  }

  /// What each seal is made over, as `seal, chains, entries, trail, files, digests`, for the entries, file digests and
  /// decisions that a condition on their `seal` names. A run's decisions are in `digests`, beside those of its files.
  static func sealed(where condition: SQL) -> SQL {
    let heads: SQL = """
      SELECT DISTINCT ON (seal, payment_id) seal, payment_id AS id, 0 AS place, hash
      FROM audit WHERE \(sql: condition) ORDER BY seal, payment_id, entry DESC
      """
    let decided: SQL = "SELECT * FROM (\(sql: AuditHash.decisions)) c WHERE seal IS NOT NULL AND \(sql: condition)"
    return """
      SELECT coalesce(t.seal, f.seal, d.seal) AS seal, coalesce(t.chains, 0) AS chains, coalesce(t.entries, 0) AS entries,
        coalesce(t.trail, sha256('')) AS trail, coalesce(f.files, 0) AS files,
        CASE WHEN d.seal IS NULL THEN coalesce(f.digests, sha256(''))
          ELSE sha256(coalesce(f.digests, sha256('')) || d.digest) END AS digests
      FROM (
        SELECT h.seal, h.members AS chains, h.digest AS trail, n.entries
        FROM (\(sql: AuditHash.digest(of: heads, by: ", seal"))) h
        JOIN (SELECT seal, count(*) AS entries FROM audit WHERE \(sql: condition) GROUP BY seal) n ON n.seal = h.seal
      ) t
      FULL JOIN (
        SELECT seal, count(*) AS files, sha256(string_agg(
          sha256(record_send(ROW(file_id, fact, facts, digest))), ''::bytea ORDER BY file_id, fact)) AS digests
        FROM file_digests WHERE \(sql: condition) GROUP BY seal
      ) f ON f.seal = t.seal
      FULL JOIN (
        \(sql: AuditHash.digest(of: decided, by: ", seal"))
      ) d ON d.seal = coalesce(t.seal, f.seal)
      """
  }

  package func latestSeal() throws -> AuditSeal? {
    try first("SELECT seal, encode(hash, 'hex') AS hash FROM audit_seals ORDER BY seal DESC LIMIT 1").map { row in
      AuditSeal(number: try row.get("seal"), hash: try row.get("hash"))
    }
  }
}
