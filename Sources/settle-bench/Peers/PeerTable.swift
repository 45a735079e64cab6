/// Settle's and the peers' times on one world.
struct PeerTable: BenchTable {
  var world: World.Summary
  /// Peers that are not installed here.
  var missing: [Peer]
  /// Of the server.
  var settings: [String: String] = [:]
  var settle = PeerFigures()
  /// Settle's runs stage by stage, one of each round.
  var runs: [RunFigures] = []
  /// By the peer's name.
  var peers: [String: PeerFigures] = [:]

  init(world: World.Summary, missing: [Peer]) {
    self.world = world
    self.missing = missing
  }

  mutating func add(_ run: RunFigures) {
    runs.append(run)
    settle.add(
      PeerFigures.Turn(seconds: run.seconds, peak: run.settlePeak, serverPeak: run.serverPeak, wal: run.wal))
  }

  mutating func add(_ turn: PeerFigures.Turn, of peer: Peer) { peers[peer.rawValue, default: PeerFigures()].add(turn) }

  func figures(of peer: Peer) -> PeerFigures? { peers[peer.rawValue] }

  /// The round by which settle's time is judged where it stands for all.
  var middleRun: RunFigures? { runs.first { $0.seconds == settle.seconds.median } }

  var text: String {
    var rows = [["way", "seconds", "rounds", "settle takes", "peak MiB", "server MiB", "WAL MiB"]]
    rows.append(row("settle", settle, ratio: 1))
    for peer in Peer.allCases {
      if let figures = figures(of: peer) { rows.append(row(peer.rawValue, figures, ratio: settle.ratio(to: figures))) }
    }
    return """
      \(world.told)

      \(Columns.aligned(rows, left: 1))
      seconds: the middle round. settle takes: its time by that way's, of the same round, the middle one.
      peak: the most that the way's own process held; server: the same of the server's largest process, beside shared \
      buffers.\(notInstalled)
      server: \(Columns.settings(settings)); sessions of settle and of psql ask for work_mem 32MB

      """
  }

  private var notInstalled: String {
    missing.isEmpty ? "" : "\nNot installed here: \(missing.map(\.rawValue).joined(separator: ", "))."
  }

  private func row(_ way: String, _ figures: PeerFigures, ratio: Double) -> [String] {
    [
      way, Columns.seconds(figures.seconds.median), figures.seconds.map(Columns.seconds).joined(separator: " "),
      "× \(Columns.seconds(ratio))", Columns.mebibytes(figures.peak), figures.serverPeak.map(Columns.mebibytes) ?? "-",
      figures.wal.map(Columns.mebibytes) ?? "-",
    ]
  }
}
