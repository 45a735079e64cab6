/// All figures of a full measurement, and for each target whether it is met. What needs a peer that is not installed is
/// left out.
struct TargetTable: BenchTable {
  var peers: PeerTable
  /// Nights of the same kind of world, from the smallest to the largest.
  var nights: [NightTable]
  var increment: IncrementTable
  var charges: ChargeTable
  var start: StartTable

  var targets: [Target] { ofPeers + ofNights + ofCharges + ofStart }

  private var ofPeers: [Target] {
    let settle = peers.settle
    return [
      peers.figures(of: .psql).map {
        Target("a night by the plain psql way, the bar", settle.ratio(to: $0), .atMost, 0.8)
      },
      peers.figures(of: .psql).map {
        Target("a night by the plain psql way, the goal", settle.ratio(to: $0), .atMost, 0.6)
      },
      peers.figures(of: .datacompy).map { Target("a night by datacompy", settle.ratio(to: $0), .atMost, 1.0) },
    ].compactMap { $0 }
  }

  private var ofNights: [Target] {
    var targets = nights.flatMap { night in
      let rows = night.world.authorizations
      let peak = night.runs.map(\.settlePeak).max() ?? 0
      return [
        Target("settle's memory at \(rows) rows", Double(peak) / 1_048_576, .atMost, 64, "MiB"),
        Target("a second run by the first, \(rows) rows", night.again, .atMost, 0.1),
      ]
    }
    if let least = nights.first, let most = nights.last, least.world.authorizations * 10 == most.world.authorizations {
      targets.append(
        Target(
          "\(most.world.authorizations) rows by \(least.world.authorizations)", most.firstSeconds / least.firstSeconds,
          .atMost, 11))
    }
    targets.append(
      Target(
        "an increment into \(increment.held.authorizations) payments by into none", increment.ratio, .atMost, 1.5))
    return targets
  }

  private var ofCharges: [Target] {
    var targets: [Target] = []
    if let free = charges.free {
      targets.append(Target("charges a second", free.rate, .atLeast, 5_000, "/s"))
      targets.append(Target("charges by what a bare client asks", free.rate / charges.bareRate, .atLeast, 0.4))
    }
    if let paced = charges.paced {
      let pace = Double(charges.pace)
      if let fewest = paced.fewestOverTen {
        targets.append(Target("the slowest ten seconds at a pace", fewest, .atLeast, 0.97 * pace, "/s"))
      }
      targets.append(Target("the fastest second at a pace", Double(paced.mostInASecond), .atMost, pace + 1, "/s"))
      targets.append(Target("answers of 429", Double(paced.limited), .atMost, 0, "in all"))
    }
    return targets
  }

  private var ofStart: [Target] {
    [
      Target("settle --help", start.help.median * 1_000, .atMost, 30, "ms"),
      Target("settle status", start.status.median * 1_000, .atMost, 100, "ms"),
    ]
  }

  /// What a row costs at each size, in microseconds, by stage.
  private var growth: String {
    guard let first = nights.first?.runs.first else { return "" }
    let header = ["µs a row"] + nights.map { "\($0.world.authorizations)" }
    let rows = first.stages.indices.map { place in
      [first.stages[place].stage]
        + nights.map { night in
          let seconds = night.runs.first?.stages[place].seconds ?? 0
          return Columns.seconds(seconds * 1e6 / Double(night.world.authorizations))
        }
    }
    return Columns.aligned([header] + rows, left: 1)
  }

  var text: String {
    """
    \(peers.text)
    \(nights.map(\.text).joined(separator: "\n"))
    \(growth)
    \(increment.text)
    \(charges.text)
    \(start.text)
    \(Columns.aligned([Target.header] + targets.map(\.row), left: 1))
    """
  }
}

extension NightTable {
  /// Of the first run, in seconds.
  var firstSeconds: Double { runs.first?.seconds ?? 0 }

  /// The second run's time by the first's.
  var again: Double { runs.count < 2 ? 0 : runs[1].seconds / runs[0].seconds }
}
