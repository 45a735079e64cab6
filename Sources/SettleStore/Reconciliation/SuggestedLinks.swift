import Postgres
import SettleModel

extension Session {
  /// What amount and date alone had given to a payment belongs to nothing again once something better is reported for
  /// that payment: it was another's.
  func giveBackSuggested(on date: BusinessDate) throws {
    let given = try execute(
      """
      CREATE TEMPORARY TABLE given ON COMMIT DROP AS
      SELECT o.* FROM outcome_records o
      WHERE o.linked_by = 'amount_and_date' AND EXISTS (
        SELECT FROM outcome_records u
        WHERE u.payment_id = o.payment_id AND u.outcome_id <> o.outcome_id AND u.reported AND u.kind = 'charge'
          AND u.linked_by <> 'amount_and_date')
      """)
    if given > 0 { try unlinkGiven(on: date) }
    try script("DROP TABLE given")
    try bringVariancesToRecords()
  }

  /// Makes the records in the temporary table `given` orphans, with the breaks that are about them alone. Deleted and
  /// inserted, as when an orphan is moved to its payment.
  func unlinkGiven(on date: BusinessDate) throws {
    try unmatch("USING given g WHERE m.payment_id = g.payment_id AND m.outcome_id = g.outcome_id", on: date)
    _ = try execute(
      """
      INSERT INTO outcome_records (\(sql: Self.recordColumns))
      SELECT outcome_id, NULL, \(sql: Self.carriedColumns) FROM given
      """)
    _ = try execute(
      "DELETE FROM outcome_records o USING given g WHERE o.payment_id = g.payment_id AND o.outcome_id = g.outcome_id")
    _ = try execute(
      "UPDATE outcome_keys k SET payment_id = k.outcome_id FROM given g WHERE k.outcome_id = g.outcome_id")
    try carry("SELECT outcome_id AS payment_id FROM given")
    _ = try execute(
      """
      INSERT INTO breaks (payment_id, \(sql: Self.breakColumns))
      SELECT b.outcome_id, \(sql: Self.breakColumns)
      FROM (SELECT payment_id AS linked, outcome_id AS given FROM given) g
      JOIN breaks b ON b.payment_id = g.linked AND b.outcome_id = g.given AND b.item_id IS NULL
      """)
    _ = try execute(
      """
      DELETE FROM breaks b USING given g
      WHERE b.payment_id = g.payment_id AND b.outcome_id = g.outcome_id AND b.item_id IS NULL
      """)
  }

  /// A break about a fee or a rate is where its record is, however the record came there: else it would be judged no more,
  /// and a new one made beside it.
  private func bringVariancesToRecords() throws {
    let stray: SQL = """
      b.reason = ANY(\(BreakReason.ofRecords)) AND k.record = b.item_id AND k.holder <> b.payment_id
      """
    let keys: SQL = "(SELECT outcome_id AS record, payment_id AS holder FROM outcome_keys) k"
    _ = try execute(
      """
      INSERT INTO breaks (payment_id, \(sql: Self.breakColumns))
      SELECT k.holder, \(sql: Self.breakColumns) FROM breaks b JOIN \(sql: keys) ON \(sql: stray)
      ON CONFLICT (payment_id, break_id) DO NOTHING
      """)
    _ = try execute("DELETE FROM breaks b USING \(sql: keys) WHERE \(sql: stray)")
  }
}
