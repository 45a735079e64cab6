import SettleStore

/// A ``TrendChart`` drawn for one width, the latest date at the right edge.
struct TrendDrawing {
  private let chart: TrendChart
  private var drawing: Drawing
  private let slot: Int
  private let plot: Int
  private var y = 0

  static func svg(_ chart: TrendChart, id: String, width: Int, class kind: String) -> String {
    var trend = TrendDrawing(chart: chart, drawing: Drawing(width: width))
    trend.draw()
    return trend.drawing.svg(id: id, class: kind, title: "Trend \(chart.span)", description: chart.description)
  }

  private init(chart: TrendChart, drawing: Drawing) {
    self.chart = chart
    self.drawing = drawing
    // A few dates are a few narrow columns, not slabs.
    slot = drawing.width / max(chart.days.count, 10)
    plot = drawing.width >= 600 ? 64 : 52
  }

  private mutating func draw() {
    head("Open breaks", chart.openWords)
    columns(chart.days.map { ($0.open, 0) }, above: plot, below: 0)
    head("New and resolved", chart.flowWords)
    columns(chart.days.map { ($0.opened, $0.resolved) }, above: plot / 2, below: plot / 2)
    head("Matched share", chart.shareWords)
    line(chart.days.map(TrendChart.share))
    dates()
    drawing.height = y
  }

  private mutating func head(_ title: String, _ words: String) {
    drawing.label(title, x: 0, y: y + 13, class: "strong")
    drawing.label(words, x: drawing.width, y: y + 13, class: "end")
    y += 24
  }

  private func x(_ index: Int) -> Int { drawing.width - (chart.days.count - index) * slot }

  private mutating func columns(_ values: [(up: Int64, down: Int64)], above: Int, below: Int) {
    let most = values.map { max($0.up, $0.down) }.max() ?? 0
    let axis = y + above
    let width = max(2, slot * 3 / 5)
    for (index, value) in values.enumerated() {
      let left = x(index) + slot - width
      let last = index == values.count - 1
      let up = Self.length(value.up, of: most, in: above)
      drawing.rectangle(
        x: left, y: axis - up, width: width, height: up, class: last ? "node broken" : "past broken")
      let down = Self.length(value.down, of: most, in: below)
      drawing.rectangle(x: left, y: axis, width: width, height: down, class: "node matched")
    }
    drawing.rectangle(x: 0, y: axis, width: drawing.width, height: 1, class: "track")
    y = axis + below + 28
  }

  /// Shares between the next lower step and all, since a scale from nothing would show none of their changes.
  private mutating func line(_ shares: [Int64?]) {
    let least = shares.compactMap(\.self).min() ?? 1_000
    let floor: Int64 = [990, 950, 900, 750, 500].first { $0 <= least } ?? 0
    let (top, height) = (y + 12, plot - 12)
    func point(_ share: Int64, _ index: Int) -> (x: Int, y: Int) {
      (x(index) + slot - 6, top + Int((1_000 - share) * Int64(height) / (1_000 - floor)))
    }
    for (level, share) in [(top, Int64(1_000)), (top + height, floor)] {
      drawing.rectangle(x: 0, y: level, width: drawing.width, height: 1, class: "track")
      drawing.label(PageText.percent(perMille: share), x: 0, y: level - 4, class: "quiet halo")
    }
    let points = shares.enumerated().map { index, share in share.map { point($0, index) } }
    // Dates without a share are gaps in the line.
    for run in points.split(whereSeparator: { $0 == nil }) where run.count > 1 {
      let corners = run.compactMap { $0.map { "\($0.x),\($0.y)" } }
      drawing.element("polyline", ["class": "line", "points": corners.joined(separator: " ")])
    }
    for (index, point) in points.enumerated() {
      guard let point else { continue }
      let last = index == points.count - 1
      drawing.element(
        "circle",
        [
          "class": last ? "node matched" : "dot", "cx": "\(point.x)", "cy": "\(point.y)", "r": last ? "4" : "2",
        ])
    }
    y = top + height + 8
  }

  /// The last date, and before it as many as have room.
  private mutating func dates() {
    let every = max(1, (64 + slot - 1) / slot)
    for index in chart.days.indices where (chart.days.count - 1 - index).isMultiple(of: every) {
      let right = x(index) + slot
      guard right >= 40 else { continue }
      drawing.label(PageText.short(chart.days[index].date), x: right, y: y + 12, class: "quiet end")
    }
    y += 18
  }

  /// Pixels for a number: in proportion, and for something never none.
  private static func length(_ value: Int64, of most: Int64, in height: Int) -> Int {
    guard value > 0, most > 0, height > 0 else { return 0 }
    return max(2, Int(most.dividingFullWidth(value.multipliedFullWidth(by: Int64(height))).quotient))
  }
}
