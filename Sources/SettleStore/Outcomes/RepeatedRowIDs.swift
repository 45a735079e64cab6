import Postgres
import SettleModel

// A row id that stands in one file several times. An id that the processor gave to the row itself names one movement, so
// that two contents under it contradict each other. One that a layout makes of several columns tells most rows apart and
// not all of them: two holds of one transaction, two equal partial refunds of one second.

extension Session {
  /// Refuses rows of `incoming` that say something else than another row of the file under the same id: the one that is
  /// known stands, else the first. Neither may replace the other, since nothing says which of them is right.
  func refuseContradictions() throws {
    _ = try execute(
      """
      WITH told AS (
        SELECT i.line, i.outcome_id, i.content, \(sql: Self.isSaidAlready) AS known
        FROM incoming i LEFT JOIN outcome_keys k ON k.outcome_id = i.outcome_id
        WHERE i.row_id IS NOT NULL AND i.outcome_id IN (
          SELECT outcome_id FROM incoming WHERE row_id IS NOT NULL GROUP BY outcome_id HAVING count(*) > 1)
      ), judged AS (
        SELECT line, NOT known
            AND content <> first_value(content) OVER (PARTITION BY outcome_id ORDER BY known DESC, line) AS contradicts
        FROM told
      ), gone AS (
        DELETE FROM incoming i USING judged j WHERE j.contradicts AND i.line = j.line RETURNING i.line
      )
      INSERT INTO refused (line, ordinal, field, reason, detail)
      SELECT line, 0, NULL, \(QuarantineReason.conflict),
        'another row of this file has the same id and says something else: ask the processor which of them is right'
      FROM gone
      """)
  }

  /// Whether a row `i` of a file says what its record, of the key `k`, says or has said before.
  private static let isSaidAlready: SQL = """
    coalesce(k.content = i.content, false) OR EXISTS (
      SELECT FROM outcome_versions v
      WHERE v.payment_id IN (k.payment_id, i.outcome_id) AND v.outcome_id = i.outcome_id
        AND v.record ->> 'content' = i.content::text)
    """

  /// Gives each row of `incoming` whose id stands in the file several times, or is known several times, a record of its
  /// own: the first has the id's identity, and each further one the identity of its number.
  ///
  /// Which of the known ones a row is, is told by what it says, then by its money, and only then by its place: files
  /// that overlap need not hold all of them. A charge that names its processor's id can happen once only, so its repeat
  /// is the same event delivered again.
  func tellRepeatsApart() throws {
    try script(
      """
      CREATE TEMPORARY TABLE repeats ON COMMIT DROP AS
      SELECT i.line, i.outcome_id AS base, i.content, i.kind, i.gross, i.net, i.currency, NULL::int AS number,
        CASE WHEN i.kind IN ('charge', 'charge_failed') AND coalesce(i.processor_payment, i.processor_charge) IS NOT NULL
          THEN min(i.line) OVER (PARTITION BY i.outcome_id, i.content) ELSE i.line END AS first_line
      FROM incoming i
      WHERE i.row_id IS NOT NULL AND i.outcome_id IN (
        SELECT outcome_id FROM incoming WHERE row_id IS NOT NULL GROUP BY outcome_id HAVING count(*) > 1
        UNION ALL
        SELECT n.outcome_id FROM incoming n
        JOIN outcome_keys k ON k.outcome_id = md5(n.outcome_id::text || ':2')::uuid
        WHERE n.row_id IS NOT NULL)
      """)
    let found: Int64 = try first("SELECT count(*) AS found FROM repeats")?.get("found") ?? 0
    if found > 0 { try numberRepeats() }
    try script("DROP TABLE repeats")
  }

  private func numberRepeats() throws {
    try script(
      """
      CREATE TEMPORARY TABLE occurrences ON COMMIT DROP AS
      WITH RECURSIVE known AS (
        SELECT b.base, 1 AS number, k.outcome_id, k.payment_id, k.content
        FROM (SELECT DISTINCT base FROM repeats) b JOIN outcome_keys k ON k.outcome_id = b.base
        UNION ALL
        SELECT n.base, n.number + 1, k.outcome_id, k.payment_id, k.content
        FROM known n JOIN outcome_keys k ON k.outcome_id = md5(n.base::text || ':' || n.number + 1)::uuid
      )
      SELECT n.base, n.number, n.outcome_id, n.payment_id, n.content, o.kind, o.gross, o.net, o.currency
      FROM known n JOIN outcome_records o ON o.payment_id = n.payment_id AND o.outcome_id = n.outcome_id
      """)
    try pairRepeats(by: "content")
    // What one of them has said before is no news, whatever else the file says of it.
    _ = try execute(
      """
      UPDATE repeats r SET number = s.number
      FROM (
        SELECT r.line, min(o.number) AS number
        FROM repeats r JOIN occurrences o ON o.base = r.base
        JOIN outcome_versions v ON v.payment_id IN (o.payment_id, o.outcome_id) AND v.outcome_id = o.outcome_id
          AND v.record ->> 'content' = r.content::text
        WHERE r.number IS NULL GROUP BY r.line) s
      WHERE s.line = r.line
      """)
    try pairRepeats(by: "concat_ws(' ', kind, gross, net, currency)")
    // Whatever is left takes the numbers that are left, and then new ones.
    _ = try execute(
      """
      INSERT INTO occurrences (base, number)
      SELECT r.base, n.number
      FROM (SELECT base, count(*) AS rows FROM repeats GROUP BY base) r
      LEFT JOIN (SELECT base, max(number) AS last FROM occurrences GROUP BY base) o ON o.base = r.base
      CROSS JOIN LATERAL generate_series(coalesce(o.last, 0) + 1, coalesce(o.last, 0) + r.rows) n (number)
      """)
    try pairRepeats(by: "0")
    _ = try execute(
      """
      UPDATE incoming i SET outcome_id = md5(r.base::text || ':' || f.number)::uuid
      FROM repeats r JOIN repeats f ON f.line = r.first_line
      WHERE i.line = r.line AND f.number > 1
      """)
    try script("DROP TABLE occurrences")
  }

  /// Gives rows without a number those of occurrences without a row that are like them, in their order.
  private func pairRepeats(by likeness: SQL) throws {
    _ = try execute(
      """
      UPDATE repeats r SET number = o.number
      FROM (
        SELECT line, base, \(sql: likeness) AS likeness,
          row_number() OVER (PARTITION BY base, \(sql: likeness) ORDER BY line) AS place
        FROM repeats WHERE number IS NULL AND line = first_line) w
      JOIN (
        SELECT base, number, \(sql: likeness) AS likeness,
          row_number() OVER (PARTITION BY base, \(sql: likeness) ORDER BY number) AS place
        FROM occurrences
        WHERE (base, number) NOT IN (SELECT base, number FROM repeats WHERE number IS NOT NULL)) o
        ON o.base = w.base AND o.likeness = w.likeness AND o.place = w.place
      WHERE r.line = w.line
      """)
  }
}
