import Postgres
import SettleStore

// The money's own tables.

extension Tampering {
  static func changed(_ table: String, _ name: String, _ change: SQL, where condition: SQL = "true")
    -> Tampering
  {
    Tampering("\(table): \(name)") { salt in
      "UPDATE \(identifier: table) SET \(sql: change) WHERE \(sql: row("\(identifier: table)", salt, where: condition))"
    }
  }

  static func deleted(_ table: String, where condition: SQL = "true") -> Tampering {
    Tampering("\(table): a row deleted") { salt in
      "DELETE FROM \(identifier: table) WHERE \(sql: row("\(identifier: table)", salt, where: condition))"
    }
  }

  static let payments: [Tampering] = [
    changed("payments", "another amount", "amount = amount + 1"),
    changed("payments", "another currency", "currency = 'EUR'"),
    changed("payments", "another order", "order_reference = order_reference || 'x'"),
    changed("payments", "another merchant", "merchant = 'other'"),
    changed("payments", "another date", "recorded_on = recorded_on + 1"),
    changed("payments", "one attempt more", "attempts = attempts + 1"),
    changed(
      "payments", "failed after all",
      """
      state = 'FAILED', proof = NULL, succeeded_at = NULL, failed_at = recorded_at, failure_reason = 'CARD_DECLINED'
      """, where: "state = 'SUCCEEDED'"),
    changed(
      "payments", "as if never tried", "state = 'REQUESTED', proof = NULL, succeeded_at = NULL",
      where: "state <> 'REQUESTED'"),
    changed(
      "payments", "succeeded by an answer",
      "state = 'SUCCEEDED', succeeded_at = recorded_at, proof = 'answer', charge_due_on = NULL",
      where: "state <> 'SUCCEEDED'"),
    changed(
      "payments", "succeeded by a file",
      "state = 'SUCCEEDED', succeeded_at = recorded_at, proof = 'outcome', charge_due_on = NULL",
      where: "state <> 'SUCCEEDED'"),
    changed("instrument_changes", "another method", "payment_method = 'pm_mine'"),
    changed("instrument_changes", "another line", "line = line + 1"), deleted("instrument_changes"),
    changed(
      "payments", "another charge", "processor_charge = 'ch_mine'", where: "state = 'SUCCEEDED' AND attempts > 0"),
    Tampering("payments: a row deleted, with all that hangs off it") { db, salt in
      _ = try db.execute(
        "CREATE TEMPORARY TABLE victim ON COMMIT DROP AS SELECT payment_id FROM payments WHERE \(sql: row("payments", salt))"
      )
      try db.script(
        """
        DELETE FROM charge_attempts WHERE payment_id IN (TABLE victim);
        DELETE FROM cancellations WHERE payment_id IN (TABLE victim);
        DELETE FROM instrument_changes WHERE payment_id IN (TABLE victim);
        DELETE FROM charge_allowances WHERE payment_id IN (TABLE victim);
        DELETE FROM refunds WHERE payment_id IN (TABLE victim);
        DELETE FROM matches WHERE payment_id IN (TABLE victim);
        DELETE FROM breaks WHERE payment_id IN (TABLE victim);
        DELETE FROM audit WHERE payment_id IN (TABLE victim);
        DELETE FROM payments WHERE payment_id IN (TABLE victim);
        """)
    },
    Tampering("payments: a row put in") { salt in
      """
      INSERT INTO payments (payment_id, merchant, processor, order_reference, order_id, amount, currency, recorded_on,
        recorded_at, file_id, line)
      SELECT md5(payment_id::text)::uuid, merchant, processor, order_reference || 'x', order_id, amount, currency,
        recorded_on, recorded_at, CASE WHEN \(salt) LIKE '%0' THEN NULL ELSE file_id END, line
      FROM payments WHERE \(sql: row("payments", salt))
      """
    },
  ]

  static let attempts: [Tampering] = [
    changed("charge_attempts", "another key", "idempotency_key = idempotency_key || 'x'"),
    changed("charge_attempts", "another request", "request_body = request_body || ' '"),
    changed("charge_attempts", "another code", "code = coalesce(code, '') || 'x'"),
    changed(
      "charge_attempts", "declined after all", "state = 'declined', answered_at = created_at",
      where: "state <> 'declined'"),
    changed("charge_attempts", "stored later", "created_at = created_at + interval '1 day'"),
    changed("charge_attempts", "a longer life of its key", "key_expires_at = key_expires_at + interval '1 day'"),
    changed("charge_attempts", "open again", "state = 'open', answered_at = NULL", where: "state <> 'open'"),
    deleted("charge_attempts"),
    Tampering("charge_attempts: a row put in") { salt in
      """
      INSERT INTO charge_attempts (payment_id, attempt, operation, idempotency_key, request_path, request_body,
        api_version, state, batch_id, token, business_date, created_at, answered_at, key_expires_at)
      SELECT payment_id, attempt + 50, operation, idempotency_key || 'x', request_path, request_body, api_version,
        'superseded', batch_id, token, business_date, created_at, created_at, key_expires_at
      FROM charge_attempts WHERE \(sql: row("charge_attempts", salt))
      """
    },
  ]

  static let cancellations: [Tampering] = [
    changed("cancellations", "another key", "idempotency_key = idempotency_key || 'x'"),
    changed("cancellations", "another request", "request_path = request_path || 'x'"),
    changed("cancellations", "of another processor payment", "processor_payment = processor_payment || 'x'"),
    changed(
      "cancellations", "canceled after all", "state = 'canceled', answered_at = created_at, unknown_why = NULL",
      where: "state <> 'canceled'"),
    changed(
      "cancellations", "refused after all", "state = 'refused', code = 'x', answered_at = created_at",
      where: "state <> 'refused'"),
    changed(
      "cancellations", "not answered yet", "state = 'open', code = NULL, answered_at = NULL", where: "state <> 'open'"),
    deleted("cancellations"),
    Tampering("cancellations: a row put in") { salt in
      """
      INSERT INTO cancellations (payment_id, processor_payment, idempotency_key, request_path, request_body, api_version,
        state, token, business_date, created_at, answered_at)
      SELECT payment_id, processor_payment || 'x', idempotency_key, request_path, request_body, api_version, 'canceled',
        token, business_date, created_at, created_at
      FROM cancellations WHERE \(sql: row("cancellations", salt))
      """
    },
  ]

  static let refunds: [Tampering] = [
    changed("refunds", "another amount", "amount = amount - 1"),
    changed("refunds", "more than was taken", "amount = amount * 100"),
    changed("refunds", "another charge", "processor_charge = processor_charge || 'x'"),
    changed("refunds", "failed after all", "state = 'FAILED', failed_at = requested_at, failed_on = requested_on"),
    changed("refunds", "not answered yet", "state = 'REQUESTED', processed_at = NULL, processed_on = NULL"),
    changed("refunds", "a longer life of its key", "key_expires_at = key_expires_at + interval '1 day'"),
    changed("refunds", "unknown, it says", "unknown_on = requested_on"),
    changed("refunds", "answered later", "answered_on = answered_on + 1", where: "answered_on IS NOT NULL"),
    changed("refunds", "another reference", "processor_refund = 're_mine'"),
    deleted("refunds"),
    Tampering("refunds: a row put in") { salt in
      """
      INSERT INTO refunds (payment_id, refund_id, break_id, processor_charge, amount, currency, reason, rule,
        idempotency_key, request_path, request_body, api_version, token, requested_at, requested_on, key_expires_at)
      SELECT payment_id, md5(refund_id::text)::uuid, md5(break_id::text)::uuid, processor_charge, 1, currency, reason, rule,
        idempotency_key || 'x', request_path, request_body, api_version, token, requested_at, requested_on,
        key_expires_at
      FROM refunds WHERE \(sql: row("refunds", salt))
      """
    },
  ]

  static let outcomes: [Tampering] = [
    changed("outcome_records", "another amount", "compared_amount = compared_amount + 1"),
    changed("outcome_records", "another gross", "gross = gross + 1, net = net + 1"),
    changed("outcome_records", "another fee", "fee = fee + 1, net = net - 1"),
    changed("outcome_records", "another kind", "kind = CASE kind WHEN 'charge' THEN 'fee' ELSE 'charge' END"),
    changed("outcome_records", "no reported money", "reported = false"),
    changed("outcome_records", "another charge", "processor_charge = 'ch_mine'"),
    changed("outcome_records", "of another payment", "payment_id = md5(payment_id::text)::uuid"),
    deleted("outcome_records"), deleted("outcome_keys"), deleted("outcome_versions"),
    changed("outcome_versions", "another amount", "record = record || '{\"gross\": 5}'"),
    Tampering("outcome_records: a row deleted, with its key") { db, salt in
      _ = try db.execute(
        """
        WITH gone AS (DELETE FROM outcome_records WHERE \(sql: row("outcome_records", salt)) RETURNING outcome_id)
        DELETE FROM outcome_keys k USING gone WHERE k.outcome_id = gone.outcome_id
        """)
    },
    changed("input_files", "one row more", "rows_read = rows_read + 1, rows_quarantined = rows_quarantined + 1"),
    changed(
      "input_files", "one row less", "rows_read = rows_read - 1, rows_accepted = rows_accepted - 1",
      where: "rows_accepted > 0"),
    changed("input_files", "other bytes", "sha256 = repeat('0', 64)"),
    Tampering("input_files: a row deleted, with what it brought") { db, salt in
      _ = try db.execute(
        "CREATE TEMPORARY TABLE victim ON COMMIT DROP AS SELECT file_id FROM input_files WHERE \(sql: row("input_files", salt))"
      )
      try db.script(
        """
        DELETE FROM quarantine WHERE file_id IN (TABLE victim);
        DELETE FROM file_digests WHERE file_id IN (TABLE victim);
        DELETE FROM input_files WHERE file_id IN (TABLE victim);
        """)
    },
    deleted("quarantine"),
  ]

  static let matching: [Tampering] = [
    changed("matches", "another amount", "amount = amount - 1"),
    changed("matches", "another currency", "currency = 'EUR'"),
    changed("matches", "another outcome", "outcome_id = md5(outcome_id::text)::uuid"),
    changed("matches", "another tolerance", "tolerated = tolerated + 1"),
    deleted("matches"),
    changed("breaks", "another reason to hold back", "held_back = 'not_known'", where: "held_back IS NOT NULL"),
    changed(
      "breaks", "refunded, it says",
      "status = 'resolved', resolved_on = first_seen, resolution = 'refunded', held_back = NULL",
      where: "status = 'open'"),
    changed(
      "breaks", "accepted, it says", "status = 'resolved', resolved_on = first_seen, resolution = 'accepted'",
      where: "status = 'open'"),
    changed("breaks", "explained, it says", "resolution = 'explained'", where: "resolution = 'refunded'"),
    deleted("breaks"),
    changed("breaks", "another record's fee", "item_id = md5(item_id::text)::uuid", where: "reason = 'fee_variance'"),
    changed("breaks", "another date", "first_seen = first_seen - 1"),
    changed("breaks", "another amount", "reported_amount = coalesce(reported_amount, 0) + 1"),
  ]

  static let bank: [Tampering] = [
    changed("bank_lines", "another amount", "amount = amount + 1"),
    changed("bank_lines", "another account", "account = account || 'x'"),
    changed("bank_lines", "another text", "text = coalesce(text, '') || 'x'"),
    Tampering("bank_lines: a row deleted with what holds it") { db, salt in
      let line: SQL = """
        (SELECT line_id FROM bank_lines WHERE line_id NOT IN (SELECT line_id FROM bank_match_lines)
          ORDER BY md5(line_id::text || \(salt)) LIMIT 1)
        """
      _ = try db.execute("DELETE FROM bank_statement_lines WHERE line_id = \(sql: line)")
      _ = try db.execute("DELETE FROM bank_lines WHERE line_id = \(sql: line)")
    },
    changed("bank_statements", "another balance", "closing = closing + 1"),
    Tampering("bank_statements: a row deleted with what it holds") { db, _ in
      let statement: SQL = "(SELECT min(statement_id::text)::uuid FROM bank_statements)"
      _ = try db.execute("DELETE FROM bank_statement_lines WHERE statement_id = \(sql: statement)")
      _ = try db.execute("DELETE FROM bank_statements WHERE statement_id = \(sql: statement)")
    },
    deleted("bank_statement_lines"),
    changed("payouts", "another sum", "net = net + 1", where: "NOT stale"),
    changed("payouts", "another amount", "amount = amount - 1", where: "amount IS NOT NULL"),
    deleted("payouts"),
    changed("bank_matches", "another amount", "bank_amount = bank_amount + 1, payout_amount = payout_amount + 1"),
    deleted("bank_match_lines"), deleted("bank_match_payouts"),
    changed("bank_match_payouts", "another amount", "amount = amount + 1"),
  ]

  static let reports: [Tampering] = [
    changed("arrivals", "another date", "business_date = business_date - 1"),
    changed("arrivals", "another processor", "processor = 'other'"),
    changed("arrivals", "another name", "name = name || 'x'"),
    deleted("arrivals"),
    deleted("missing_files"),
    changed("report_editions", "another size", "bytes = bytes + 1"),
    deleted("report_editions"),
    changed("edition_chunks", "another byte", "content = overlay(content placing '!'::bytea from 1)"),
    deleted("edition_chunks"),
  ]

  static let standing: [Tampering] = [
    changed("payments", "another method", "payment_method = 'pm_mine'", where: "charge_due_on IS NOT NULL"),
    changed("payments", "another customer", "processor_customer = 'cus_mine'", where: "charge_due_on IS NOT NULL"),
    changed("payments", "due later", "charge_due_on = charge_due_on + 1", where: "charge_due_on IS NOT NULL"),
    changed("payments", "due again", "charge_due_on = recorded_on", where: "state = 'FAILED'"),
    changed("store_identity", "another account", "account = account || 'x'"),
    changed("store_identity", "in doubt", "doubted_since = '2026-01-01', doubted_why = 'new_store'"),
    changed("outbox", "another amount", "payload = payload || '{\"amount\": 1}'"),
    deleted("outbox"),
  ]
}
