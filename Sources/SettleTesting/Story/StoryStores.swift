import Postgres
import SettleStore

/// A few stores that stories use one after another: emptying one is much faster than making another, and each has
/// connections of its own, of which the server has so many.
actor StoryStores {
  static let shared = StoryStores(most: 5)

  private let most: Int
  private var made = 0
  private var idle: [Store] = []
  private var waiting: [CheckedContinuation<Void, Never>] = []

  init(most: Int) { self.most = most }

  /// An empty store. It is to be given back.
  func take() async throws -> Store {
    while true {
      if let store = idle.popLast() { return store }
      guard made == most else { break }
      await withCheckedContinuation { waiting.append($0) }
    }
    made += 1
    do { return try await Store.test() } catch {
      discard()
      throw error
    }
  }

  func giveBack(_ store: Store) async {
    do {
      try await store.forget()
      idle.append(store)
      wake()
    } catch {
      // Whatever was done to it, the next story gets a new one.
      await store.close()
      discard()
    }
  }

  private func discard() {
    made -= 1
    wake()
  }

  private func wake() { if !waiting.isEmpty { waiting.removeFirst().resume() } }
}

extension Store {
  /// Deletes every row but those of the migrations and of the reference tables, and sets the lease and all counters
  /// back.
  func forget() async throws {
    let owner = try await Connection.open(settings)
    try await owner.transaction { db in
      // In this order for the sake of foreign keys; faster than TRUNCATE where there are few rows.
      for table in [
        "audit", "file_digests", "decisions", "refunds", "charge_allowances", "refund_days", "cancellations",
        "charge_attempts",
        "charge_batches", "payment_references", "instrument_changes",
        "outbox", "event_sequence", "payments",
        "quarantine", "input_files", "outcome_keys", "outcome_records", "outcome_versions", "matches", "former_matches",
        "carried", "sweeps",
        "breaks",
        "bank_match_lines", "bank_match_payouts", "bank_matches", "payouts", "bank_statement_lines", "bank_lines",
        "bank_statements",
        "arrivals", "processor_batches", "missing_files", "edition_chunks", "report_editions",
        "published_reports",
        "stage_runs", "runs", "store_identity", "lease",
      ] { _ = try db.execute("DELETE FROM \(identifier: table)") }
      // Seal 0 says where the trail begins, and is the migration's.
      _ = try db.execute("DELETE FROM audit_seals WHERE seal > 0")
      try db.script(
        """
        INSERT INTO lease (token) VALUES (0);
        ALTER TABLE input_files ALTER file_id RESTART;
        ALTER TABLE charge_batches ALTER batch_id RESTART;
        ALTER SEQUENCE changes RESTART
        """)
    }
    await owner.close()
  }
}
