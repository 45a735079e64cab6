package import Postgres
package import SettleModel

/// Rows of one processor's files that settle refused. What they said is not kept, so any of them may be what is missing.
package struct RefusedRows: Sendable, Equatable {
  package var processor: String
  /// The first business date whose files count.
  package var since: BusinessDate
  package var count: Int64
  /// `file:line` of the first ones.
  package var places: [String]

  /// How many places are told.
  package static let limit = 10

  package init(processor: String, since: BusinessDate, count: Int64, places: [String]) {
    self.processor = processor
    self.since = since
    self.count = count
    self.places = places
  }
}

extension RefusedRows {
  /// `3 rows of stripe's files were refused since 2026-11-20 (quarantine.csv), among them may be this one: a.csv:9, …`
  package var words: String { words(showing: Self.limit) }

  /// - Parameter limit: how many places to name.
  package func words(showing limit: Int) -> String {
    let more = count > Int64(min(limit, places.count)) ? ", …" : ""
    return "\(count.of("row", "rows")) of \(processor)'s files \(count == 1 ? "was" : "were") refused since \(since)"
      + " (quarantine.csv), \(count == 1 ? "which may be" : "among them may be") this one:"
      + " \(places.prefix(limit).joined(separator: ", "))\(more)"
  }
}

extension BreakReason {
  /// Whether a row that settle refused itself may be what is missing.
  package var mayBeRefused: Bool { self == .missingAtProcessor || self == .missingRefund }
}

extension Session {
  /// Refused rows of processors' files of reported money, by processor and date, the earliest first.
  package func refusedRows(
    since date: BusinessDate, until last: BusinessDate? = nil, of processor: String? = nil
  ) throws -> [RefusedRows] {
    try query(
      """
      SELECT a.processor, q.business_date, count(*) AS rows,
        (array_agg(f.name || ':' || q.line ORDER BY f.file_id, q.line))[1:\(Int32(RefusedRows.limit))] AS places
      FROM (SELECT DISTINCT file_id, line, business_date FROM quarantine
        WHERE business_date >= \(date) AND (\(last)::date IS NULL OR business_date <= \(last))) q
      JOIN arrivals a ON a.file_id = q.file_id
      JOIN input_files f ON f.file_id = q.file_id
      WHERE \(processor)::text IS NULL OR a.processor = \(processor)
      GROUP BY a.processor, q.business_date ORDER BY q.business_date, a.processor
      """
    ) { row in
      RefusedRows(
        processor: try row.get("processor"), since: try row.get("business_date"), count: try row.get("rows"),
        places: try row.get("places"))
    }
  }

  /// The same breaks of a payment, each that misses something with the rows that may be it.
  func tellRefused(in breaks: [BreakFacts], of id: PaymentID) throws -> [BreakFacts] {
    guard breaks.contains(where: { $0.isOpen && $0.reason.mayBeRefused }) else { return breaks }
    let payment = try first(
      "SELECT processor, coalesce(charged_on, recorded_on) AS day FROM payments WHERE payment_id = \(id)")
    guard let payment else { return breaks }
    let (processor, day): (String, BusinessDate) = (try payment.get("processor"), try payment.get("day"))
    let refused = try refusedRows(since: day, of: processor).of(processor, since: day)
    return breaks.map { found in
      var found = found
      if found.isOpen, found.reason.mayBeRefused { found.refused = refused }
      return found
    }
  }
}

extension [RefusedRows] {
  /// All of one processor's since a date, as one; nil where there are none.
  package func of(_ processor: String, since date: BusinessDate) -> RefusedRows? {
    let own = filter { $0.processor == processor && $0.since >= date }
    guard !own.isEmpty else { return nil }
    return RefusedRows(
      processor: processor, since: date, count: own.reduce(0) { $0 + $1.count },
      places: own.flatMap(\.places).prefix(RefusedRows.limit).map(\.self))
  }
}
