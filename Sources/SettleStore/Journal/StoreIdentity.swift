package import Postgres
package import SettleModel

/// Why the processor may have charged what this store does not know of. Stored spellings are never reused.
package enum StoreDoubt: String, Sendable, CaseIterable, SQLEncodable, SQLDecodable {
  /// This store has only now met its processor account: it may be a lost one's successor.
  case newStore = "new_store"
  /// The store is in another database than before: a dump that was restored, a recovery to an earlier time, a standby.
  case otherDatabase = "other_database"
  /// The processor's newest charges name attempts that this store does not know.
  case olderThanProcessor = "older_than_processor"

  /// What a person is told.
  package var sentence: String {
    switch self {
    case .newStore: "this store meets its processor account for the first time"
    case .otherDatabase:
      "this store is in another database than before (restored from a dump, recovered to an earlier time, or promoted)"
    case .olderThanProcessor:
      "this store is older than the processor: it was restored from before charges that the processor has made"
    }
  }
}

extension Session {
  /// How long after a restore it stays in doubt: files that were loaded before it may be put back only days later, and
  /// their keys are forgotten at the processor by then.
  static let doubtAfterRestore: Duration = .seconds(7 * 86_400)

  /// Makes the store belong to one processor account and mode for ever.
  ///
  /// Throws ``StoreError/foreignAccount(kept:processor:found:foundProcessor:)`` where it belongs to another: its
  /// idempotency keys would mean nothing there, and every payment would be charged again.
  package func bind(to account: ProcessorAccount, of processor: String) throws {
    // In doubt from its first moment, so that a run which dies before it has looked leaves the doubt behind.
    _ = try execute(
      """
      INSERT INTO store_identity (processor, account, live, doubted_since, doubted_why)
      VALUES (\(processor), \(account.id), \(account.live), now(), \(StoreDoubt.newStore))
      ON CONFLICT (only_row) DO NOTHING
      """)
    guard let row = try first("SELECT processor, account, live FROM store_identity") else {
      throw StoreError.noAnswer("store_identity")
    }
    let kept = ProcessorAccount(id: try row.get("account"), live: try row.get("live"))
    let keptProcessor: String = try row.get("processor")
    guard kept == account, keptProcessor == processor else {
      throw StoreError.foreignAccount(
        kept: kept, processor: keptProcessor, found: account, foundProcessor: processor)
    }
  }

  /// Compares the database with the one that the store remembers, and remembers this one. Returns why the processor
  /// may know more than the store, or nil where nothing says so.
  ///
  /// The doubt is stored with the new identity in one transaction, and outlives a run that dies before it has looked.
  package func recogniseDatabase(at now: Timestamp) throws -> StoreDoubt? {
    guard
      let row = try first(
        """
        SELECT system_identifier, timeline, database_oid, database_name, doubted_why FROM store_identity FOR UPDATE
        """)
    else { throw StoreError.noAnswer("store_identity") }
    let remembered = DatabaseIdentity(
      system: try row.get("system_identifier"), timeline: try row.get("timeline"), oid: try row.get("database_oid"),
      name: try row.get("database_name"))
    var found = try databaseIdentity()
    let moved = found.contradicts(remembered)
    // What cannot be read now is still what it was, unless the rest says that this is another database.
    if !moved {
      (found.system, found.timeline) = (found.system ?? remembered.system, found.timeline ?? remembered.timeline)
    }
    if found != remembered {
      _ = try execute(
        """
        UPDATE store_identity SET system_identifier = \(found.system), timeline = \(found.timeline),
          database_oid = \(found.oid), database_name = \(found.name)
        """)
    }
    if moved { try doubt(.otherDatabase, at: now) }
    return moved ? .otherDatabase : try row.get("doubted_why")
  }

  /// Everything due is looked up before it is charged, from now on and for some days.
  package func doubt(_ why: StoreDoubt, at now: Timestamp) throws {
    _ = try execute(
      """
      UPDATE store_identity SET doubted_since = coalesce(doubted_since, \(now)), doubted_why = \(why),
        doubted_until = \(now.adding(Self.doubtAfterRestore))
      """)
  }

  /// A new store's processor account knows payments already: it may be the successor of a store that was lost, whose files
  /// may come back only days later. So its doubt lasts as long as after a restore.
  package func prolongDoubt(at now: Timestamp) throws {
    _ = try execute(
      """
      UPDATE store_identity SET doubted_until = \(now.adding(Self.doubtAfterRestore))
      WHERE doubted_why = \(StoreDoubt.newStore) AND doubted_until IS NULL
      """)
  }

  /// Everything due has been looked up: the doubt ends, after a restore not before its time.
  package func endDoubt(at now: Timestamp) throws {
    _ = try execute(
      """
      UPDATE store_identity SET doubted_since = NULL, doubted_why = NULL, doubted_until = NULL
      WHERE doubted_since IS NOT NULL AND (doubted_until IS NULL OR doubted_until <= \(now))
      """)
  }
}
