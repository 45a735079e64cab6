import Postgres
import SettleModel

// Which row named another payment method or hold for a payment that was known: the evidence of the attempts after it.

extension Session {
  /// Notes those of the round's verdicts that change an instrument. Other instants under the same one change no means.
  func noteInstruments(fileID: Int64, _ context: LoadContext) throws {
    _ = try execute(
      """
      INSERT INTO instrument_changes (payment_id, file_id, line, payment_method, hold, business_date)
      SELECT payment_id, \(fileID), line, payment_method, hold, \(context.date)::date
      FROM verdicts WHERE turn AND reason IS NULL AND NOT same_instrument ORDER BY payment_id, line
      """)
  }

  func digestInstruments(of fileID: Int64) throws {
    _ = try digest(
      .instruments, of: fileID,
      """
      SELECT c.payment_id AS id, c.line AS place, \(sql: AuditHash.instrumentChange) AS hash
      FROM instrument_changes c WHERE c.file_id = \(fileID)
      """)
  }
}
