package import Postgres
package import SettleModel

/// What a date's published report was written from, and what it told of itself.
package struct PublishedReport: Sendable, Equatable {
  package var date: BusinessDate
  /// The number of the last change of the store that it knew of: see ``Postgres/Session/lastChange()``.
  package var changes: Int64
  /// SHA-256 of what it rests on beside the store.
  package var basis: String
  /// Names of its files, in order.
  package var files: [String]
  /// In the order in which they are told.
  package var counts: [Count]

  package struct Count: Sendable, Equatable {
    package var name: String
    package var value: Int64

    package init(name: String, value: Int64) { (self.name, self.value) = (name, value) }
  }

  package init(date: BusinessDate, changes: Int64, basis: String, files: [String], counts: [Count]) {
    self.date = date
    self.changes = changes
    self.basis = basis
    self.files = files
    self.counts = counts
  }
}

extension Session {
  /// The report that was published last of a date, if any was by a settle that kept what it was written from.
  package func publishedReport(of date: BusinessDate) throws -> PublishedReport? {
    let found = try first(
      "SELECT changes, basis, files, count_names, count_values FROM published_reports WHERE business_date = \(date)")
    guard let row = found else { return nil }
    let (names, values): ([String], [Int64]) = (try row.get("count_names"), try row.get("count_values"))
    return PublishedReport(
      date: date, changes: try row.get("changes"), basis: try row.get("basis"), files: try row.get("files"),
      counts: zip(names, values).map { PublishedReport.Count(name: $0, value: $1) })
  }

  /// Keeps what a report was written from, in the transaction that keeps its editions.
  ///
  /// A new edition is a change too, since other dates' reports tell of it. It is none to the report itself: unless
  /// something else has changed since the report was written, that report knows of it.
  ///
  /// - Parameter hasNewEditions: whether any file of it is not, byte for byte, what was published before.
  package func keep(_ report: PublishedReport, hasNewEditions: Bool) throws {
    var known = report.changes
    if hasNewEditions, try drawChange() == known + 1 { known += 1 }
    _ = try execute(
      """
      INSERT INTO published_reports (business_date, changes, basis, files, count_names, count_values)
      VALUES (\(report.date), \(known), \(report.basis), \(report.files), \(report.counts.map(\.name)),
        \(report.counts.map(\.value)))
      ON CONFLICT (business_date) DO UPDATE SET changes = excluded.changes, basis = excluded.basis,
        files = excluded.files, count_names = excluded.count_names, count_values = excluded.count_values
      WHERE published_reports IS DISTINCT FROM excluded
      """)
  }

  /// The latest edition of each of a report's files.
  package func editions(of report: PublishedReport) throws -> [ReportEdition] {
    try query(
      """
      SELECT DISTINCT ON (file) business_date, file, published_at, sha256, bytes FROM report_editions
      WHERE business_date = \(report.date) AND file = ANY(\(report.files)) ORDER BY file, published_at DESC
      """, ReportEdition.init)
  }
}
