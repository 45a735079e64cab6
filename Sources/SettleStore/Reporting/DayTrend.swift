package import Postgres
package import SettleModel

/// What one date of the trend came to. Numbers of items and breaks, of all currencies.
package struct TrendDay: Sendable, Equatable {
  package var date: BusinessDate
  /// Expected items that were matched, as the date's last report told it; nil on the date itself, whose report is being
  /// written.
  package var matched: Int64?
  /// Breaks found since the date before it in the trend.
  package var opened: Int64
  /// Breaks that ended since then.
  package var resolved: Int64
  /// Breaks open at its end.
  package var open: Int64

  package init(date: BusinessDate, matched: Int64?, opened: Int64, resolved: Int64, open: Int64) {
    self.date = date
    self.matched = matched
    self.opened = opened
    self.resolved = resolved
    self.open = open
  }
}

extension Session {
  /// A date and those before it of which a report was published, the earliest first: at most `limit` in all.
  ///
  /// What was matched is read out of the reports themselves. Breaks are told as each date knew them; those of a date
  /// without a report count with the next one that has one.
  package func trend(until date: BusinessDate, limit: Int) throws -> [TrendDay] {
    try query(
      """
      WITH reports AS (
        SELECT DISTINCT ON (business_date) business_date, published_at FROM report_editions
        WHERE file = 'totals.csv' AND business_date < \(date) ORDER BY business_date DESC, published_at DESC
        LIMIT \(limit)
      ), told AS (
        SELECT business_date,
          coalesce(sum(split_part(line, ',', 4)::bigint) FILTER (WHERE line LIKE 'expected,matched,%'), 0)::bigint
            AS matched
        FROM (
          SELECT c.business_date, convert_from(string_agg(c.content, ''::bytea ORDER BY c.chunk), 'UTF8') AS content
          FROM reports r JOIN edition_chunks c
            ON c.business_date = r.business_date AND c.file = 'totals.csv' AND c.published_at = r.published_at
          GROUP BY c.business_date) files
        CROSS JOIN LATERAL regexp_split_to_table(content, E'\\r\\n') line
        GROUP BY business_date
      ), days AS (
        SELECT business_date AS day, lag(business_date, 1, '-infinity'::date) OVER (ORDER BY business_date) AS previous
        FROM (SELECT business_date FROM reports UNION ALL SELECT \(date)) d
      ), events AS (
        SELECT first_seen AS day, count(*) AS opened, 0::bigint AS resolved FROM breaks
        WHERE first_seen <= \(date) AND \(sql: Self.wasEverOpen) GROUP BY first_seen
        UNION ALL
        SELECT resolved_on, 0, count(*) FROM breaks
        WHERE resolved_on <= \(date) AND \(sql: Self.wasEverOpen) GROUP BY resolved_on
      )
      SELECT d.day, t.matched,
        coalesce(sum(e.opened) FILTER (WHERE e.day > d.previous), 0)::bigint AS opened,
        coalesce(sum(e.resolved) FILTER (WHERE e.day > d.previous), 0)::bigint AS resolved,
        coalesce(sum(e.opened - e.resolved), 0)::bigint AS open
      FROM days d
      LEFT JOIN told t ON t.business_date = d.day
      LEFT JOIN events e ON e.day <= d.day
      GROUP BY d.day, t.matched ORDER BY d.day DESC LIMIT \(limit)
      """
    ) { row in
      TrendDay(
        date: try row.get("day"), matched: try row.get("matched"), opened: try row.get("opened"),
        resolved: try row.get("resolved"), open: try row.get("open"))
    }.reversed()
  }

  /// An older date's run may explain a break before the date that found it: no report ever showed it.
  private static let wasEverOpen: SQL = "(resolved_on IS NULL OR resolved_on >= first_seen)"
}
