import Postgres
import SettleModel
import SettleTesting
import Testing

@testable import SettleStore

/// The migration finds refunds of every kind in a store that has worked before.
@Suite struct RefundMigrationTests {
  @Test func aStoreThatHoldsRefundsKeepsWhatItKnew() async throws {
    let owner = Pool(try await TestCluster.database(), size: 1)
    let rows = try await owner.transaction { db in
      _ = try db.execute(
        "CREATE TABLE migrations (name text PRIMARY KEY, checksum text NOT NULL, applied_at timestamptz DEFAULT now())")
      for migration in Migrator().migrations where migration.name < "0007" {
        try db.script(migration.text)
        _ = try db.execute("INSERT INTO migrations VALUES (\(migration.name), \(migration.checksum))")
      }
      try db.script(Self.refunds)
      #expect(try Migrator().migrate(db).contains("0007_refunds"))
      return try db.query(
        """
        SELECT concat_ws(' ', idempotency_key, coalesce(processor_state, '-'), coalesce(unknown_on::text, '-'),
          coalesce(answered_on::text, '-'), coalesce(processed_on::text, '-'), coalesce(failed_on::text, '-'),
          key_expires_at - requested_at) AS row
        FROM refunds ORDER BY idempotency_key
        """
      ) { try $0.get("row") as String }
        + db.query("SELECT concat_ws(' ', processor_charge, captured, refund_reserved) AS row FROM charge_allowances") {
          try $0.get("row") as String
        }
    }
    await owner.close()
    #expect(
      rows == [
        "failed-later failed - 2026-11-20 2026-11-21 2026-11-25 23:00:00",
        "pending pending - 2026-11-20 - - 23:00:00", "processed succeeded - 2026-11-20 2026-11-22 - 23:00:00",
        "refused - - 2026-11-20 - 2026-11-20 23:00:00", "unknown - 2026-11-20 - - - 23:00:00", "ch_A 300 300",
      ])
  }

  private static let refunds = """
    INSERT INTO payments (payment_id, merchant, processor, order_reference, order_id, amount, currency, recorded_on,
      recorded_at)
    VALUES (md5('p')::uuid, 'm', 'stripe', 'A', md5('o')::uuid, 1000, 'USD', '2026-11-20', '2026-11-20');
    INSERT INTO breaks (payment_id, break_id, reason, status, first_seen, resolved_on, resolution)
    VALUES (md5('p')::uuid, md5('failed-later')::uuid, 'amount_mismatch', 'resolved', '2026-11-20', '2026-11-21',
      'refunded');
    INSERT INTO refunds (payment_id, refund_id, break_id, processor_charge, amount, currency, reason, rule,
      idempotency_key, request_path, request_body, api_version, token, requested_at, requested_on, state, unknown_why,
      processor_refund, failure, processed_at, failed_at, finished_on)
    SELECT md5('p')::uuid, md5('r' || k)::uuid, md5(k)::uuid, 'ch_A', 100, 'USD', 'amount_mismatch', 'x', k, 'p', 'b',
      'v', 0, '2026-11-20', '2026-11-20', s, u, re, f, p::timestamptz, e::timestamptz, d::date
    FROM (VALUES
      ('processed', 'PROCESSED', NULL, 're_1', NULL, '2026-11-22', NULL, '2026-11-22'),
      ('failed-later', 'FAILED', NULL, 're_2', 'lost', '2026-11-21', '2026-11-25', '2026-11-25'),
      ('pending', 'REQUESTED', NULL, 're_3', NULL, NULL, NULL, NULL),
      ('unknown', 'REQUESTED', 'reset', NULL, NULL, NULL, NULL, NULL),
      ('refused', 'FAILED', NULL, NULL, 'charge_disputed', NULL, '2026-11-20', '2026-11-20')
    ) v (k, s, u, re, f, p, e, d);
    """
}
