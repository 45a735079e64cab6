package import Postgres
package import SettleModel

/// How long a break has been open, in calendar days up to the latest run's date.
package enum AgeBand: Int, Sendable, CaseIterable, CustomStringConvertible {
  case new, week, month, older

  /// The most days of each; nil without end.
  var mostDays: Int? {
    switch self {
    case .new: 1
    case .week: 7
    case .month: 30
    case .older: nil
    }
  }

  /// The band of an age in days. What an older date sees of a later break is new.
  package init(days: Int) { self = Self.allCases.first { days <= $0.mostDays ?? .max } ?? .older }

  /// `0-1`, `2-7`, `8-30`, `31+`: days.
  package var description: String {
    let first = AgeBand(rawValue: rawValue - 1)?.mostDays.map { $0 + 1 } ?? 0
    return mostDays.map { "\(first)-\($0)" } ?? "\(first)+"
  }
}

/// Open breaks of one reason and age.
package struct AgedBreaks: Sendable, Equatable {
  package var reason: BreakReason
  package var age: AgeBand
  package var count: Int64
  /// What is at stake, in order of currency: the difference without its sign, or where only one side is known, that.
  package var amounts: [Money]
}

/// Open breaks by reason and age.
package struct BreakAgeing: Sendable, Equatable {
  /// The date up to which ages are counted; nil where nothing ever ran.
  package var date: BusinessDate?
  /// In order of reason, the youngest first.
  package var groups: [AgedBreaks] = []

  package init() {}
}

extension Session {
  package func breakAgeing() throws -> BreakAgeing {
    var ageing = BreakAgeing()
    ageing.date = try first("SELECT max(business_date) AS latest FROM runs")?.get("latest")
    guard let date = ageing.date else { return ageing }
    let bands = AgeBand.allCases.dropLast().map { (Int32($0.mostDays ?? 0), Int32($0.rawValue)) }
    let rows = try query(
      """
      SELECT reason, band, currency, count(*) AS breaks, sum(stake)::bigint AS stake
      FROM (
        SELECT reason,
          coalesce((SELECT min(a.band) FROM unnest(\(bands.map(\.0)), \(bands.map(\.1))) a (most, band)
            WHERE \(date)::date - b.first_seen <= a.most), \(Int32(AgeBand.older.rawValue))) AS band,
          coalesce(expected_currency, reported_currency) AS currency,
          CASE WHEN expected_currency = reported_currency THEN abs(reported_amount - expected_amount)
            ELSE abs(coalesce(expected_amount, reported_amount)) END AS stake
        FROM breaks b WHERE status = 'open') aged
      GROUP BY reason, band, currency ORDER BY reason, band, currency
      """
    ) { row in
      (
        reason: try row.get("reason") as BreakReason, band: try row.get("band") as Int32,
        count: try row.get("breaks") as Int64, stake: try row.moneyIfAny("stake", "currency")
      )
    }
    for row in rows {
      let age = AgeBand(rawValue: Int(row.band)) ?? .older
      if ageing.groups.last.map({ $0.reason != row.reason || $0.age != age }) ?? true {
        ageing.groups.append(AgedBreaks(reason: row.reason, age: age, count: 0, amounts: []))
      }
      ageing.groups[ageing.groups.count - 1].count += row.count
      if let stake = row.stake { ageing.groups[ageing.groups.count - 1].amounts.append(stake) }
    }
    return ageing
  }
}
