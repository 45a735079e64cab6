import Foundation

/// A chart as SVG for light or for dark pages. All lengths are in pixels.
struct ChartDrawing {
  private let chart: Chart
  private var page = SVGPage()

  private static let plot = (left: 240.0, width: 340.0)
  private static let row = (plain: 24.0, noted: 36.0, bar: 16.0)

  /// The document, ended by a line feed.
  static func svg(of chart: Chart, on theme: Theme = .light) -> String {
    var drawing = ChartDrawing(chart: chart)
    drawing.draw()
    return drawing.page.document(title: "\(chart.title): \(chart.subtitle)", on: theme)
  }

  private init(chart: Chart) { self.chart = chart }

  private mutating func draw() {
    page.text(chart.title, x: 0, y: 20, class: "title")
    page.text(chart.subtitle, x: 0, y: 40, class: "note")
    page.height = 52
    drawLegend()
    for panel in chart.panels { draw(panel, most: chart.most(on: panel.scale)) }
    drawFoot()
  }

  private mutating func drawFoot() {
    page.height += 4
    for line in chart.foot.flatMap({ SVGPage.lines(of: $0, size: 11) }) {
      page.text(line, x: 0, y: page.height + 12, class: "note")
      page.height += 16
    }
  }

  private mutating func drawLegend() {
    guard !chart.legend.isEmpty else { return }
    var x = 0.0
    for series in chart.legend {
      page.rectangle(x: x, y: page.height + 2, width: 12, height: 12, class: series.rawValue)
      page.text(series.name, x: x + 18, y: page.height + 12, class: "small")
      x += 18 + SVGPage.width(of: series.name, size: 12) + 18
    }
    page.height += 24
  }

  private mutating func draw(_ panel: Chart.Panel, most: Double) {
    let scale = most > 0 ? Self.plot.width / most : 0
    if !panel.heading.isEmpty {
      page.text(panel.heading, x: 0, y: page.height + 20, class: "heading")
      page.height += 28
    }
    for mark in panel.marks {
      page.text(
        mark.label, x: Self.plot.left + mark.value.drawn * scale, y: page.height + 12, class: "mark", around: true)
      page.height += 17
    }
    let top = page.height
    let bounds = panel.marks.map { Self.plot.left + $0.value.drawn * scale }.sorted()
    for bar in panel.bars { draw(bar, scale: scale, bounds: bounds) }
    page.line(x: Self.plot.left, from: top, to: page.height, class: "axis")
    for bound in bounds { page.line(x: bound, from: top, to: page.height, class: "bound") }
    page.height += 8
  }

  private mutating func draw(_ bar: Chart.Bar, scale: Double, bounds: [Double]) {
    let height = bar.note.isEmpty ? Self.row.plain : Self.row.noted
    let (top, middle) = (page.height, page.height + height / 2)
    page.text(bar.label, x: 0, y: bar.note.isEmpty ? middle + 4 : top + 15, class: "label")
    if !bar.note.isEmpty { page.text(bar.note, x: 0, y: top + 29, class: "note") }
    var x = Self.plot.left
    for segment in bar.segments where segment.value.drawn > 0 {
      let width = max(1, segment.value.drawn * scale)
      page.rectangle(
        x: x, y: middle - Self.row.bar / 2, width: width, height: Self.row.bar, class: segment.series.rawValue)
      if !segment.text.isEmpty, SVGPage.width(of: segment.text, size: 11) + 8 < width {
        page.text(segment.text, x: x + width / 2, y: middle + 4, class: "inside", around: true)
      }
      x += width
    }
    // A line through the figure would make it hard to read.
    for bound in bounds where (x - 4...x + 10 + SVGPage.width(of: bar.told, size: 13)).contains(bound) { x = bound }
    page.text(bar.told, x: x + 6, y: middle + 4, class: "label")
    page.height += height
  }
}
