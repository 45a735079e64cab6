/// Settle's and the peers' times on one world.
struct PeerTable: BenchTable {
  var world: World.Summary
  /// Peers that are not installed here.
  var missing: [Peer]
  /// Of the server.
  var settings: [String: String] = [:]
  var settle = PeerFigures()
  /// The most that one of the server's processes held for itself during settle's runs, in bytes.
  var settleServerPeak = 0
  /// By the peer's name.
  var peers: [String: PeerFigures] = [:]

  init(world: World.Summary, missing: [Peer]) {
    self.world = world
    self.missing = missing
  }

  func figures(of peer: Peer) -> PeerFigures? { peers[peer.rawValue] }

  var text: String {
    var rows = [["way", "seconds", "rounds", "settle takes", "peak MiB"]]
    rows.append(row("settle", settle, ratio: 1))
    for peer in Peer.allCases {
      if let figures = figures(of: peer) { rows.append(row(peer.rawValue, figures, ratio: settle.ratio(to: figures))) }
    }
    return """
      \(world.told)

      \(Columns.aligned(rows, left: 1))
      seconds: the middle round. settle takes: its time by that way's, of the same round, the middle one.
      peak: of psql and beside settle's own \(Columns.mebibytes(settle.peak)) MiB, what the server's largest process held: \
      \(Columns.mebibytes(settleServerPeak)) MiB in settle's runs.\(notInstalled)
      server: \(Columns.settings(settings))

      """
  }

  private var notInstalled: String {
    missing.isEmpty ? "" : "\nNot installed here: \(missing.map(\.rawValue).joined(separator: ", "))."
  }

  private func row(_ way: String, _ figures: PeerFigures, ratio: Double) -> [String] {
    [
      way, Columns.seconds(figures.seconds.median), figures.seconds.map(Columns.seconds).joined(separator: " "),
      "× \(Columns.seconds(ratio))", Columns.mebibytes(figures.peak),
    ]
  }
}
