import Postgres
import SettleModel
import SettleStore
import SettleTesting
import Testing

/// What the database itself refuses: to a run, which steps into the writer's role, and to whoever only looks.
@Suite struct RolesTests {
  static let tables = [
    "store_identity", "lease", "runs", "stage_runs", "input_files", "quarantine", "charge_batches", "payments",
    "payment_references", "charge_attempts", "cancellations", "refunds", "charge_allowances", "refund_days", "outbox",
    "event_sequence", "outcome_keys", "outcome_records", "outcome_versions", "matches", "breaks", "currencies",
    "migrations", "audit", "audit_seals", "file_digests", "payouts", "bank_statements", "bank_lines", "bank_matches",
    "bank_match_lines", "bank_match_payouts", "arrivals", "processor_batches", "missing_files", "report_editions",
    "edition_chunks", "decisions", "instrument_changes", "bank_statement_lines", "former_matches",
    "published_reports", "sweeps", "carried",
  ]
  /// What is written once: audit trails, decisions and messages.
  static let onceOnly = [
    "quarantine", "outbox", "event_sequence", "outcome_versions", "charge_batches", "input_files", "audit",
    "audit_seals", "file_digests", "bank_statements", "bank_lines", "arrivals", "processor_batches", "report_editions",
    "edition_chunks", "decisions", "instrument_changes", "bank_statement_lines", "former_matches", "sweeps", "carried",
  ]
  /// What only the owner writes, who migrates.
  static let given = ["migrations", "currencies"]
  /// An orphan moves to its payment, and a payout that changes is matched anew: their old rows go. What is settled is
  /// carried no more.
  static let moved = [
    "outcome_records", "matches", "breaks", "bank_matches", "bank_match_lines", "bank_match_payouts", "sweeps",
    "carried",
  ]

  /// Whether a statement is refused for want of a right. It is rolled back in any case.
  private func refused(_ statement: SQL, to role: String, in store: Store) async throws -> Bool {
    do {
      _ = try await store.pool.rolledBack { db in
        _ = try db.execute("SET LOCAL ROLE \(identifier: role)")
        _ = try db.execute(statement)
      }
      return false
    } catch SQLState.insufficientPrivilege {
      return true
    }
  }

  @Test func theListKnowsEveryTable() async throws {
    try await Story.tell { story in
      let known = try await story.fingerprint().keys.sorted()
      #expect(known == Self.tables.sorted())
    }
  }

  @Test func aRunIsTheWriter() async throws {
    try await Story.tell { story in
      #expect(try await story.store.rows("SELECT current_user::text") == ["settle_writer"])
      let health = try await story.read { try $0.writerHealth() }
      #expect((health.exists, health.isMember) == (true, true))
      #expect(health.missing == [])
      #expect(health.excessive == [])
    }
  }

  @Test(arguments: tables)
  func theWriterDeletesOnlyWhatMoves(table: String) async throws {
    try await Story.tell { story in
      let isRefused = try await refused("DELETE FROM \(identifier: table)", to: "settle_writer", in: story.store)
      #expect(isRefused == !Self.moved.contains(table))
      #expect(try await refused("TRUNCATE \(identifier: table) CASCADE", to: "settle_writer", in: story.store))
      #expect(try await refused("DROP TABLE \(identifier: table) CASCADE", to: "settle_writer", in: story.store))
    }
  }

  @Test(arguments: given)
  func theWriterTakesWhatTheOwnerGives(table: String) async throws {
    try await Story.tell { (story) async throws in
      #expect(
        try await refused(
          "INSERT INTO \(identifier: table) DEFAULT VALUES", to: "settle_writer", in: story.store))
      #expect(try await !refused("SELECT 1 FROM \(identifier: table)", to: "settle_writer", in: story.store))
    }
  }

  /// `settle doctor` looks at every table that a migration makes, its own list of migrations too.
  @Test(arguments: given)
  func aRightTooManyIsSeen(table: String) async throws {
    try await Story.tell { (story) async throws in
      let owner = Pool(story.store.settings, size: 1, prepare: nil)
      let excessive = try await owner.rolledBack { db in
        _ = try db.execute("GRANT INSERT, UPDATE ON \(identifier: table) TO settle_writer")
        return try db.writerHealth().excessive
      }
      await owner.close()
      #expect(excessive == ["INSERT on \(table)", "UPDATE on \(table)"])
    }
  }

  @Test(arguments: onceOnly + given)
  func theWriterNeverChangesWhatIsWrittenOnce(table: String) async throws {
    try await Story.tell { story in
      let column = try await story.store.rows(
        """
        SELECT column_name::text FROM information_schema.columns
        WHERE table_name = \(table) AND is_identity = 'NO' ORDER BY ordinal_position LIMIT 1
        """)[0]
      #expect(
        try await refused(
          "UPDATE \(identifier: table) SET \(identifier: column) = \(identifier: column)", to: "settle_writer",
          in: story.store))
    }
  }

  @Test(arguments: tables)
  func theReaderOnlyLooks(table: String) async throws {
    try await Story.tell { (story) async throws in
      let store = story.store
      for statement: SQL in [
        "DELETE FROM \(identifier: table)", "TRUNCATE \(identifier: table) CASCADE",
        "INSERT INTO \(identifier: table) DEFAULT VALUES",
      ] {
        #expect(try await refused(statement, to: "settle_reader", in: store))
      }
      #expect(try await !refused("SELECT 1 FROM \(identifier: table)", to: "settle_reader", in: store))
    }
  }
}
