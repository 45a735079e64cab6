import Postgres
package import SettleModel
package import SettleStore

// What became of it all, in words that a test can compare.

extension Story {
  /// `SUCCEEDED by answer`, `FAILED insufficient_funds`, `REQUESTED`, with `, due 2026-11-20` where an attempt is.
  package func state(_ order: String) async throws -> String { try await state(payment(order)) }

  package func state(_ payment: PaymentID) async throws -> String {
    try await read { db in
      guard
        let row = try db.first(
          "SELECT state, proof, failure_code, charge_due_on FROM payments WHERE payment_id = \(payment)")
      else { return "none" }
      let state: PaymentState = try row.get("state")
      let (proof, code): (String?, String?) = (try row.get("proof"), try row.get("failure_code"))
      let due: BusinessDate? = try row.get("charge_due_on")
      let words =
        switch state {
        case .requested: "REQUESTED"
        case .failed: "FAILED \(code ?? "-")"
        case .succeeded: "SUCCEEDED by \(proof ?? "-")"
        }
      return words + (due.map { ", due \($0)" } ?? "")
    }
  }

  /// `1 succeeded`, `2 open timeout`, in order.
  package func attempts(_ order: String) async throws -> [String] {
    let payment = payment(order)
    return try await read { db in
      try db.query(
        "SELECT attempt, state, unknown_why, code FROM charge_attempts WHERE payment_id = \(payment) ORDER BY attempt"
      ) { row in
        let words: [String?] = [
          String(try row.get("attempt") as Int32), try row.get("state"), try row.get("unknown_why"),
          try row.get("code"),
        ]
        return words.compactMap(\.self).joined(separator: " ")
      }
    }
  }

  /// `pi_A canceled`, `pi_A open timeout`, in order.
  package func cancellations(_ order: String) async throws -> [String] {
    let payment = payment(order)
    return try await read { db in
      try db.query(
        """
        SELECT processor_payment, state, unknown_why, code FROM cancellations
        WHERE payment_id = \(payment) ORDER BY created_at, processor_payment
        """
      ) { row in
        let words: [String?] = [
          try row.get("processor_payment"), try row.get("state"), try row.get("unknown_why"), try row.get("code"),
        ]
        return words.compactMap(\.self).joined(separator: " ")
      }
    }
  }

  /// The breaks of the date's report, `reason order status expected/reported`, where a dash is nothing.
  package func breaks() async throws -> [String] {
    try await breakRows().map { row in
      let amounts = [row.expected, row.reported].map { $0?.description ?? "-" }.joined(separator: "/")
      return "\(row.reason.rawValue) \(row.orderReference ?? "-") \(row.open ? "open" : "resolved") \(amounts)"
    }
  }

  package func breakRows() async throws -> [BreakRow] {
    let date = date
    return try await read { db in
      var rows: [BreakRow] = []
      try db.forEachBreak(on: date) { rows.append($0) }
      return rows
    }
  }

  /// `charge A 10.00 USD processor_id`, of the date.
  package func matches() async throws -> [String] {
    let date = date
    return try await read { db in
      var rows: [MatchedRow] = []
      try db.forEachMatched(on: date) { rows.append($0) }
      return rows.map { "\($0.kind) \($0.orderReference) \($0.amount) \($0.rule)" }.sorted()
    }
  }

  /// The conservation proof of the date: `expected matched 1 10.00 USD`.
  package func totals() async throws -> [String] {
    let date = date
    return try await read { db in
      try db.totals(on: date).rows.map { row in
        "\(row.side) \(row.bucket) \(row.count) \(Money(minor: row.amount, currency: row.currency))"
      }
    }
  }

  /// `line field reason: detail` of the date's refused rows.
  package func quarantined() async throws -> [String] {
    let date = date
    return try await read { db in
      var rows: [String] = []
      try db.forEachQuarantined(on: date) { row in
        rows.append("\(row.line) \(row.field ?? "-") \(row.reason.rawValue): \(row.detail)")
      }
      return rows
    }
  }

  /// Every table with a fingerprint of its rows, in any order: two that are equal hold the same.
  package func fingerprint(but left: Set<String> = []) async throws -> [String: String] {
    try await store.fingerprint().filter { !left.contains($0.key) }
  }
}
