package import Postgres

/// One thing that must hold over the whole store, and how to see that it does.
package struct StoreCheck: Sendable {
  /// As `settle verify --json` names it. Never reused.
  package var name: String
  /// What holds, in one sentence.
  package var says: String
  /// What an operator does where it does not hold.
  package var remedy: String
  /// How many things are looked at: one row, `things`.
  var counted: SQL
  /// The things for which it does not hold: rows of one text, `subject`, which names a payment, a file, a seal, …
  var wrong: SQL

  /// In the order in which they are told: first the trail itself, then what it speaks of, then the money.
  package static var all: [StoreCheck] {
    [
      chains, seals, standing, fileDigests, attempts, cancellations, payments, refunds, breaks, decisions, messages,
      oneSuccess, allowances, files, outcomes, matches, carried, explained, variances, totals, payouts, statements,
      bankMatches,
      arrivals,
      editions,
    ]
  }
}

/// What a check has found.
package struct CheckResult: Sendable, Equatable {
  package var name: String
  package var says: String
  package var remedy: String
  package var counted: Int64
  package var wrong: Int64
  /// The first few subjects, in order.
  package var examples: [String]
  /// What a person should know though it is no fault.
  package var note: String?

  package var holds: Bool { wrong == 0 }

  package init(
    name: String, says: String, remedy: String, counted: Int64, wrong: Int64, examples: [String], note: String? = nil
  ) {
    self.name = name
    self.says = says
    self.remedy = remedy
    self.counted = counted
    self.wrong = wrong
    self.examples = examples
    self.note = note
  }
}

extension Session {
  /// Makes the session's open transaction one look at the store: what runs write meanwhile is not seen, and nothing can
  /// be written. To be called before anything else in it.
  package func lookOnly() throws {
    _ = try execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
    // Statements over whole tables: where they need order, on disk.
    _ = try execute("SET LOCAL work_mem = '32MB'")
    _ = try execute("SET LOCAL jit = off")
  }

  /// Looks at the whole store, in constant memory.
  package func verify(_ check: StoreCheck) throws -> CheckResult {
    let row = try first(
      """
      WITH wrong AS (\(sql: check.wrong))
      SELECT (\(sql: check.counted)) AS things, (SELECT count(DISTINCT subject) FROM wrong) AS wrong,
        ARRAY(SELECT DISTINCT subject FROM wrong ORDER BY subject LIMIT 5) AS examples
      """)
    guard let row else { throw StoreError.noAnswer(check.name) }
    var result = CheckResult(
      name: check.name, says: check.says, remedy: check.remedy, counted: try row.get("things"),
      wrong: try row.get("wrong"), examples: try row.get("examples"))
    if check.name == StoreCheck.seals.name { result.note = try unsealedNote() }
    return result
  }

  /// Whether seals that were written down elsewhere are seals of this store. It finds what no look at the store alone
  /// can: that all of it was written anew, or that its newest part is gone.
  package func verify(kept seals: [(source: String, seal: AuditSeal)]) throws -> CheckResult {
    let wrong = try seals.filter { kept in
      let found: String? = try first(
        "SELECT encode(hash, 'hex') AS hash FROM audit_seals WHERE seal = \(kept.seal.number)")?.get("hash")
      return found != kept.seal.hash
    }
    return CheckResult(
      name: "kept_seals", says: "each seal that was kept outside the store is one of its seals",
      remedy: "the store is not the one that these runs wrote: it was rewritten, cut short or restored;"
        + " restore a later backup, or find out who changed it",
      counted: Int64(seals.count), wrong: Int64(wrong.count),
      examples: wrong.prefix(5).map { "\($0.source): seal \($0.seal.number)" })
  }

  private func unsealedNote() throws -> String? {
    let entries: Int64 =
      try first("SELECT count(*) AS entries FROM audit WHERE seal > (SELECT max(seal) FROM audit_seals)")?
      .get("entries") ?? 0
    guard entries > 0 else { return nil }
    return "\(entries) \(entries == 1 ? "entry is" : "entries are") not sealed yet: the next run's end does it"
  }
}
