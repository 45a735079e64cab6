/// Level bars, each under its own words, with its number at the end of the line.
struct BarChart {
  struct Bar {
    var label: String
    var count: Int
    /// More words, quieter, such as what is at stake.
    var note: String?
  }

  let title: String
  let bars: [Bar]

  private static let barHeight = 5

  func svg(id: String, width: Int, class kind: String) -> String {
    var drawing = Drawing(width: width)
    let most = max(1, bars.map(\.count).max() ?? 1)
    var y = 0
    for bar in bars {
      drawing.label(bar.label, x: 0, y: y + 14, class: "strong")
      drawing.label(PageText.grouped(bar.count), x: width, y: y + 14, class: "strong end")
      drawing.rectangle(x: 0, y: y + 21, width: width, height: Self.barHeight, class: "track")
      if bar.count > 0 {
        let length = max(2, bar.count * width / most)
        drawing.rectangle(x: 0, y: y + 21, width: length, height: Self.barHeight, class: "node broken")
      }
      if let note = bar.note { drawing.label(note, x: 0, y: y + 43, class: "quiet") }
      y += bar.note == nil ? 46 : 66
    }
    drawing.height = y
    let words = bars.map { "\($0.label): \(PageText.grouped($0.count))" }.joined(separator: "; ")
    return drawing.svg(id: id, class: kind, title: title, description: words + ".")
  }

  /// The bars of ages, from today to the span that the oldest is in.
  static func ages(_ groups: [ReportPage.AgeGroup]) -> [Bar] {
    let spans: [(label: String, days: ClosedRange<Int>)] = [
      ("New", 0...0), ("1 day", 1...1), ("2 to 3 days", 2...3), ("4 to 7 days", 4...7), ("8 to 14 days", 8...14),
      ("15 to 30 days", 15...30), ("Over 30 days", 31...Int.max),
    ]
    let oldest = groups.filter { $0.count > 0 }.map(\.days).max() ?? 0
    return spans.filter { $0.days.lowerBound <= oldest }.map { span in
      Bar(label: span.label, count: groups.filter { span.days.contains($0.days) }.reduce(0) { $0 + $1.count })
    }
  }
}
