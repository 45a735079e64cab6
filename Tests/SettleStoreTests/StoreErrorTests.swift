import SettleModel
import Testing

@testable import SettleStore

@Suite struct StoreErrorTests {
  static let live = ProcessorAccount(id: "acct_1", live: true)
  static let test = ProcessorAccount(id: "acct_2", live: false)

  static let messages: [(StoreError, String)] = [
    (
      .unknownCurrency("QQQ"),
      "the store holds the currency QQQ, which this version of settle does not know: run the version that wrote it"
    ),
    (
      .notMigrated(missing: ["0002_payments", "0003_outcomes"]),
      "the store lacks 2 migrations (first: 0002_payments): run `settle db migrate`"
    ),
    (.notMigrated(missing: ["0002_payments"]), "the store lacks the migration 0002_payments: run `settle db migrate`"),
    (
      .migratedByANewerVersion(unknown: ["0098_more", "0099_most"]),
      "the store was migrated by a newer settle (0098_more, 0099_most): run that version"
    ),
    (
      .changedMigration("0002_payments"),
      "migration 0002_payments was applied with other contents than this version carries: restore the version that "
        + "applied it"
    ),
    (
      .leaseHeld(by: "nightly on host, process 7", until: Timestamp(seconds: 1_795_161_900)),
      "another run holds the store (nightly on host, process 7, until 2026-11-20T08:05:00Z): try again later; "
        + "`settle status` shows it"
    ),
    (
      .leaseLost("another run has taken over"),
      "this run lost its lease and wrote nothing after that: another run has taken over; run `settle run` again, it "
        + "goes on where this ended"
    ),
    (
      .foreignAccount(kept: live, processor: "stripe", found: test, foundProcessor: "other"),
      "this store belongs to stripe account acct_1 (live), the key to other account acct_2 (test): use the other key, "
        + "or another database for the other account"
    ),
    (
      .leaseNotRenewed("connection refused"),
      "the database could not be asked to renew this run's lease, so nothing more was sent (connection refused): start "
        + "it, or check DATABASE_URL, and run this again; it goes on where this ended"
    ),
    (.standby, "this database is a standby, which can only be read: name the primary in DATABASE_URL"),
    (
      .readOnly,
      "this database can only be read now (default_transaction_read_only is on): make it writable, and run this again"
    ),
    (.noAnswer("nextval"), "the database gave no row for nextval, which is a defect of settle"),
    (
      .unbalanced("expected USD: the buckets hold 1 item and 1000 minor units too many"),
      "the totals do not balance, which is a defect of settle: expected USD: the buckets hold 1 item and 1000 minor "
        + "units too many"
    ),
  ]

  @Test(arguments: messages)
  func saysWhatTheOperatorDoesNext(error: StoreError, text: String) {
    #expect(error.description == text)
  }

  /// The compiler asks here for a new error, whose text then belongs into the table.
  @Test func theTableHasEveryError() {
    let kinds = Set(
      Self.messages.map { error, _ in
        switch error {
        case .unknownCurrency: 0
        case .notMigrated: 1
        case .migratedByANewerVersion: 2
        case .changedMigration: 3
        case .leaseHeld: 4
        case .leaseLost: 5
        case .foreignAccount: 6
        case .unbalanced: 7
        case .noAnswer: 8
        case .leaseNotRenewed: 9
        case .standby: 10
        case .readOnly: 11
        }
      })
    #expect(kinds == Set(0...11))
  }
}
