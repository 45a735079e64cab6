import SettleModel
import SettleStore

/// The last dates in three rows above one axis: breaks that were open, breaks that came and went, and what share of a
/// date's items was matched. Numbers of items, so that no currencies are added up.
struct TrendChart {
  let days: [TrendDay]

  /// Nil where there is nothing to compare yet.
  init?(_ days: [TrendDay]) {
    guard days.count > 1 else { return nil }
    self.days = days
  }

  /// Thousandths, rounded down, so that all is said of no less than all. A date on which nothing was matched has none:
  /// where no file comes, a single break would make it nothing at all.
  static func share(of day: TrendDay) -> Int64? {
    guard let matched = day.matched, matched > 0 else { return nil }
    return matched * 1_000 / (matched + day.opened)
  }

  var span: String { "from \(PageText.short(days[0].date)) to \(PageText.short(days[days.count - 1].date))" }

  var openWords: String {
    "\(PageText.grouped(days[days.count - 1].open)) open, at most \(PageText.grouped(days.map(\.open).max() ?? 0))"
  }

  var flowWords: String {
    let last = days[days.count - 1]
    return "\(PageText.grouped(last.opened)) new, \(PageText.grouped(last.resolved)) resolved"
  }

  var shareWords: String {
    let shares = days.compactMap(Self.share)
    guard let least = shares.min() else { return "nothing matched" }
    let floor = "at least \(PageText.percent(perMille: least))"
    guard let last = Self.share(of: days[days.count - 1]) else { return "nothing matched, else \(floor)" }
    return "\(PageText.percent(perMille: last)), \(floor)"
  }

  /// The chart in words; the table below it has the figures.
  var description: String {
    "\(PageText.count(days.count, "date", "dates")) \(span). On the last: open breaks, \(openWords); \(flowWords); "
      + "matched share, \(shareWords)."
  }
}
