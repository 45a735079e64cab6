import Postgres
package import SettleModel

/// One record of an input file on its way into the store.
package enum StagedRow<Accepted> {
  case accepted(Accepted)
  /// Every refusal of one row.
  case refused([Quarantined])
  case ignored
}

/// What a pass over a file hands each of its records to.
package typealias RowReader<Accepted> = (_ take: (StagedRow<Accepted>) throws -> Void) throws -> Void

/// How many records a file had, and what became of them.
struct StagedCounts {
  var read: Int64 = 0
  private var refusals: Int32 = 0
  private var leftOut: Int64 = 0

  /// What became of all that was read: whatever is neither accepted nor quarantined was ignored.
  func counts(accepted: Int64, quarantined: Int64) -> FileCounts {
    FileCounts(
      read: read, accepted: accepted, quarantined: quarantined, ignored: read - accepted - quarantined,
      leftOut: leftOut)
  }

  /// Counts a record and writes it: an accepted one by `write`, a refused one as one staging row a refusal.
  ///
  /// Accepted and refused rows share one staging table, since a connection runs one COPY at a time and refusals may be
  /// as many as rows: they are not held in memory.
  mutating func stage<Accepted>(
    _ row: StagedRow<Accepted>, width: Int, into copy: inout CopyWriter,
    write: (Accepted, inout CopyWriter) throws -> Void
  ) throws {
    read += 1
    switch row {
    case .ignored: leftOut += 1
    case .accepted(let accepted):
      copy.beginRow()
      try write(accepted, &copy)
      for _ in 0..<4 { copy.appendNull() }
      try copy.endRow()
    case .refused(let refusals):
      for refusal in refusals {
        self.refusals += 1
        copy.beginRow()
        copy.append(Int64(refusal.line))
        for _ in 1..<width { copy.appendNull() }
        copy.append(self.refusals)
        copy.append(refusal.field)
        copy.append(refusal.reason)
        copy.append(refusal.detail)
        try copy.endRow()
      }
    }
  }

  /// The staging columns of a refusal; they follow the row's own, of which the first is `line`.
  static let refusalColumns = ["refusal", "refused_field", "refused_reason", "refused_detail"]

  static let refusedTable = """
    CREATE TEMPORARY TABLE refused (
      line bigint NOT NULL, ordinal int NOT NULL, field text, reason text NOT NULL, detail text NOT NULL)
      ON COMMIT DROP;
    """
}

extension Session {
  /// Moves what the layout refused out of the staging table, which holds only what may be taken from then on.
  func setAsideRefused() throws {
    let moved = try execute(
      """
      INSERT INTO refused (line, ordinal, field, reason, detail)
      SELECT line, refusal, refused_field, refused_reason, refused_detail FROM incoming WHERE refusal IS NOT NULL
      """)
    if moved > 0 { _ = try execute("DELETE FROM incoming WHERE refusal IS NOT NULL") }
  }
}
