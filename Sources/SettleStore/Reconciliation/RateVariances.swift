import Postgres
import SettleModel

extension Session {
  /// Holds each conversion of the date against the reference rate of its day where there is one, else against the rate
  /// that the file itself states. Nil where there is nothing to judge by.
  ///
  /// - Parameter zone: in which time zone an instant has its day, as PostgreSQL names it.
  func wantRateVariances(_ policy: RatePolicy?, zone: String, context: LoadContext) throws -> JudgedCounts? {
    guard let policy else {
      try keepVariances(.rateVariance)
      return nil
    }
    try makeReferenceRates(policy)
    let sameDay: SQL = policy.references.contains { $0.date != nil } ? "AND r.day = c.day" : ""
    // A table of its own, as for fees.
    _ = try execute(
      "CREATE TEMPORARY TABLE conversions ON COMMIT DROP AS \(sql: Self.conversions(on: context.date, zone: zone))")
    try script("ANALYZE conversions")
    _ = try execute(
      """
      CREATE TEMPORARY TABLE judgements ON COMMIT DROP AS
      WITH rates AS (
        SELECT c.*, r.rate IS NOT NULL AS is_reference, coalesce(r.rate, c.stated) AS rate,
          coalesce(r.inverse, false) AS inverse
        FROM conversions c
        LEFT JOIN reference_rates r ON (r.from_currency, r.to_currency) = (c.compared_currency, c.currency) \(sql: sameDay)
      ),
      expectations AS (
        SELECT *,
          compared_amount * settled_unit * CASE WHEN inverse THEN 1 ELSE rate END AS dividend,
          compared_unit * CASE WHEN inverse THEN rate ELSE 1 END AS divisor,
          CASE WHEN is_reference THEN abs(compared_amount) * settled_unit * CASE WHEN inverse THEN 1 ELSE rate END
              * \(policy.tolerance.millionths) * 0.00000001
            ELSE abs(compared_amount) * settled_unit * \(sql: Self.ownRounding(of: "rate")) END AS allowed
        FROM rates
      )
      SELECT payment_id, outcome_id,
        CASE WHEN is_reference THEN 'reference ' ELSE 'stated ' END || CASE WHEN inverse THEN '1/' ELSE '' END || rate
          AS rule,
        CASE WHEN abs(amount) <= \(Int64.max) THEN amount::bigint END AS expected, gross AS reported, currency,
        abs(gross * divisor - dividend) <= allowed + divisor AS fits
      FROM expectations
      CROSS JOIN LATERAL (SELECT sign(dividend) * div(abs(dividend) * 2 + divisor, divisor * 2) AS amount) a
      """)
    try script("DROP TABLE reference_rates, conversions")
    return try wantVariances(.rateVariance)
  }

  /// Half of a rate's last digit. A rate says at least four digits after its point, fewer where it has more before it;
  /// zeros at its end, which are not kept, are digits too.
  private static func ownRounding(of rate: SQL) -> SQL {
    """
    0.5 * ('1e-' || greatest(min_scale(\(sql: rate)), 5 - length(trunc(\(sql: rate))::text)))::numeric
    """
  }

  /// Movements of one currency that were settled in another. The minor units of both have their own worth: an amount is
  /// divided by its unit to be in major ones.
  private static func conversions(on date: BusinessDate, zone: String) -> SQL {
    """
    SELECT o.payment_id, o.outcome_id, o.gross, o.currency, o.compared_amount::numeric, o.compared_currency,
      o.exchange_rate AS stated, (o.occurred_at AT TIME ZONE \(zone))::date AS day,
      ('1e' || s.digits)::numeric AS settled_unit, ('1e' || p.digits)::numeric AS compared_unit
    FROM (\(sql: recordsToJudge(.rateVariance, on: date))) j
    JOIN outcome_records o ON o.payment_id = j.payment_id AND o.outcome_id = j.outcome_id
    JOIN currencies s ON s.code = o.currency
    JOIN currencies p ON p.code = o.compared_currency
    WHERE o.reported AND o.kind <> 'charge_failed' AND o.compared_currency <> o.currency AND o.compared_amount <> 0
    """
  }

  /// Each rate in both directions; a pair that is given in the one is turned round for the other.
  private func makeReferenceRates(_ policy: RatePolicy) throws {
    try script(
      """
      CREATE TEMPORARY TABLE reference_rates (
        day date, from_currency text NOT NULL, to_currency text NOT NULL, rate numeric NOT NULL,
        inverse boolean NOT NULL) ON COMMIT DROP
      """)
    let references = policy.references
    _ = try execute(
      """
      INSERT INTO reference_rates
      SELECT g.day::date, CASE WHEN turned THEN g.quote ELSE g.base END, CASE WHEN turned THEN g.base ELSE g.quote END,
        g.rate::numeric, turned
      FROM unnest(\(references.map { $0.date?.description }), \(references.map(\.pair.from.code)),
        \(references.map(\.pair.to.code)), \(references.map(\.rate.text))) AS g (day, base, quote, rate)
      CROSS JOIN (VALUES (false), (true)) AS d (turned)
      """)
    try script("ANALYZE reference_rates")
  }
}
