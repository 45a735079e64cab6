import Postgres
import SettleModel

// A day on which a file was to come and none did, though no payment waits for it: refunds, disputes and payouts that
// nobody asked for may have stood in it.

extension Session {
  /// Wants a missing file for each day that went without one, as soon as charges of that day would be due. What a late
  /// file, or a second one of a later day, has made up for is left out.
  ///
  /// A day of which payments had to wait has a break of its own, which says when they are told; see ``wantFiles(_:)``.
  func wantDaysWithoutFiles(_ terms: ReconcileTerms, context: LoadContext) throws {
    guard !terms.expectedFiles.isEmpty else { return }
    let end = terms.calendar.latestStart(
      waiting: terms.waitingDays, by: try latestReconciled(context, countingMeant: false))
    let came = try filesByDay(of: terms.expectedFiles.map(\.processor))
    let without = came.sorted { $0.key < $1.key }.flatMap { processor, came in
      FilesByDay.daysWithout(
        came: came, calendars: terms.expectedFiles.filter { $0.processor == processor }.map(\.calendar), through: end
      ).map { (processor: processor, day: $0) }
    }
    guard !without.isEmpty else { return }
    _ = try execute(
      """
      CREATE TEMPORARY TABLE days_without ON COMMIT DROP AS
      SELECT processor, day, \(sql: Self.breakID(.fileMissing, of: "processor || ' on ' || to_char(day, 'YYYY-MM-DD')"))
        AS break_id
      FROM unnest(\(without.map(\.processor)), \(without.map(\.day))) d (processor, day)
      WHERE (processor, day) NOT IN (\(sql: Self.daysThatPaymentsWaitedFor))
      """)
    try script(
      """
      INSERT INTO desired
      SELECT break_id, break_id, 'file_missing', NULL, NULL, NULL, NULL, NULL, NULL, NULL FROM days_without;
      INSERT INTO missing_files (payment_id, break_id, processor, business_date, says)
      SELECT break_id, break_id, processor, day,
        'no file of ' || processor || ' came on ' || to_char(day, 'YYYY-MM-DD') || ' though one was expected'
      FROM days_without ON CONFLICT DO NOTHING;
      DROP TABLE days_without
      """)
  }

  /// The days that breaks of ``wantFiles(_:)`` name, whether or not they are open still.
  private static let daysThatPaymentsWaitedFor: SQL = """
    SELECT processor, right(split_part(says, ', so ', 1), 10)::date FROM missing_files
    WHERE says LIKE 'no file of % came on ____-__-__, so %'
    """

  private func filesByDay(of processors: [String]) throws -> [String: [BusinessDate: Int]] {
    let rows: [(String, BusinessDate, Int64)] = try query(
      """
      SELECT a.processor, a.business_date, count(*) AS files
      FROM arrivals a JOIN input_files f ON f.file_id = a.file_id
      -- A file that was loaded for a date long past begins no count: the date may be mistyped, or a year's files put back.
      WHERE a.processor = ANY(\(processors)) AND a.business_date >= (f.loaded_at AT TIME ZONE 'UTC')::date - 31
      GROUP BY a.processor, a.business_date
      """
    ) { (try $0.get("processor"), try $0.get("business_date"), try $0.get("files")) }
    return rows.reduce(into: [:]) { came, row in came[row.0, default: [:]][row.1] = Int(row.2) }
  }
}
