import Postgres
package import SettleModel

/// A processor whose files are expected on certain days.
package struct ExpectedFiles: Sendable, Equatable {
  package var processor: String
  /// On which days a file is to come: all of its open days.
  package var calendar: BankingCalendar

  package init(processor: String, calendar: BankingCalendar) {
    self.processor = processor
    self.calendar = calendar
  }
}

// Where a processor's file never came, its payments are not missing one by one: the file is.

extension Session {
  /// Remembers that a file of reported money came.
  func noteArrival(of processor: String, fileID: Int64, context: LoadContext) throws {
    _ = try execute(
      """
      INSERT INTO arrivals (processor, business_date, file_id) VALUES (\(processor), \(context.date), \(fileID))
      """)
  }

  /// Puts one missing file in the place of the payments that wait for it: those of a processor and date of which no file
  /// has told anything, where a file failed to come on a day between their date and the day on which they were due.
  ///
  /// As soon as any payment of the date is reported, the file is here, and what it leaves out is missing by itself.
  func wantFiles(_ terms: ReconcileTerms) throws {
    guard !terms.expectedFiles.isEmpty else { return }
    let missing = try waitingDates(terms).filter { try !isReported($0) }.compactMap { try gap(of: $0, terms) }
    guard !missing.isEmpty else { return }
    _ = try execute(
      """
      CREATE TEMPORARY TABLE awaited_files ON COMMIT DROP AS
      SELECT f.processor, f.business_date, f.missing_on, \(sql: Self.missingFileID(of: "f.processor", on: "f.business_date"))
        AS break_id
      FROM unnest(\(missing.map(\.date.processor)), \(missing.map(\.date.date)), \(missing.map(\.missingOn)))
        f (processor, business_date, missing_on)
      """)
    try script(
      """
      CREATE TEMPORARY TABLE waiting_payments ON COMMIT DROP AS
      SELECT f.break_id, f.processor, f.business_date, f.missing_on, d.break_id AS instead_of, p.amount, p.currency
      FROM desired d JOIN payments p ON p.payment_id = d.payment_id
      JOIN awaited_files f ON f.processor = p.processor AND f.business_date = p.charged_on
      WHERE d.reason = 'missing_at_processor';
      DELETE FROM desired d USING waiting_payments w WHERE w.instead_of = d.break_id;
      CREATE TEMPORARY TABLE wanted_files ON COMMIT DROP AS
      SELECT break_id, processor, business_date, CASE WHEN count(*) = 1 THEN sum(amount)::bigint END AS amount,
        CASE WHEN count(*) = 1 THEN min(currency) END AS currency,
        'no file of ' || processor || ' came on ' || to_char(min(missing_on), 'YYYY-MM-DD') || ', so '
        || sum(payments) || CASE WHEN sum(payments) = 1 THEN ' payment' ELSE ' payments' END || ' of '
        || to_char(business_date, 'YYYY-MM-DD') || ' cannot be told: ' || string_agg(money, ', ' ORDER BY currency) AS says
      FROM (
        SELECT w.break_id, w.processor, w.business_date, w.missing_on, w.currency, count(*) AS payments, sum(w.amount) AS amount,
          round(sum(w.amount) / power(10::numeric, min(c.digits)), min(c.digits)) || ' ' || w.currency AS money
        FROM waiting_payments w JOIN currencies c ON c.code = w.currency
        GROUP BY w.break_id, w.processor, w.business_date, w.missing_on, w.currency) sums
      GROUP BY break_id, processor, business_date
      """)
    try followSettledFiles()
    try script(
      """
      INSERT INTO desired
      SELECT break_id, break_id, 'file_missing', NULL, NULL, amount, currency, NULL, NULL, NULL FROM wanted_files;
      INSERT INTO missing_files AS m (payment_id, break_id, processor, business_date, says)
      SELECT break_id, break_id, processor, business_date, says FROM wanted_files
      ON CONFLICT (payment_id, break_id) DO UPDATE SET says = excluded.says WHERE m.says <> excluded.says;
      DROP TABLE awaited_files, waiting_payments, wanted_files
      """)
  }

  /// Where more payments wait than when a person settled the break, another one follows it, with words of its own: those
  /// of the first stay what was decided about. In several currencies the words alone tell how much money waits.
  private func followSettledFiles() throws {
    while try execute(
      """
      UPDATE wanted_files w SET break_id = \(sql: Self.follower)
      FROM breaks b JOIN missing_files m ON m.payment_id = b.payment_id AND m.break_id = b.break_id
      WHERE b.payment_id = w.break_id AND b.break_id = w.break_id
        AND b.resolution = ANY(\(BreakDecision.resolutions))
        AND ((b.expected_amount, b.expected_currency) IS DISTINCT FROM (w.amount, w.currency)
          OR split_part(m.says, ', so ', 2) <> split_part(w.says, ', so ', 2))
      """) > 0
    {}
  }

  /// A break of a missing file is about a processor and a date, so every payment knows it without a table between.
  static func missingFileID(of processor: SQL, on date: SQL) -> SQL {
    breakID(.fileMissing, of: "\(sql: processor) || ' ' || to_char(\(sql: date), 'YYYY-MM-DD')")
  }

  /// In the totals, payments that wait for a missing file stand under that break's reason; each other break of a
  /// payment's own comes first.
  func tellWaitingForFiles(on date: BusinessDate) throws {
    let condition: SQL = """
      b.reason = 'file_missing' AND b.first_seen <= \(date)
        AND (b.resolved_on IS NULL OR b.resolved_on >= \(date) OR b.resolution <> 'explained')
      """
    guard try first("SELECT 1 AS one FROM breaks b WHERE \(sql: condition) LIMIT 1") != nil else { return }
    _ = try execute(
      """
      UPDATE items i SET unsettled = 'file_missing'
      FROM payments p, breaks b
      WHERE i.side = 'expected' AND i.kind = 'charge' AND i.unsettled = 'awaited' AND p.payment_id = i.payment_id
        AND (p.succeeded_on <= \(date) OR \(sql: Self.isChargedElsewhere))
        AND b.payment_id = \(sql: Self.missingFileID(of: "p.processor", on: "p.charged_on"))
        AND \(sql: condition)
      """)
  }

  private struct WaitingDate {
    var processor: String
    var date: BusinessDate
  }

  private func waitingDates(_ terms: ReconcileTerms) throws -> [WaitingDate] {
    try query(
      """
      SELECT DISTINCT p.processor, p.charged_on FROM desired d JOIN payments p ON p.payment_id = d.payment_id
      WHERE d.reason = 'missing_at_processor' AND p.processor = ANY(\(terms.expectedFiles.map(\.processor)))
      ORDER BY p.charged_on, p.processor
      """
    ) { WaitingDate(processor: try $0.get("processor"), date: try $0.get("charged_on")) }
  }

  private func isReported(_ waiting: WaitingDate) throws -> Bool {
    try first(
      """
      SELECT 1 AS one FROM payments p JOIN outcome_records o ON o.payment_id = p.payment_id
      WHERE p.processor = \(waiting.processor) AND p.charged_on = \(waiting.date) AND o.reported
        AND o.linked_by IS NOT NULL AND o.kind IN ('charge', 'capture_reversal') LIMIT 1
      """) != nil
  }

  /// The first day on which a file should have come that could tell of the date, and did not.
  private func gap(
    of waiting: WaitingDate, _ terms: ReconcileTerms
  ) throws -> (date: WaitingDate, missingOn: BusinessDate)? {
    let due = terms.calendar.date(terms.waitingDays, after: waiting.date)
    let came: [BusinessDate] = try query(
      """
      SELECT DISTINCT business_date FROM arrivals
      WHERE processor = \(waiting.processor) AND business_date BETWEEN \(waiting.date) AND \(due)
      """
    ) { try $0.get("business_date") }
    let expected = terms.expectedFiles.filter { $0.processor == waiting.processor }
      .flatMap { $0.calendar.openDays(from: waiting.date, through: due) }
    return expected.filter { !came.contains($0) }.min().map { (waiting, $0) }
  }
}
