import Foundation

/// Settle and its peers on one world, turn by turn. Each round begins with another of them, and settle and psql get a new
/// server each time, so that neither finds what the other has left to be written or cleaned up.
struct PeerRounds {
  let place: Workplace
  let programs: PeerPrograms

  private enum Way {
    case settle
    case peer(Peer)
  }

  func run(_ rounds: Int, seed: UInt64, rows: Int) async throws -> PeerTable {
    let world = try place.make("inbox", seed: seed, rows: rows)
    defer { place.remove(place.inbox("inbox")) }
    let installed = try Peer.allCases.filter(programs.isInstalled)
    var table = PeerTable(world: world, missing: Peer.allCases.filter { !installed.contains($0) })
    let ways = [Way.settle] + installed.map { .peer($0) }
    for round in 0..<rounds {
      place.progress.tell(
        "round \(round + 1) of \(rounds): settle, \(installed.map(\.rawValue).joined(separator: ", "))")
      for turn in ways.indices {
        switch ways[(round + turn) % ways.count] {
        case .settle: try await settle(rows: rows, &table)
        case .peer(let peer): table.add(try await compare(peer, world), of: peer)
        }
      }
    }
    return table
  }

  private func settle(rows: Int, _ table: inout PeerTable) async throws {
    try await place.withStore("settle") { night in
      try await night.probed { probe in
        table.settings = try await probe.settings()
        table.add(try await night.run("first", inbox: place.inbox("inbox"), orders: rows, probe: probe))
      }
    }
  }

  /// One turn of a peer. What it finds is what the world was made with, or it is no comparison.
  private func compare(_ peer: Peer, _ world: World.Summary) async throws -> PeerFigures.Turn {
    let files = World.files(inbox: place.inbox("inbox"))
    let out = "\(place.folder)/\(peer.rawValue).csv"
    defer { place.remove(out) }
    let told = "\(peer.rawValue) on \(Columns.count(world.authorizations)) orders"
    guard peer == .psql else {
      try await Rest.before(told, files: files, probe: nil, place.progress)
      return try await turn(programs.python(peer, files: files, out: out), finds: world, told, probe: nil)
    }
    return try await place.withStore("psql") { night in
      let database = try await programs.database(on: try night.settle("db", "url"))
      return try await night.probed { probe in
        try await Rest.before(told, files: files, probe: probe, place.progress)
        return try await turn(
          programs.psql(database, files: files, out: out), finds: world, told, probe: probe)
      }
    }
  }

  private func turn(
    _ comparison: Process, finds world: World.Summary, _ told: String, probe: ServerProbe?
  ) async throws -> PeerFigures.Turn {
    var heartbeat = Heartbeat(told, on: place.progress)
    var backend: Int?
    let before = try await probe?.read().wal
    let begun = Date.now
    let (text, peak) = try await programs.said(by: comparison) {
      backend = try await (probe?.read().largestBackend).map { max(backend ?? 0, $0 * 1024) }
      heartbeat.beat("at work")
    }
    let seconds = Date.now.timeIntervalSince(begun)
    let after = try await probe?.read().wal
    let found = text.split(whereSeparator: \.isWhitespace).compactMap { Int($0) }
    guard found == [world.missing, world.otherAmount] else {
      throw BenchFailure(
        "\(told) found \(found) missing and of another amount, not \([world.missing, world.otherAmount])")
    }
    return PeerFigures.Turn(
      seconds: seconds, peak: peak, serverPeak: backend, wal: before.flatMap { before in after.map { $0 - before } })
  }
}
