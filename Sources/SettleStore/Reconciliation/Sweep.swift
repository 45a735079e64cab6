import Postgres
import SettleModel

extension Session {
  /// Sweeps the dates since the last sweep of which nearly everything is settled: what is open of them is carried from
  /// here on, and the rest of them is looked at no more.
  ///
  /// A date of which much is still awaited, as where each file comes a day later, is left to a later night, which finds it
  /// settled: so what waits is not noted one by one only to be crossed out the next day.
  func sweep(on date: BusinessDate) throws {
    let last = try lastSweep()
    if let last, date < last.on { return }
    if let through = try sweepDays(after: last?.through, on: date) {
      _ = try execute("INSERT INTO sweeps (swept_on, through) VALUES (\(date), \(through))")
    }
    // What an earlier date's report would still look for stays.
    if try lastSweep()?.on == date { try dropSettled(on: date) }
  }

  /// Carries what is open of the days that can be swept, and returns the last of them; nil where none can.
  private func sweepDays(after swept: BusinessDate?, on date: BusinessDate) throws -> BusinessDate? {
    func since(_ table: SQL, _ column: SQL) -> SQL {
      """
      (SELECT * FROM \(sql: table)
        WHERE \(sql: column) > coalesce(\(swept), '-infinity') AND \(sql: column) <= \(date))
      """
    }
    let (payments, records) = (since("payments", "recorded_on"), since("outcome_records", "business_date"))
    _ = try execute(
      """
      CREATE TEMPORARY TABLE leftovers ON COMMIT DROP AS
      \(sql: Self.unsettled(payments: payments, records: records, on: "\(date)"))
      """)
    try script("ANALYZE leftovers")
    let through: BusinessDate? = try first(
      """
      SELECT max(until) FILTER (WHERE is_swept) AS through
      FROM (
        SELECT lead(day, 1, \(date)::date + 1) OVER days - 1 AS until,
          -- Nothing that comes after a day of which much is open is swept either.
          bool_and(coalesce(open, 0) <= greatest(\(Self.fewLeftovers), items / 5)
            OR day < \(date.adding(days: -Self.longestWait))) OVER days AS is_swept
        FROM (
          SELECT day, sum(items) AS items FROM (
            SELECT recorded_on AS day, count(*) AS items FROM \(sql: payments) p GROUP BY recorded_on
            UNION ALL SELECT business_date, count(*) FROM \(sql: records) o GROUP BY business_date) c
          GROUP BY day) came
        LEFT JOIN (SELECT day, count(*) AS open FROM leftovers GROUP BY day) l USING (day)
        WINDOW days AS (ORDER BY day)) judged
      """)?.get("through")
    if let through { try carry("SELECT payment_id FROM leftovers WHERE day <= \(through)") }
    try script("DROP TABLE leftovers")
    return through
  }

  /// So many of a day are carried whatever share of it they are.
  private static let fewLeftovers: Int64 = 1_000
  /// After so many days what is open of a day is carried, however much it is.
  private static let longestWait = 10

  /// What is carried and was settled before this date began needs no looking at any more.
  private func dropSettled(on date: BusinessDate) throws {
    let open = Self.unsettled(
      payments: "(SELECT p.* FROM carried c JOIN payments p ON p.payment_id = c.payment_id)",
      records: "(SELECT o.* FROM carried c JOIN outcome_records o ON o.payment_id = c.payment_id)", on: "\(date)")
    _ = try execute(
      "DELETE FROM carried c WHERE NOT EXISTS (SELECT FROM (\(sql: open)) o WHERE o.payment_id = c.payment_id)")
  }

  /// Of payments and records those without a match, or with one that was not there yet when the date began, each with its
  /// own `day` and `payment_id`. What was matched on its own day is an item of that day alone.
  static func unsettled(payments: SQL, records: SQL, on date: SQL) -> SQL {
    """
    SELECT p.recorded_on AS day, p.payment_id FROM \(sql: payments) p
    WHERE NOT EXISTS (
      SELECT FROM matches m WHERE m.payment_id = p.payment_id AND m.item_id = p.payment_id
        AND (m.business_date < \(sql: date) OR m.business_date <= p.recorded_on))
    UNION ALL
    SELECT o.business_date, o.payment_id FROM \(sql: records) o
    WHERE o.reported AND o.kind IN ('charge', 'capture_reversal', 'refund', 'dispute') AND NOT EXISTS (
      SELECT FROM matches m WHERE m.payment_id = o.payment_id AND m.outcome_id = o.outcome_id
        AND (m.business_date < \(sql: date) OR m.business_date <= o.business_date))
    """
  }
}
