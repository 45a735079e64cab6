import Postgres
import SettleModel

// Processors that number their settlement batches show by a gap that a file is missing, whatever day it is.

extension Session {
  /// So many numbers may be missing between two batches; more, and the account has begun to count anew.
  private static var mostMissingBatches: Int64 { 10 }

  /// Whose numbers a row's batches have: its payout's id is the merchant account with the batch after a stroke, and
  /// each account counts by itself. Empty where the id does not say.
  private static let series: SQL = """
    CASE WHEN right(payout, length(batch) + 1) = '/' || batch THEN left(payout, -(length(batch) + 1)) ELSE '' END
    """

  /// Remembers the numbers of the batches that the rows in `taken` were settled in.
  func noteBatches(of processor: String, fileID: Int64, context: LoadContext) throws {
    _ = try execute(
      """
      INSERT INTO processor_batches (processor, series, number, business_date, file_id)
      SELECT \(processor), t.series, t.number, \(context.date), \(fileID)
      FROM (
        SELECT DISTINCT \(sql: Self.series) AS series, batch::bigint AS number
        FROM taken WHERE batch ~ '^[0-9]{1,15}$') t
      ON CONFLICT DO NOTHING
      """)
  }

  /// Each batch whose number was passed over by a later one. Which payments it would have told of nobody knows.
  func wantBatches() throws {
    _ = try execute(
      """
      CREATE TEMPORARY TABLE batch_gaps ON COMMIT DROP AS
      SELECT processor, series, missing, business_date,
        \(sql: Self.breakID(.fileMissing, of: "concat_ws(' ', processor, nullif(series, ''), 'batch', missing)"))
          AS break_id
      FROM (
        SELECT processor, series, business_date, number,
          lag(number) OVER (PARTITION BY processor, series ORDER BY number) AS last
        FROM processor_batches) b
      CROSS JOIN LATERAL generate_series(b.last + 1, b.number - 1) missing
      WHERE b.number - b.last BETWEEN 2 AND \(Self.mostMissingBatches + 1)
      """)
    try script(
      """
      INSERT INTO desired
      SELECT break_id, break_id, 'file_missing', NULL, NULL, NULL, NULL, NULL, NULL, NULL FROM batch_gaps;
      INSERT INTO missing_files (payment_id, break_id, processor, business_date, says)
      SELECT break_id, break_id, processor, business_date,
        'batch ' || missing || ' of ' || concat_ws(' at ', nullif(series, ''), processor)
          || ' did not come, though a later one did'
      FROM batch_gaps ON CONFLICT DO NOTHING;
      DROP TABLE batch_gaps
      """)
  }
}
