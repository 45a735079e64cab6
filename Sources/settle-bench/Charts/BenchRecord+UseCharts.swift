/// The charts of memory and of charges. Floating numbers are sizes and rates.
extension BenchRecord {
  /// The most that each program held.
  var memoryChart: Chart? {
    let measured = nights.filter { !$0.table.runs.isEmpty }
    guard !measured.isEmpty || peers != nil else { return nil }
    var foot = ChartFoot()
    for night in measured { foot.add(night.stamp, night.table.settings) }
    if let peers { foot.add(peers.stamp, peers.table.settings) }
    func bars(_ series: Series, _ held: (RunFigures) -> Int) -> [Chart.Bar] {
      measured.map(\.table).map { night in
        let most = night.runs.map(held).max() ?? 0
        return Self.bar("\(Columns.count(night.world.authorizations)) orders", series, bytes: most)
      }
    }
    var panels: [Chart.Panel] = []
    if !measured.isEmpty {
      panels = [
        Chart.Panel(
          heading: "settle", bars: bars(.settle, \.settlePeak), marks: [Chart.Mark(value: 64, label: "bound: 64 MiB")]),
        Chart.Panel(
          heading: "the largest process of settle's server, beside shared buffers", bars: bars(.server, \.serverPeak)),
      ]
    }
    if let table = peers?.table {
      panels.append(
        Chart.Panel(
          heading: "one way beside the other at \(Columns.count(rows)) orders, on a scale of its own",
          bars: Self.memory(of: table), scale: 1))
    }
    return Chart(
      title: "Memory", subtitle: "the most that each process held, in MiB", panels: panels, foot: foot.lines)
  }

  /// Charges a second, free and at a pace.
  var chargesChart: Chart? {
    guard let charges, charges.table.free != nil || charges.table.paced != nil else { return nil }
    let table = charges.table
    var foot = ChartFoot()
    foot.add(charges.stamp, (table.free ?? table.paced)?.settings ?? [:])
    return Chart(
      title: "Charges",
      subtitle: "charges a second at the sandbox, which runs on the same cores",
      panels: [table.free.map { Self.free($0, of: table) }, table.paced.map { Self.paced($0, of: table) }]
        .compactMap(\.self),
      foot: foot.lines)
  }

  private static func free(_ figures: ChargeFigures, of table: ChargeTable) -> Chart.Panel {
    let share = table.shareOfBare.map { ": settle × \(Columns.seconds($0)) of the bare client, bound × 0.40" } ?? ""
    return Chart.Panel(
      heading: "as fast as can be, \(table.inFlight) at once\(share)",
      bars: [
        bar("settle", note: "durable before and after each charge", figures.rate),
        bar("a bare HTTP client", note: "the same library, to an echo server", table.bareRate, .peer),
      ],
      marks: [Chart.Mark(value: 5_000, label: "bound: at least 5,000/s")])
  }

  private static func paced(_ figures: ChargeFigures, of table: ChargeTable) -> Chart.Panel {
    let pace = Double(table.pace)
    let slowest = figures.fewestOverTen.map {
      bar("the slowest ten seconds", note: "bound: at least \(Int((0.97 * pace).rounded(.up)))/s", $0)
    }
    let bars = [
      bar("on the whole", note: "answers of 429: \(Columns.count(figures.limited))", figures.rate),
      bar("the fastest second", note: "bound: at most \(table.pace + 1)/s", Double(figures.mostInASecond)),
    ]
    return Chart.Panel(
      heading: "at a pace of \(Columns.count(table.pace))/s", bars: [slowest].compactMap(\.self) + bars,
      marks: [Chart.Mark(value: pace, label: "pace: \(Columns.count(table.pace))/s")], scale: 1)
  }

  private static func bar(_ label: String, note: String, _ rate: Double, _ series: Series = .settle) -> Chart.Bar {
    Chart.Bar(label, note: note, rate, series, told: "\(Columns.count(Int(rate.drawn)))/s")
  }

  private static func bar(_ label: String, note: String = "", _ series: Series, bytes: Int) -> Chart.Bar {
    let mebibytes = Double(bytes) / 1_048_576
    return Chart.Bar(label, note: note, mebibytes, series, told: "\(Columns.rounded(mebibytes)) MiB")
  }

  private static func memory(of table: PeerTable) -> [Chart.Bar] {
    let settle = [bar("settle", .settle, bytes: table.settle.peak)]
    return settle + server(table.settle)
      + Peer.allCases.flatMap { peer -> [Chart.Bar] in
        table.figures(of: peer).map { [bar(peer.told, .peer, bytes: $0.peak)] + server($0) } ?? []
      }
  }

  private static func server(_ figures: PeerFigures) -> [Chart.Bar] {
    figures.serverPeak.map { [bar("its server's largest process", .server, bytes: $0)] } ?? []
  }
}
