package import Postgres
package import SettleModel

/// A published file of restatements, as bytes.
package struct RestatementFile: Sendable {
  package var date: BusinessDate
  package var publishedAt: Timestamp
  package var bytes: [UInt8]
}

extension Session {
  /// The last edition of each date's `restatements.csv` that says anything of one of these keys.
  ///
  /// - Parameter since: the first date whose report may know them.
  package func restatementFiles(naming keys: [String], since date: BusinessDate) throws -> [RestatementFile] {
    try query(
      """
      SELECT e.business_date, e.published_at, c.content
      FROM (
        SELECT DISTINCT ON (business_date) business_date, published_at FROM report_editions
        WHERE file = 'restatements.csv' AND business_date >= \(date) ORDER BY business_date, published_at DESC) e
      CROSS JOIN LATERAL (
        SELECT string_agg(content, ''::bytea ORDER BY chunk) AS content FROM edition_chunks k
        WHERE k.business_date = e.business_date AND k.file = 'restatements.csv' AND k.published_at = e.published_at) c
      WHERE EXISTS (SELECT FROM unnest(\(keys)) key WHERE position(convert_to(key, 'UTF8') in c.content) > 0)
      ORDER BY e.business_date
      """
    ) { row in
      RestatementFile(
        date: try row.get("business_date"), publishedAt: try row.get("published_at"), bytes: try row.get("content"))
    }
  }
}
