import Postgres

// What came, what did not, and what was told of it.

extension StoreCheck {
  package static let arrivals = StoreCheck(
    name: "arrivals",
    says: "each file that told of money is known to have come, and each break of a missing file says which",
    remedy: "a row of arrivals or missing_files was changed by hand: compare it with input_files",
    counted: "SELECT (SELECT count(*) FROM arrivals) + (SELECT count(*) FROM missing_files)",
    wrong: """
      SELECT 'file ' || coalesce(a.file_id, r.file_id) AS subject
      FROM arrivals a
      FULL JOIN (
        SELECT processor, file_id FROM outcome_records WHERE reported
        UNION
        SELECT record ->> 'processor', (record ->> 'file_id')::bigint FROM outcome_versions
        WHERE (record ->> 'reported')::boolean
      ) r ON r.file_id = a.file_id AND r.processor = a.processor
      LEFT JOIN input_files f ON f.file_id = a.file_id
      WHERE a.file_id IS NULL OR f.file_id IS NULL OR CASE a.name WHEN '' THEN f.business_date <> a.business_date
        ELSE f.rows_read <> 0 OR a.name = f.name END
      UNION ALL
      SELECT concat_ws(' ', 'batch', nullif(b.series, ''), b.number)
      FROM processor_batches b LEFT JOIN input_files f ON f.file_id = b.file_id
      WHERE f.business_date IS DISTINCT FROM b.business_date
      UNION ALL
      SELECT coalesce(b.break_id, m.break_id)::text
      FROM (SELECT payment_id, break_id FROM breaks WHERE reason = 'file_missing') b
      FULL JOIN missing_files m ON m.payment_id = b.payment_id AND m.break_id = b.break_id
      WHERE b.break_id IS NULL OR m.break_id IS NULL
      """)

  package static let editions = StoreCheck(
    name: "editions", says: "each report is still what was published",
    remedy: "a published report was changed or deleted by hand: what it said is lost; restore a backup",
    counted: "SELECT count(*) FROM report_editions",
    wrong: """
      SELECT coalesce(e.file, c.file) || ' of ' || coalesce(e.business_date, c.business_date) AS subject
      FROM report_editions e
      FULL JOIN (
        SELECT business_date, file, published_at, count(*) AS chunks, sum(octet_length(content)) AS bytes,
          sha256(string_agg(sha256(content), ''::bytea ORDER BY chunk)) AS digest
        FROM edition_chunks GROUP BY business_date, file, published_at
      ) c ON c.business_date = e.business_date AND c.file = e.file AND c.published_at = e.published_at
      WHERE (e.chunks, e.bytes, e.digest)
        IS DISTINCT FROM (coalesce(c.chunks, 0), coalesce(c.bytes, 0), coalesce(c.digest, sha256('')))
      """)
}
