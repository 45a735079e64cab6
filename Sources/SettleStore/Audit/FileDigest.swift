import Postgres
import SettleModel

/// What a file brought, in one hash: authorizations and outcome records come in millions, and an entry of the trail for
/// each would cost more than loading them. Stored spellings are never reused.
enum FileFact: String, SQLEncodable {
  /// The file itself: its bytes, and what became of its rows.
  case file
  /// The payments that it made.
  case payments
  /// The payment methods and holds that it changed.
  case instruments
  /// The outcome records that it brought first.
  case outcomes
  /// The outcome records of which it brought a later version.
  case revisions
  /// The bank lines that it brought first.
  case bankLines = "bank_lines"
  case bankStatements = "bank_statements"
}

extension Session {
  /// Keeps the digest of the file's own row.
  func digestFile(_ fileID: Int64) throws {
    let seal = try auditPosition().seal
    _ = try execute(
      """
      INSERT INTO file_digests (file_id, fact, facts, digest, seal)
      SELECT f.file_id, \(FileFact.file), 1, \(sql: AuditHash.file), \(seal) FROM input_files f WHERE f.file_id = \(fileID)
      """)
  }

  /// Hashes the facts that a statement writes, in constant memory, and keeps the digest. Returns how many there were.
  ///
  /// - Parameter facts: gives `id` (a UUID), `place` (which of several of one id) and `hash`; it may be an INSERT that
  ///   returns these.
  func digest(_ fact: FileFact, of fileID: Int64, _ facts: SQL) throws -> Int64 {
    let seal = try auditPosition().seal
    return try first(
      """
      WITH made AS (
        \(sql: facts)
      )
      INSERT INTO file_digests (file_id, fact, facts, digest, seal)
      SELECT \(fileID), \(fact), d.members, d.digest, \(seal)
      FROM (\(sql: AuditHash.digest(of: "SELECT id, place, hash FROM made"))) d
      RETURNING facts
      """)?.get("facts") ?? 0
  }
}
