import Postgres
import SettleModel
import SettleStore
import SettleTesting
import Testing

/// Constraints, not code, keep the invariants: each of these statements is what a defect would try.
@Suite struct ConstraintsTests {
  struct Defect: Sendable, CustomStringConvertible {
    var description: String
    var statement: SQL
    var constraint: String

    init(_ description: String, _ constraint: String, _ statement: SQL) {
      self.description = description
      self.statement = statement
      self.constraint = constraint
    }
  }

  static let defects = [
    Defect(
      "a second open attempt", "one_open_attempt_per_payment",
      """
      INSERT INTO charge_attempts SELECT payment_id, attempt + 1, operation, 'other key', request_path, request_body,
        api_version, 'open', NULL, false, batch_id, token, business_date, created_at, NULL, NULL, NULL, key_expires_at
      FROM charge_attempts WHERE state = 'open'
      """),
    Defect(
      "a second successful attempt", "one_success_per_payment",
      """
      INSERT INTO charge_attempts SELECT payment_id, attempt + 1, operation, 'other key', request_path, request_body,
        api_version, state, NULL, false, batch_id, token, business_date, created_at, answered_at, NULL, NULL,
        key_expires_at
      FROM charge_attempts WHERE state = 'succeeded'
      """),
    Defect(
      "an open attempt with an answer", "an_answer_closes",
      "UPDATE charge_attempts SET answered_at = created_at WHERE state = 'open'"),
    Defect("a success without proof", "success_has_its_proof", "UPDATE payments SET state = 'SUCCEEDED', proof = NULL"),
    Defect(
      "a charge that is due after success", "nothing_is_due_after_success",
      "UPDATE payments SET charge_due_on = recorded_on WHERE state = 'SUCCEEDED'"),
    Defect(
      "a failure without its reason", "failure_has_its_reason",
      "UPDATE payments SET state = 'FAILED' WHERE state = 'REQUESTED'"),
    Defect("an amount of nothing", "payments_amount_check", "UPDATE payments SET amount = 0"),
    Defect("an unknown state", "payments_state_check", "UPDATE payments SET state = 'DONE' WHERE state = 'REQUESTED'"),
    Defect(
      "rows that are not accounted for", "every_row_is_accounted_for",
      "INSERT INTO input_files (sha256, name, bytes, layout, business_date, rows_read, rows_accepted, rows_quarantined, rows_ignored, loaded_at) VALUES (repeat('0', 64), 'x', 1, 'x', '2026-11-20', 3, 1, 1, 0, now())"
    ),
    Defect(
      "the same bytes again", "input_files_sha256_layout_key",
      "INSERT INTO input_files (sha256, name, bytes, layout, business_date, rows_read, rows_accepted, rows_quarantined, rows_ignored, loaded_at) SELECT sha256, name, bytes, layout, business_date, 0, 0, 0, 0, loaded_at FROM input_files LIMIT 1"
    ),
    Defect(
      "an outcome record that is used twice", "an_outcome_is_used_once",
      "INSERT INTO matches SELECT payment_id, outcome_id, outcome_id, kind, rule, amount, currency, business_date FROM matches"
    ),
    Defect(
      "a net that is not gross less fee", "net_is_gross_less_fee", "UPDATE outcome_records SET net = net + 1"),
    Defect(
      "a break that is resolved without saying how", "resolved_says_how", "UPDATE breaks SET status = 'resolved'"),
    Defect(
      "an outcome record that is taken twice", "outcome_keys_pkey",
      "INSERT INTO outcome_keys SELECT * FROM outcome_keys"),
    Defect("a second lease", "lease_only_row_check", "UPDATE lease SET only_row = false"),
  ]

  @Test(arguments: defects)
  func theDatabaseRefuses(_ defect: Defect) async throws {
    try await Story.tell { story in
      try await story.authorize(.order("A", 1_000), .order("B", 1_000))
      try await story.claim()
      try await story.charged("A")
      try await story.report(.charge("A", 1_000), .charge("X", 1_000))
      try await story.reconcile()
      let error = await #expect(throws: PostgresError.self) {
        try await story.write { _ = try $0.execute(defect.statement) }
      }
      #expect(error?.constraint == defect.constraint)
    }
  }
}
