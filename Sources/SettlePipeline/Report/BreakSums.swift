import SettleModel
import SettleStore

/// Open breaks, counted by reason and age, with what is at stake in each currency.
struct BreakSums {
  private var groups: [BreakReason: (ages: [AgeBand: Int], amounts: [Currency: Int64])] = [:]
  /// What is at stake in all of them.
  private(set) var broken: [Currency: ReportPage.Sum] = [:]

  mutating func add(_ row: BreakRow, age: Int) {
    var group = groups[row.reason] ?? ([:], [:])
    group.ages[AgeBand(days: age), default: 0] += 1
    if let stake = row.delta ?? row.expected ?? row.reported {
      let minor = Int64(clamping: stake.minor.magnitude)
      group.amounts[stake.currency, default: 0] += minor
      broken[stake.currency, default: .init(count: 0, minor: 0)].count += 1
      broken[stake.currency]?.minor += minor
    }
    groups[row.reason] = group
  }

  /// The largest groups first.
  var byReason: [ReportPage.BreakGroup] {
    groups.map { reason, group in
      ReportPage.BreakGroup(
        reason: reason, ages: group.ages,
        amounts: group.amounts.sorted { $0.key < $1.key }.map { Money(minor: $1, currency: $0) })
    }.sorted { ($1.count, $0.reason.rawValue) < ($0.count, $1.reason.rawValue) }
  }
}
