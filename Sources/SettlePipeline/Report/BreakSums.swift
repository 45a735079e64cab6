import SettleModel
import SettleStore

/// Open breaks, counted by reason and age, with what is at stake in each currency.
struct BreakSums {
  private var groups: [BreakReason: (ages: [AgeBand: Int], amounts: [Currency: Int64])] = [:]
  /// What is at stake in those of payments and refunds.
  private(set) var broken: [Currency: ReportPage.Sum] = [:]
  private var beside: [ReportPage.BesideGlance.Matter: (count: Int, amounts: [Currency: Int64])] = [:]

  mutating func add(_ row: BreakRow, age: Int) {
    var group = groups[row.reason] ?? ([:], [:])
    group.ages[AgeBand(days: age), default: 0] += 1
    let matter = row.matterBeside
    if let matter { beside[matter, default: (0, [:])].count += 1 }
    if let stake = row.delta ?? row.expected ?? row.reported {
      let minor = Int64(clamping: stake.minor.magnitude)
      group.amounts[stake.currency, default: 0] += minor
      if let matter {
        beside[matter, default: (0, [:])].amounts[stake.currency, default: 0] += minor
      } else {
        broken[stake.currency, default: .init(count: 0, minor: 0)].count += 1
        broken[stake.currency]?.minor += minor
      }
    }
    groups[row.reason] = group
  }

  var besideGlance: [ReportPage.BesideGlance] {
    ReportPage.BesideGlance.Matter.allCases.compactMap { matter in
      beside[matter].map { sum in
        .init(
          matter: matter, count: sum.count,
          amounts: sum.amounts.sorted { $0.key < $1.key }.map { Money(minor: $1, currency: $0) })
      }
    }
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

extension BreakRow {
  /// Nil for a break of a payment or refund itself.
  fileprivate var matterBeside: ReportPage.BesideGlance.Matter? {
    switch reason {
    case .payoutMismatch, .payoutNotInBank, .bankUnexplained, .statementGap: .payouts
    // A bank line that may be several payouts is no processor's.
    case .ambiguousMatch where processor == nil: .payouts
    case .feeVariance, .rateVariance: .terms
    default: nil
    }
  }
}
