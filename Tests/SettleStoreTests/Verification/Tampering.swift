import Foundation
import Postgres
import SettleModel
import SettleStore
import Testing

/// One way to change a store behind settle's back, as its owner could. Which row it falls on is the salt's choice.
struct Tampering: Sendable, CustomTestStringConvertible {
  var name: String
  var act: @Sendable (Session, String) throws -> Void

  var testDescription: String { name }

  init(_ name: String, _ act: @escaping @Sendable (Session, String) throws -> Void) {
    self.name = name
    self.act = act
  }

  /// A statement about one row of a table: `row(…)` picks it.
  init(_ name: String, _ statement: @escaping @Sendable (String) -> SQL) {
    self.init(name) { db, salt in
      guard try db.execute(statement(salt)) > 0 else { throw NothingToTamper(name: name) }
    }
  }

  struct NothingToTamper: Error {
    var name: String
  }

  /// Picks a row of `table` by the salt.
  static func row(_ table: SQL, _ salt: String, where condition: SQL = "true") -> SQL {
    """
    ctid = (SELECT ctid FROM \(sql: table) WHERE \(sql: condition) ORDER BY md5(ctid::text || \(salt)) LIMIT 1)
    """
  }

  static let all: [Tampering] =
    trail + seals + payments + attempts + cancellations + refunds + outcomes + matching + bank + reports + standing
    + decisions
}

// The trail.

extension Tampering {
  private static func entry(_ name: String, _ change: SQL) -> Tampering {
    Tampering("audit: \(name)") { salt in "UPDATE audit SET \(sql: change) WHERE \(sql: row("audit", salt))" }
  }

  static let trail: [Tampering] = [
    entry("another payment", "payment_id = md5(payment_id::text)::uuid"),
    entry("another number", "entry = entry + 100"),
    entry("another seal", "seal = seal + 1"),
    entry("another run", "token = token + 1"),
    entry("another time", "at = at + interval '1 microsecond'"),
    entry(
      "another kind", "kind = CASE kind WHEN 'attempt_declined' THEN 'attempt_succeeded' ELSE 'attempt_declined' END"),
    entry("another fact", "detail = detail || '{\"code\": \"other\"}'"),
    entry("one fact less", "detail = detail - (SELECT min(key) FROM jsonb_object_keys(detail) key)"),
    entry("another hash before", "previous = set_byte(previous, 31, get_byte(previous, 31) # 1)"),
    entry("another hash", "hash = set_byte(hash, 0, get_byte(hash, 0) # 1)"),
    Tampering("audit: an entry deleted") { salt in "DELETE FROM audit WHERE \(sql: row("audit", salt))" },
    Tampering("audit: a chain's tail cut") { salt in
      """
      DELETE FROM audit a USING (SELECT payment_id, entry FROM audit WHERE \(sql: row("audit", salt))) c
      WHERE a.payment_id = c.payment_id AND a.entry >= c.entry
      """
    },
    Tampering("audit: two entries swapped") { salt in
      """
      UPDATE audit a SET detail = b.detail, kind = b.kind, at = b.at, hash = b.hash, previous = b.previous FROM audit b
      WHERE a.payment_id = b.payment_id AND a.entry = 3 - b.entry AND a.entry <= 2 AND a.payment_id = (
        SELECT payment_id FROM audit WHERE entry = 2 ORDER BY md5(payment_id::text || \(salt)) LIMIT 1)
      """
    },
    forged("of the last run, not sealed", seal: "(SELECT max(seal) + 1 FROM audit_seals)", token: "e.token"),
    forged("of a run that never was", seal: "(SELECT max(seal) + 1 FROM audit_seals)", token: "e.token + 7"),
    forged("under the last seal", seal: "(SELECT max(seal) FROM audit_seals)", token: "e.token"),
    Tampering("audit: a chain written anew") { db, salt in try rewrite(db, salt) },
    Tampering("audit: everything written anew, seals too") { db, salt in
      try rewrite(db, salt)
      try resealAll(db)
    },
    Tampering("audit: the newest part gone, with its seal") { db, _ in
      try db.script(
        """
        DELETE FROM audit WHERE seal = (SELECT max(seal) FROM audit_seals);
        DELETE FROM file_digests WHERE seal = (SELECT max(seal) FROM audit_seals);
        DELETE FROM audit_seals WHERE seal = (SELECT max(seal) FROM audit_seals);
        UPDATE runs SET seal = NULL, seal_hash = NULL;
        """)
    },
  ]

  /// An entry after a chain's last, its hash as settle would make it.
  private static func forged(_ name: String, seal: SQL, token: SQL) -> Tampering {
    Tampering("audit: an entry forged \(name)") { salt in
      """
      INSERT INTO audit
      SELECT e.*, sha256(record_send(ROW(previous, payment_id, entry, seal, token, at, kind, detail::text)))
      FROM (
        SELECT e.payment_id, e.entry + 1 AS entry, \(sql: seal) AS seal, \(sql: token) AS token, e.at, e.kind,
          e.detail || '{"on": "2026-11-23"}' AS detail, e.hash AS previous
        FROM audit e WHERE \(sql: row("audit", salt, where: "entry = (SELECT max(entry) FROM audit l WHERE l.payment_id = audit.payment_id)"))
      ) e
      """
    }
  }

  /// Changes an entry and makes the chain consistent again.
  private static func rewrite(_ db: Session, _ salt: String) throws {
    _ = try db.execute(
      "UPDATE audit SET at = at + interval '1 hour' WHERE \(sql: row("audit", salt))")
    let most: Int32 = try db.first("SELECT max(entry) AS most FROM audit")?.get("most") ?? 0
    for entry in 1...most {
      _ = try db.execute(
        "UPDATE audit a SET previous = b.hash FROM audit b WHERE b.payment_id = a.payment_id AND b.entry = a.entry - 1 AND a.entry = \(entry)"
      )
      _ = try db.execute(
        """
        UPDATE audit SET hash = sha256(record_send(ROW(previous, payment_id, entry, seal, token, at, kind, detail::text)))
        WHERE entry = \(entry)
        """)
    }
  }
}

// The seals.

extension Tampering {
  private static func seal(_ name: String, _ change: SQL) -> Tampering {
    Tampering("seal: \(name)") { salt in "UPDATE audit_seals SET \(sql: change) WHERE \(sql: row("audit_seals", salt))"
    }
  }

  static let seals: [Tampering] = [
    seal("another number", "seal = seal + 100"), seal("another run", "run_id = gen_random_uuid()"),
    seal("another token", "token = token + 1"), seal("another time", "sealed_at = sealed_at + interval '1 second'"),
    seal("another last file", "last_file = last_file + 1"), seal("other counts", "entries = entries + 1"),
    seal("fewer chains", "chains = chains - 1"), seal("another trail", "trail = sha256(trail)"),
    seal("fewer files", "files = files + 1"), seal("other digests", "digests = sha256(digests)"),
    seal("another seal before", "previous = sha256(previous)"), seal("another hash", "hash = sha256(hash)"),
    seal("nothing that stood", "standing = CASE WHEN standing IS NULL THEN hash END"),
    Tampering("seal: deleted") { salt in "DELETE FROM audit_seals WHERE \(sql: row("audit_seals", salt))" },
    Tampering("seal: the journal's changed") { _ in "UPDATE runs SET seal_hash = repeat('0', 64)" },
    Tampering("digest: changed") { salt in
      "UPDATE file_digests SET digest = sha256(digest) WHERE \(sql: row("file_digests", salt))"
    },
    Tampering("digest: deleted") { salt in "DELETE FROM file_digests WHERE \(sql: row("file_digests", salt))" },
  ]

  /// Makes every seal anew over what there now is, and the journal with them.
  private static func resealAll(_ db: Session) throws {
    let seals = try db.query("SELECT run_id, sealed_at FROM audit_seals WHERE seal > 0 ORDER BY seal") { row in
      (run: try row.get("run_id") as UUID, at: try row.get("sealed_at") as Timestamp)
    }
    _ = try db.execute("DELETE FROM audit_seals WHERE seal > 0")
    for seal in seals {
      try db.finish(seal.run, exitStatus: 0, seal: try db.seal(run: seal.run, at: seal.at), at: seal.at)
    }
  }
}
