import Postgres
import SettleModel

// Fees and rates: what a processor kept of money, and at which rate it converted it. Whether the money itself is matched
// is another matter, so these breaks have the outcome record as their item rather than as the outcome that they speak
// for: the record stays in its own bucket of the totals.

/// How many records were held against what was agreed, and of how many nobody has agreed anything.
package struct JudgedCounts: Sendable, Equatable {
  package var judged: Int64
  package var notJudged: Int64

  package init(judged: Int64, notJudged: Int64) {
    self.judged = judged
    self.notJudged = notJudged
  }
}

extension BreakReason {
  /// Reasons whose item is an outcome record.
  static let ofRecords: [BreakReason] = [.feeVariance, .rateVariance]
}

extension Session {
  /// The outcome record that a break is about, if any.
  static func recordOf(_ row: SQL) -> SQL {
    """
    coalesce(\(sql: row).outcome_id,
      CASE WHEN \(sql: row).reason = ANY(\(BreakReason.ofRecords)) THEN \(sql: row).item_id END)
    """
  }

  /// The records to judge: those that the date brought or changed, and those of the reason's open breaks. What was
  /// judged on an earlier date is left alone, so that a new agreement says nothing of old fees.
  static func recordsToJudge(_ reason: BreakReason, on date: BusinessDate) -> SQL {
    """
    SELECT payment_id, outcome_id FROM outcome_records WHERE business_date = \(date)
    UNION
    SELECT k.payment_id, v.outcome_id
    FROM outcome_versions v JOIN outcome_keys k ON k.outcome_id = v.outcome_id WHERE v.replaced_on = \(date)
    UNION
    SELECT payment_id, item_id FROM breaks WHERE status = 'open' AND reason = \(reason)
    """
  }

  /// Makes breaks of `judgements` (payment_id, outcome_id, rule, expected, reported, currency, fits), and counts them.
  /// What no rule judges (`fits` is null) is no break; but where it was one, it stays so.
  func wantVariances(_ reason: BreakReason) throws -> JudgedCounts {
    _ = try execute(
      """
      INSERT INTO desired
      SELECT payment_id, \(sql: Self.breakID(reason, of: "outcome_id")), \(reason), outcome_id, NULL, expected,
        CASE WHEN expected IS NOT NULL THEN currency END, reported, currency, rule
      FROM judgements WHERE NOT fits
      """)
    try keepVariances(
      reason, except: "EXISTS (SELECT FROM judgements j WHERE j.outcome_id = b.item_id AND j.fits IS NOT NULL)")
    let row = try first("SELECT count(fits) AS judged, count(*) AS records FROM judgements")
    try script("DROP TABLE judgements")
    guard let row else { throw StoreError.noAnswer("judgements") }
    let (judged, records): (Int64, Int64) = (try row.get("judged"), try row.get("records"))
    return JudgedCounts(judged: judged, notJudged: records - judged)
  }

  /// Wants what is open of a reason that nobody judges now, as it was expected then. That a rule was taken out of the
  /// pipeline file, or that another pipeline reconciles, explains nothing.
  func keepVariances(_ reason: BreakReason, except judged: SQL = "false") throws {
    _ = try execute(
      """
      INSERT INTO desired
      SELECT payment_id, break_id, reason, item_id, NULL, expected_amount, expected_currency, reported_amount,
        reported_currency, rule
      FROM breaks b WHERE status = 'open' AND reason = \(reason) AND NOT \(sql: judged)
      """)
  }
}
