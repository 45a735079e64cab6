import SettleModel
import SettleStore

/// Open breaks: a line for each reason, a column for each span of ages, and what is at stake in each currency.
struct BreakSummaryView {
  struct Cell {
    let span: String
    /// Nil for none.
    let count: String?
    /// From 0, nothing, to 3, the most: how dark the cell is.
    let level: Int
  }
  struct Amount {
    let currency: String
    /// Nil where nothing of the currency is at stake.
    let figures: String?
  }
  struct Line {
    let reason: String
    let cells: [Cell]
    let all: String
    let amounts: [Amount]
  }
  let spans: [String]
  let currencies: [String]
  let lines: [Line]
  let sum: Line

  /// Nil where no break is open.
  init?(_ groups: [ReportPage.BreakGroup]) {
    guard !groups.isEmpty else { return nil }
    let counts = Dictionary(groups.flatMap(\.ages), uniquingKeysWith: +)
    let oldest = AgeBand.allCases.last { counts[$0] ?? 0 > 0 } ?? .new
    let shown = AgeBand.allCases.prefix { $0.rawValue <= oldest.rawValue }
    // With one column there is nothing to compare.
    let most = shown.count == 1 ? 0 : groups.flatMap(\.ages.values).max() ?? 0
    spans = shown.map(Self.title)
    let known = Set(groups.flatMap { $0.amounts.map(\.currency) }).sorted()
    currencies = known.map(\.code)
    lines = groups.map { group in
      Line(
        reason: group.reason.title, cells: shown.map { Self.cell($0, group.ages[$0] ?? 0, most: most) },
        all: PageText.grouped(group.count), amounts: known.map { Self.written(group.amounts, $0) })
    }
    sum = Line(
      reason: "All", cells: shown.map { Self.cell($0, counts[$0] ?? 0, most: 0) },
      all: PageText.grouped(counts.values.reduce(0, +)),
      amounts: known.map { Self.written(groups.flatMap(\.amounts), $0) })
  }

  /// `2–7 days`
  private static func title(_ band: AgeBand) -> String {
    "\(band.description.replacing("-", with: "\u{2013}")) days"
  }

  private static func cell(_ band: AgeBand, _ count: Int, most: Int) -> Cell {
    Cell(
      span: title(band), count: count == 0 ? nil : PageText.grouped(count),
      level: most == 0 ? 0 : (count * 3 + most - 1) / most)
  }

  private static func written(_ amounts: [Money], _ currency: Currency) -> Amount {
    let own = amounts.filter { $0.currency == currency }
    let sum = Money(minor: own.reduce(0) { $0 + $1.minor }, currency: currency)
    return Amount(currency: currency.code, figures: own.isEmpty ? nil : PageText.grouped(sum))
  }
}
