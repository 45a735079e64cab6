/// The charts of what was measured; nil where it was not. Floating numbers are times and their ratios.
extension BenchRecord {
  /// By the name of the file.
  var charts: [(name: String, chart: Chart?)] {
    [("night", nightChart), ("growth", growthChart), ("memory", memoryChart), ("charges", chargesChart)]
  }

  /// A night by stage, beside the peers.
  var nightChart: Chart? {
    let night = nights.first { $0.table.world.authorizations == rows }
    guard let run = peers?.table.middleRun ?? night?.table.runs.first else { return nil }
    var foot = ChartFoot()
    if let peers { foot.add(peers.stamp, peers.table.settings) }
    var bars = [Self.bar("settle", note: "durable, keyed, quarantining, audited", run)]
    if let night, night.table.runs.count > 1 {
      foot.add(night.stamp, night.table.settings)
      bars.append(Self.bar("settle, once more", note: "the same files, already known", night.table.runs[1]))
    }
    let rounds = peers?.table.runs.count ?? 1
    return Chart(
      title: "A night of \(Columns.count(rows)) orders",
      subtitle: "seconds, \(rounds > 1 ? "the middle of \(rounds) rounds" : "one round"), turn by turn on one machine"
        + "; × is what settle takes by the other",
      panels: [
        Chart.Panel(bars: bars + (peers.map { Self.bars(of: $0.table) } ?? []), marks: [boundByPsql].compactMap(\.self))
      ],
      legend: Series.stages, foot: foot.lines)
  }

  /// What an order costs at each size.
  var growthChart: Chart? {
    guard let first = nights.first?.table.runs.first else { return nil }
    func panel(_ heading: String, _ series: Series, _ cost: (NightTable) -> Double?) -> Chart.Panel {
      let bars = nights.compactMap { night -> Chart.Bar? in
        guard let cost = cost(night.table) else { return nil }
        let size = "\(Columns.count(night.table.world.authorizations)) orders"
        return Chart.Bar(size, cost, series, told: Self.seconds(cost))
      }
      return Chart.Panel(heading: heading, bars: bars)
    }
    var all = panel("all, with start and end", .settle) { $0.secondsAMillion }
    if let least = night(of: rows)?.secondsAMillion {
      all.marks = [Chart.Mark(value: least * 1.1, label: "bound at \(Columns.count(rows * 10)): × 1.1")]
    }
    var foot = ChartFoot()
    for night in nights { foot.add(night.stamp, night.table.settings) }
    let stages = first.stages.map(\.stage).filter { Series(stage: $0) != .around }
    return Chart(
      title: "What a million orders cost as nights grow",
      subtitle:
        "seconds for each million orders of a first run: as long at each size where it grows with the orders alone",
      panels: stages.map { stage in panel(stage, Series(stage: stage)) { $0.microseconds(stage) } } + [all],
      foot: foot.lines)
  }

  /// As long as settle may take by the plain psql way.
  private var boundByPsql: Chart.Mark? {
    (peers?.table.figures(of: .psql)).map { Chart.Mark(value: 0.8 * $0.seconds.median, label: "bound: 0.8 × psql") }
  }

  private static func bars(of table: PeerTable) -> [Chart.Bar] {
    Peer.allCases.compactMap { peer in
      guard let figures = table.figures(of: peer) else { return nil }
      let (taken, ratio) = (figures.seconds.median, table.settle.ratio(to: figures))
      return Chart.Bar(
        peer.told, note: peer.note, taken, .peer, told: "\(seconds(taken)), settle × \(Columns.seconds(ratio))")
    }
  }

  /// A run by its stages, all that is before and after them last.
  private static func bar(_ label: String, note: String, _ run: RunFigures) -> Chart.Bar {
    let stages = run.stages.filter { Series(stage: $0.stage) != .around }
    let around = run.seconds - stages.reduce(0) { $0 + $1.seconds }
    let segments = stages.map {
      Chart.Segment(value: $0.seconds, series: Series(stage: $0.stage), text: Columns.tenths($0.seconds))
    }
    return Chart.Bar(
      label, note: note, segments + [Chart.Segment(value: around, series: .around)], told: seconds(run.seconds))
  }

  private static func seconds(_ seconds: Double) -> String { "\(Columns.rounded(seconds.drawn)) s" }
}

extension NightTable {
  /// What the first run took for each million orders: a time, and no money. In microseconds for each order, it is the same.
  fileprivate var secondsAMillion: Double? {
    firstSeconds.flatMap { world.authorizations > 0 ? $0 * 1e6 / Double(world.authorizations) : nil }
  }
}

extension Peer {
  var told: String {
    switch self {
    case .psql: "psql, by hand"
    case .duckdb: "DuckDB"
    case .pandas: "pandas"
    case .datacompy: "datacompy"
    }
  }

  /// What one has of it.
  fileprivate var note: String {
    switch self {
    case .psql: "durable and keyed, and no more"
    case .duckdb, .pandas, .datacompy: "in memory, nothing kept"
    }
  }
}
