/// For each target what was measured. Floating numbers are times, rates and their ratios.
extension BenchRecord {
  /// What was not measured is said to be so, never to be met.
  var judged: [Target] { ofPeers + ofNights + ofCharges + ofStart }

  private var ofPeers: [Target] {
    func ratio(_ peer: Peer) -> Double? {
      peers.flatMap { peers in peers.table.figures(of: peer).map { peers.table.settle.ratio(to: $0) } }
    }
    return [
      Target("a night by the plain psql way, the bar", ratio(.psql), .atMost, 0.8),
      Target("a night by the plain psql way, the goal", ratio(.psql), .atMost, 0.6),
      Target("a night by datacompy", ratio(.datacompy), .atMost, 1.0),
    ]
  }

  private var ofNights: [Target] {
    let sizes = [rows, rows * 3, rows * 10]
    let least = night(of: rows)?.firstSeconds
    let most = night(of: rows * 10)?.firstSeconds
    return sizes.map {
      let peak = night(of: $0)?.runs.map(\.settlePeak).max()
      return Target(
        "settle's memory at \(Columns.count($0)) rows", peak.map { Double($0) / 1_048_576 }, .atMost, 64, "MiB")
    } + [
      Target(
        "\(Columns.count(rows * 10)) rows by \(Columns.count(rows))",
        least.flatMap { least in most.map { $0 / least } }, .atMost, 11)
    ]
      + sizes.map {
        Target("a second run by the first, \(Columns.count($0)) rows", night(of: $0)?.again, .atMost, 0.1)
      }
      + sizes.map {
        Target(
          "reports that a second run changed, \(Columns.count($0)) rows",
          night(of: $0)?.changedReports.map(Double.init), .atMost, 0, "files")
      } + [
        Target(
          "an increment into \(Columns.count(rows * 10)) payments by into none", increment?.table.ratio, .atMost, 1.5)
      ]
  }

  private var ofCharges: [Target] {
    let table = charges?.table
    let pace = (table?.pace).map(Double.init)
    func paced(_ figure: (ChargeFigures) -> Double?) -> Double? { (table?.paced).flatMap(figure) }
    return [
      Target("charges a second", table?.free?.rate, .atLeast, 5_000, "/s"),
      Target("charges by what a bare client asks", table?.shareOfBare, .atLeast, 0.4),
      Target(
        "the slowest ten seconds by the pace",
        paced { figures in figures.fewestOverTen.flatMap { slow in pace.map { slow / $0 } } },
        .atLeast, 0.97),
      Target(
        "beyond the pace in the fastest second", paced { figures in pace.map { Double(figures.mostInASecond) - $0 } },
        .atMost, 1, "requests"),
      Target("answers of 429 at a pace", paced { Double($0.limited) }, .atMost, 0, "in all"),
    ]
  }

  private var ofStart: [Target] {
    [
      Target("settle --help", (start?.table.help.median).map { $0 * 1_000 }, .atMost, 30, "ms"),
      Target("settle status", (start?.table.status.median).map { $0 * 1_000 }, .atMost, 100, "ms"),
    ]
  }
}

extension NightTable {
  /// Of the first run, in seconds.
  var firstSeconds: Double? { runs.first?.seconds }

  /// The second run's time by the first's.
  var again: Double? { runs.count < 2 ? nil : runs[1].seconds / runs[0].seconds }
}

extension NightTable {
  /// How many files of the report are not, byte for byte, what the first run published.
  var changedReports: Int? {
    guard runs.count > 1 else { return nil }
    // Hash and name are in each line, so that a changed file is in both of them.
    let changed = Set(runs[0].reports).symmetricDifference(runs[1].reports)
    return Set(changed.map { $0.split(separator: " ").last ?? "" }).count
  }
}

extension ChargeTable {
  /// Charges a second by what the bare client asks.
  var shareOfBare: Double? { bareRate > 0 ? free.map { $0.rate / bareRate } : nil }
}
