package import SettleModel

/// What went wrong with the store itself, and what the operator does next.
package enum StoreError: Error, CustomStringConvertible, Equatable {
  /// A currency that this version of settle does not know: the store was written by a newer one.
  case unknownCurrency(String)
  case notMigrated(missing: [String])
  case migratedByANewerVersion(unknown: [String])
  case changedMigration(String)
  case leaseHeld(by: String, until: Timestamp)
  case leaseLost(String)
  /// The lease may have lapsed because the database was away: nothing may be sent until it is renewed.
  case leaseNotRenewed(String)
  /// The database is a standby: a mistake in the settings.
  case standby
  /// A primary that takes no writes for now.
  case readOnly
  case foreignAccount(kept: ProcessorAccount, processor: String, found: ProcessorAccount, foundProcessor: String)
  case unbalanced(String)
  /// A statement that always gives a row gave none.
  case noAnswer(String)

  package var description: String {
    switch self {
    case .unknownCurrency(let code):
      "the store holds the currency \(code), which this version of settle does not know: run the version that wrote it"
    case .notMigrated(let missing) where missing.count == 1:
      "the store lacks the migration \(missing[0]): run `settle db migrate`"
    case .notMigrated(let missing):
      "the store lacks \(missing.count) migrations (first: \(missing.first ?? "none")): run `settle db migrate`"
    case .migratedByANewerVersion(let unknown):
      "the store was migrated by a newer settle (\(unknown.joined(separator: ", "))): run that version"
    case .changedMigration(let name):
      "migration \(name) was applied with other contents than this version carries: restore the version that applied it"
    case .leaseHeld(let holder, let until):
      "another run holds the store (\(holder), until \(until)): try again later; `settle status` shows it"
    case .leaseLost(let why):
      "this run lost its lease and wrote nothing after that: \(why); run `settle run` again, it goes on where this ended"
    case .leaseNotRenewed(let why):
      "the database could not be asked to renew this run's lease, so nothing more was sent (\(why)): "
        + "start it, or check DATABASE_URL, and run this again; it goes on where this ended"
    case .standby: "this database is a standby, which can only be read: name the primary in DATABASE_URL"
    case .readOnly:
      "this database can only be read now (default_transaction_read_only is on): make it writable, and run this again"
    case .foreignAccount(let kept, let processor, let found, let foundProcessor):
      "this store belongs to \(processor) account \(kept.id) (\(kept.live ? "live" : "test")), the key to "
        + "\(foundProcessor) account \(found.id) (\(found.live ? "live" : "test")): "
        + "use the other key, or another database for the other account"
    case .noAnswer(let what):
      "the database gave no row for \(what), which is a defect of settle"
    case .unbalanced(let what):
      "the totals do not balance, which is a defect of settle: \(what)"
    }
  }
}
