import Postgres
import SettleModel

// Where open items are to be looked for, so that what was settled long ago is not looked at each night.
//
// What is of a date after the last sweep is found by its date; what is older and may be open is in `carried`, by its
// payment, or by its own id where it is an orphan. Whatever is looked at here may be settled none the less: who asks
// still says what open means.

/// Two relations with all columns of `payments` and `outcome_records`, to be put where these tables would stand.
struct OpenItems {
  var payments: SQL = "payments"
  var records: SQL = "outcome_records"
}

extension Session {
  /// All payments and reported records that have no match now, whatever their date, among others that have.
  func openItems() throws -> OpenItems {
    guard let sweep = try lastSweep() else { return OpenItems() }
    return OpenItems(after: sweep.through)
  }

  /// All payments and reported records that were open at any time of a date, or came on it, among others that were not.
  func openItems(on date: BusinessDate) throws -> OpenItems {
    // A later sweep knows no more what was open on this date.
    guard let sweep = try lastSweep(), date >= sweep.on else { return OpenItems() }
    return OpenItems(after: min(sweep.through, date.adding(days: -1)))
  }

  /// The date that was swept last, through which date of items; nil where nothing was, or all is to be looked at.
  func lastSweep() throws -> (on: BusinessDate, through: BusinessDate)? {
    let row = try first("SELECT max(swept_on) AS swept_on, max(through) AS through FROM sweeps")
    guard let row, let on: BusinessDate = try row.get("swept_on"), let through: BusinessDate = try row.get("through")
    else { return nil }
    return (on, through)
  }

  /// Notes payments, or orphans by their own ids, of which something may be open again though its date was swept.
  ///
  /// - Parameter which: a query of `payment_id`.
  func carry(_ which: SQL) throws {
    _ = try execute(
      """
      INSERT INTO carried (payment_id) SELECT DISTINCT payment_id FROM (\(sql: which)) c ORDER BY payment_id
      ON CONFLICT DO NOTHING
      """)
  }

  /// Notes what was loaded for a date that was swept before. See ``carry(_:)``.
  func carryLate(on date: BusinessDate, _ which: SQL) throws {
    if let sweep = try lastSweep(), date <= sweep.through { try carry(which) }
  }
}

extension OpenItems {
  fileprivate init(after swept: BusinessDate) {
    payments = """
      (SELECT * FROM payments WHERE recorded_on > \(swept)
        UNION ALL SELECT p.* FROM carried c JOIN payments p ON p.payment_id = c.payment_id
          WHERE p.recorded_on <= \(swept))
      """
    records = """
      (SELECT * FROM outcome_records WHERE business_date > \(swept)
        UNION ALL SELECT o.* FROM carried c JOIN outcome_records o ON o.payment_id = c.payment_id
          WHERE o.business_date <= \(swept))
      """
  }
}
