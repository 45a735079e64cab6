import Testing

@testable import settle_bench

@Suite("A bench's charts")
struct ChartDrawingTests {
  /// Records that leave little or much to draw.
  static let records: [(String, BenchRecord)] = [
    ("all parts", .sample(rows: 1_000_000)),
    ("one night", night([1, 2, 3, 4, 5, 1])),
    ("one night without a second run", night([1, 2, 3, 4, 5, 1], again: nil)),
    ("a night that took no time", night([0, 0, 0, 0, 0, 0], again: [0])),
    ("a night of no orders", night([1, 2, 3, 4, 5, 1], orders: 0)),
    ("one stage that took all", night([0, 0, 90_000, 0, 0, 0])),
    ("peers alone", with { $0.peers = .init(stamp: .sample(), table: .sample(settle: [9_999, 1], psql: [0.01, 0])) }),
    ("no charge", with { $0.charges = .init(stamp: .sample(), table: .sample(free: 0, bare: 0, paced: 0)) }),
    ("many charges", with { $0.charges = .init(stamp: .sample(), table: .sample(free: 1e6, bare: 1e7, paced: 400)) }),
    ("nothing", BenchRecord(rows: 1, seed: 1)),
  ]

  private static func with(_ change: (inout BenchRecord) -> Void) -> BenchRecord {
    var record = BenchRecord(rows: 1_000_000, seed: 1)
    change(&record)
    return record
  }

  private static func night(_ first: [Double], again: [Double]? = [0.1], orders: Int = 1_000_000) -> BenchRecord {
    with { $0.add(.init(stamp: .sample(), table: .sample(orders, first: first, again: again))) }
  }

  @Test("are well-formed SVG without a script, whatever was measured", arguments: records)
  func wellFormed(what: String, record: BenchRecord) throws {
    for (theme, chart) in Theme.allCases.flatMap({ theme in record.charts.map { (theme, $0.chart) } }) {
      guard let chart else { continue }
      let page = try DrawnPage(ChartDrawing.svg(of: chart, on: theme))
      #expect(page.page?.name == "svg")
      #expect(Set(page.elements.map(\.name)).isSubset(of: ["svg", "title", "style", "text", "rect", "line"]))
      #expect(!page.texts.isEmpty)
    }
  }

  @Test("keep all on the page, and no text over another", arguments: records)
  func nothingOverlaps(what: String, record: BenchRecord) throws {
    for (name, chart) in record.charts {
      guard let chart else { continue }
      let page = try DrawnPage(ChartDrawing.svg(of: chart))
      let boxes = page.texts.map { ($0.text, page.box($0)) }
      for (number, (text, box)) in boxes.enumerated() {
        #expect(box.left >= 0 && box.right <= SVGPage.width, "\(name): \(text)")
        #expect(box.top >= 0 && box.bottom <= page.bottom, "\(name): \(text)")
        for (other, second) in boxes[(number + 1)...] {
          let apart =
            box.right <= second.left || second.right <= box.left || box.bottom <= second.top || second.bottom <= box.top
          #expect(apart, "\(name): \(text) and \(other)")
        }
      }
      for bar in page.bars {
        #expect(bar.number("x") >= 0 && bar.number("x") + bar.number("width") <= SVGPage.width)
        #expect(bar.number("width") > 0)
      }
    }
  }

  @Test(
    "are drawn of what was measured alone",
    arguments: [
      (Part.start, [String]()), (.charges, ["charges"]), (.peers, ["night", "memory"]),
      (.nights, ["night", "growth", "memory"]),
    ])
  func whatWasMeasured(part: Part, drawn: [String]) {
    let whole = BenchRecord.sample()
    let record = Self.with { record in
      switch part {
      case .start: record.start = whole.start
      case .charges: record.charges = whole.charges
      case .peers: record.peers = whole.peers
      case .nights: for night in whole.nights { record.add(night) }
      case .increment: record.increment = whole.increment
      }
      record.rows = whole.rows
    }
    #expect(record.charts.filter { $0.chart != nil }.map(\.name) == drawn)
  }

  @Test("are as long as their figures")
  func lengths() throws {
    let chart = try #require(Self.night([1, 2, 3, 4, 5, 1]).nightChart)
    let bars = try DrawnPage(ChartDrawing.svg(of: chart)).bars.filter { $0.number("height") == 16 }
    let run = bars.prefix(5).map { $0.number("width") }
    #expect(bars.prefix(5).map { $0.attributes["class"] } == ["ingest", "importing", "reconcile", "report", "around"])
    let second = run.reduce(0, +) / 16
    for (width, seconds) in zip(run, [2.0, 3, 4, 5, 2]) { #expect(abs(width - seconds * second) < 0.1) }
  }

  @Test(
    "tell on what and with what was measured",
    arguments: [
      ("night", ["PostgreSQL 15.18: fsync on", "PostgreSQL: fsync on"]), ("growth", ["PostgreSQL: fsync on"]),
      ("memory", ["PostgreSQL: fsync on", "PostgreSQL 15.18: fsync on"]), ("charges", []),
    ] as [(String, [String])])
  func foot(name: String, servers: [String]) throws {
    var record = BenchRecord.sample()
    record.peers?.table.settings = ["fsync": "on", "server_version": "15.18"]
    let chart = try #require(record.charts.first { $0.name == name }?.chart)
    let machine = "2 cores of a processor, 8.0 GiB; settle 0.1.0 of 1234567, measured on 2026-11-20"
    #expect(chart.foot == [machine] + servers)
  }

  @Test("of a night tell what settle takes by each other way, and the bound")
  func ratios() throws {
    let chart = try #require(BenchRecord.sample().nightChart)
    #expect(chart.panels[0].bars.last?.told == "4.0 s, settle × 2.00")
    #expect(chart.panels[0].marks.map(\.value) == [3.2])
  }

  @Test("have bars of one length for one value in panels of one scale, and no others")
  func scales() throws {
    let panels = [(10.0, 0), (5, 0), (5, 1)].map { value, scale in
      Chart.Panel(bars: [Chart.Bar("", value, .settle, told: "")], scale: scale)
    }
    let svg = ChartDrawing.svg(of: Chart(title: "a", subtitle: "b", panels: panels))
    let widths = try DrawnPage(svg).bars.map { $0.number("width") }
    #expect(widths == [340, 170, 340])
  }

  @Test("have lines that fit the page, of all their words")
  func wraps() {
    let text = Array(repeating: "shared_buffers 256MB,", count: 20).joined(separator: " ")
    let lines = SVGPage.lines(of: text, size: 11)
    #expect(lines.count == 4)
    #expect(lines.joined(separator: " ") == text)
    #expect(lines.allSatisfy { SVGPage.width(of: $0, size: 11) <= SVGPage.width })
  }

  @Test("write texts as texts")
  func escapes() throws {
    let chart = Chart(
      title: "<script>&\"'\u{0}\u{1B}", subtitle: "]]>",
      panels: [Chart.Panel(bars: [Chart.Bar("a<b", 1, .settle, told: "&")])])
    let page = try DrawnPage(ChartDrawing.svg(of: chart))
    #expect(page.texts.map(\.text) == ["<script>&\"'", "]]>", "a<b", "&"])
  }

  @Test("are the same bytes for the same figures")
  func sameBytes() throws {
    let (one, two) = (BenchRecord.sample().charts, BenchRecord.sample().charts)
    #expect(
      one.compactMap(\.chart).map { ChartDrawing.svg(of: $0) }
        == two.compactMap(\.chart).map { ChartDrawing.svg(of: $0) })
  }
}
