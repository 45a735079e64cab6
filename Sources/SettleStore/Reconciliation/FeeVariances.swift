import Postgres
import SettleModel

extension Session {
  /// Holds each fee of the date against the schedule: the first term that fits a record says what it was to be. Nil
  /// where there is nothing to judge by.
  ///
  /// A charge of which a part came back (`capture_reversal`) is judged with that part, as both were one movement. A row
  /// without an id of its own that names no fee is an event, and says nothing of fees.
  func wantFeeVariances(_ schedule: FeeSchedule, context: LoadContext) throws -> JudgedCounts? {
    guard !schedule.terms.isEmpty else {
      try keepVariances(.feeVariance)
      return nil
    }
    try makeFeeTerms(schedule)
    // A table of its own, since the planner takes a join by two keys for nearly empty, and would loop over what follows.
    _ = try execute("CREATE TEMPORARY TABLE kept ON COMMIT DROP AS \(sql: Self.kept(on: context.date))")
    try script("ANALYZE kept")
    _ = try execute(
      """
      CREATE TEMPORARY TABLE judgements ON COMMIT DROP AS
      WITH fees AS (\(sql: Self.fees)),
      shares AS (
        SELECT f.*, t.place, t.rule, t.rounding, t.fixed, t.minimum, t.cap, t.tolerance,
          div(f.gross * t.percent, \(Percent.whole)::numeric) AS share,
          mod(f.gross * t.percent, \(Percent.whole)::numeric) * 2 - \(Percent.whole) AS above_half
        FROM fees f LEFT JOIN fee_terms t ON t.place = \(sql: Self.place(of: "f", in: schedule))
      ),
      expectations AS (
        SELECT *, least(greatest(fixed + share + CASE
            WHEN above_half > 0 OR above_half = 0 AND (rounding = 'half_up' OR mod(share, 2) = 1) THEN 1 ELSE 0 END,
          minimum), cap)::bigint AS expected
        FROM shares
      )
      SELECT payment_id, outcome_id, rule, expected, fee AS reported, currency,
        CASE WHEN place IS NOT NULL THEN abs(fee - expected) <= tolerance END AS fits
      FROM expectations
      """)
    try script("DROP TABLE fee_terms, kept")
    return try wantVariances(.feeVariance)
  }

  /// The records to judge.
  private static func kept(on date: BusinessDate) -> SQL {
    """
    SELECT o.payment_id, o.outcome_id, o.processor, o.kind, o.method, o.currency, o.gross, o.fee, o.processor_charge,
      o.row_id IS NULL AND o.fee = 0 AS is_event
    FROM (
      \(sql: recordsToJudge(.feeVariance, on: date))
      UNION
      SELECT c.payment_id, c.outcome_id FROM outcome_records r
      JOIN outcome_records c ON c.payment_id = r.payment_id AND c.processor_charge = r.processor_charge
      WHERE r.business_date = \(date) AND r.kind = 'capture_reversal' AND c.kind = 'charge'
    ) j
    JOIN outcome_records o ON o.payment_id = j.payment_id AND o.outcome_id = j.outcome_id
    WHERE o.reported AND o.kind = ANY(\(FeeTerm.Kind.allCases.map(\.rawValue)))
    """
  }

  /// What was kept of each movement, with what moved as a positive number.
  private static let fees: SQL = """
    SELECT o.payment_id, o.outcome_id, o.processor, o.kind, o.method, o.currency, o.is_event,
      abs(o.gross + coalesce(v.gross, 0))::numeric AS gross, (o.fee + coalesce(v.fee, 0))::bigint AS fee
    FROM kept o
    LEFT JOIN (
      SELECT payment_id, processor_charge, currency, sum(gross) AS gross, sum(fee) AS fee FROM outcome_records
      WHERE kind = 'capture_reversal' AND reported GROUP BY payment_id, processor_charge, currency
    ) v ON o.kind = 'charge' AND v.payment_id = o.payment_id AND v.processor_charge = o.processor_charge
      AND v.currency = o.currency
    """

  /// Which term is the first that fits, as one expression: a search of the table for each record would take longer than
  /// all the rest.
  private static func place(of row: SQL, in schedule: FeeSchedule) -> SQL {
    var cases: SQL = "CASE WHEN \(sql: row).is_event THEN NULL"
    for (place, term) in schedule.terms.enumerated() {
      cases += " WHEN \(sql: row).processor = \(term.processor) AND \(sql: row).kind = \(term.kind.rawValue)"
      if let method = term.method { cases += " AND \(sql: row).method = \(method)" }
      if let currency = term.currency { cases += " AND \(sql: row).currency = \(currency)" }
      cases += " THEN \(Int32(place))"
    }
    return cases + " END"
  }

  /// The schedule as a table, in its order.
  private func makeFeeTerms(_ schedule: FeeSchedule) throws {
    try script(
      """
      CREATE TEMPORARY TABLE fee_terms (
        place int PRIMARY KEY, processor text NOT NULL, kind text NOT NULL, method text, currency text,
        percent bigint NOT NULL, rounding text NOT NULL, fixed bigint NOT NULL, minimum bigint, cap bigint,
        tolerance bigint NOT NULL, rule text NOT NULL) ON COMMIT DROP
      """)
    for (place, term) in schedule.terms.enumerated() {
      _ = try execute(
        """
        INSERT INTO fee_terms VALUES (\(Int32(place)), \(term.processor), \(term.kind.rawValue), \(term.method),
          \(term.currency?.code), \(term.percent.millionths), \(term.rounding.rawValue), \(term.fixed),
          \(term.minimum), \(term.cap), \(term.tolerance), \(term.summary))
        """)
    }
  }
}
