/// A ``FlowChart`` drawn for one width: both sides' bars at the edges, what both tell between them, and below that
/// what only one side tells, near its side.
struct FlowDrawing {
  private let chart: FlowChart
  private var drawing: Drawing
  /// How far down each side's bar is used up.
  private var leftY: Int
  private var rightY: Int
  /// On a phone both sides do not fit beside each other, so what only one side tells stands in one column.
  private let roomy: Bool

  private static let bar = 10
  private static let fullHeight = 96

  /// The chart as SVG; `id` must be the page's only one of that name.
  static func svg(_ chart: FlowChart, id: String, width: Int, class kind: String) -> String {
    var flow = FlowDrawing(chart: chart, drawing: Drawing(width: width))
    flow.draw()
    return flow.drawing.svg(
      id: id, class: kind, title: "Flow of money in \(chart.currency)", description: chart.description)
  }

  private init(chart: FlowChart, drawing: Drawing) {
    self.chart = chart
    self.drawing = drawing
    roomy = drawing.width >= 600
    leftY = roomy ? 28 : 44
    rightY = leftY
  }

  private mutating func draw() {
    head("Expected", chart.expected, x: 0, class: "strong")
    head("Reported", chart.reported, x: drawing.width, class: "strong end")
    var y = leftY
    for bucket in chart.buckets where bucket.expected > 0 && bucket.reported > 0 { y = both(bucket, at: y) }
    var below = y
    for bucket in chart.buckets where bucket.reported == 0 { below = expectedOnly(bucket, at: below) }
    let lowest = below
    below = roomy ? y : lowest
    for bucket in chart.buckets where bucket.expected == 0 { below = reportedOnly(bucket, at: below) }
    drawing.height = max(leftY, rightY, lowest, below)
  }

  private mutating func head(_ side: String, _ amount: Int64, x: Int, class kind: String) {
    if roomy {
      drawing.label("\(side) \(chart.written(amount))", x: x, y: 13, class: kind)
    } else {
      drawing.label(side, x: x, y: 13, class: kind)
      drawing.label(chart.written(amount), x: x, y: 30, class: kind)
    }
  }

  private mutating func both(_ bucket: FlowChart.Bucket, at y: Int) -> Int {
    let node = y + 22
    let x = (drawing.width - Self.bar) / 2
    let left = height(of: bucket.expected)
    let right = height(of: bucket.reported)
    ribbonFromLeft(bucket, to: .init(x: x, y: node, height: left))
    ribbonFromRight(bucket, to: .init(x: x + Self.bar, y: node, height: right))
    drawing.rectangle(x: x, y: node, width: Self.bar, height: max(left, right), class: "node \(bucket.kind)")
    let difference = bucket.expected == bucket.reported || !roomy ? "" : " for \(chart.written(bucket.expected))"
    drawing.label(
      "\(bucket.title) \(chart.written(bucket.reported))\(difference)", x: drawing.width / 2, y: node - 8,
      class: "middle halo")
    return node + max(left, right) + 12
  }

  private mutating func expectedOnly(_ bucket: FlowChart.Bucket, at y: Int) -> Int {
    let node = Drawing.Edge(x: inset, y: y + 8, height: height(of: bucket.expected))
    ribbonFromLeft(bucket, to: node)
    drawing.rectangle(x: node.x, y: node.y, width: Self.bar, height: node.height, class: "node \(bucket.kind)")
    drawing.label(
      "\(bucket.title) \(chart.written(bucket.expected))", x: node.x + Self.bar + 10, y: node.y + node.height / 2 + 5,
      class: "halo")
    return node.y + max(node.height, 14) + 8
  }

  private mutating func reportedOnly(_ bucket: FlowChart.Bucket, at y: Int) -> Int {
    let node = Drawing.Edge(x: drawing.width - inset, y: y + 8, height: height(of: bucket.reported))
    ribbonFromRight(bucket, to: node)
    drawing.rectangle(
      x: node.x - Self.bar, y: node.y, width: Self.bar, height: node.height, class: "node \(bucket.kind)")
    drawing.label(
      "\(bucket.title) \(chart.written(bucket.reported))", x: node.x - Self.bar - 10,
      y: node.y + node.height / 2 + 5, class: "end halo")
    return node.y + max(node.height, 14) + 8
  }

  /// How far from its edge a bucket stands that only one side tells of.
  private var inset: Int { roomy ? drawing.width / 5 : drawing.width / 10 }

  private mutating func ribbonFromLeft(_ bucket: FlowChart.Bucket, to end: Drawing.Edge) {
    let start = Drawing.Edge(x: Self.bar, y: leftY, height: end.height)
    drawing.ribbon(from: start, to: end, class: "ribbon \(bucket.kind)")
    drawing.rectangle(x: 0, y: leftY, width: Self.bar, height: end.height, class: "node \(bucket.kind)")
    leftY += end.height
  }

  private mutating func ribbonFromRight(_ bucket: FlowChart.Bucket, to end: Drawing.Edge) {
    let start = Drawing.Edge(x: drawing.width - Self.bar, y: rightY, height: end.height)
    drawing.ribbon(from: end, to: start, class: "ribbon \(bucket.kind)")
    drawing.rectangle(x: start.x, y: rightY, width: Self.bar, height: end.height, class: "node \(bucket.kind)")
    rightY += end.height
  }

  /// Pixels for an amount: in proportion, and never so few that nothing is seen.
  private func height(of amount: Int64) -> Int {
    guard amount > 0 else { return 0 }
    let product = amount.multipliedFullWidth(by: Int64(Self.fullHeight))
    return max(2, Int(max(chart.expected, chart.reported).dividingFullWidth(product).quotient))
  }
}
