package import Postgres
import SettleModel

extension Session {
  /// The counts of a file whose bytes were loaded under this layout before, under whatever name.
  package func knownFile(_ file: FileIdentity) throws -> FileCounts? {
    try first(
      """
      SELECT rows_read, rows_accepted, rows_quarantined, rows_ignored FROM input_files
      WHERE sha256 = \(file.sha256) AND layout = \(file.layout)
      """
    ).map { row in
      FileCounts(
        read: try row.get("rows_read"), accepted: try row.get("rows_accepted"),
        quarantined: try row.get("rows_quarantined"), ignored: try row.get("rows_ignored"))
    }
  }

  /// A new file's number. It appears in `input_files` only with ``publish(_:as:counts:context:)``.
  func reserveFileID() throws -> Int64 {
    guard let row = try first("SELECT nextval(pg_get_serial_sequence('input_files', 'file_id')) AS file_id") else {
      throw StoreError.noAnswer("nextval")
    }
    return try row.get("file_id")
  }

  /// Makes a file known, with what became of its rows, and keeps its refusals. The last step of a load.
  ///
  /// Refusals are read from the temporary table `refused (line, ordinal, field, reason, detail)`.
  func publish(_ file: FileIdentity, as fileID: Int64, counts: FileCounts, context: LoadContext) throws {
    _ = try execute(
      """
      INSERT INTO input_files (file_id, sha256, name, bytes, layout, business_date, rows_read, rows_accepted,
        rows_quarantined, rows_ignored, loaded_at)
      OVERRIDING SYSTEM VALUE
      VALUES (\(fileID), \(file.sha256), \(file.name), \(file.bytes), \(file.layout), \(context.date),
        \(counts.read), \(counts.accepted), \(counts.quarantined), \(counts.ignored), \(context.now))
      """)
    _ = try execute(
      """
      INSERT INTO quarantine (file_id, line, ordinal, field, reason, detail, business_date)
      SELECT \(fileID), line, row_number() OVER (PARTITION BY line ORDER BY ordinal), field, reason, detail,
        \(context.date)
      FROM refused
      """)
    try digestFile(fileID)
  }

  /// How many rows (not refusals) stand in `refused`.
  func refusedRows() throws -> Int64 {
    guard let row = try first("SELECT count(DISTINCT line) AS rows FROM refused") else {
      throw StoreError.noAnswer("count")
    }
    return try row.get("rows")
  }
}
