import Foundation

/// Settle and its peers on one world, turn by turn.
struct PeerRounds {
  let place: Workplace
  let scripts: String
  let python: String

  func run(_ rounds: Int, seed: UInt64, rows: Int) async throws -> PeerTable {
    let world = try place.make("inbox", seed: seed, rows: rows)
    let installed = try Peer.allCases.filter(isInstalled)
    var table = PeerTable(world: world, missing: Peer.allCases.filter { !installed.contains($0) })
    for round in 1...rounds {
      try await place.withStore("round-\(round)") { night in
        let url = try night.settle("db", "url")
        try await night.probed { probe in
          table.settings = try await probe.settings()
          let run = try await night.run("first", inbox: place.inbox("inbox"), orders: rows, probe: probe)
          table.settle.add(run.seconds, peak: run.settlePeak)
          table.settleServerPeak = max(table.settleServerPeak, run.stages.map(\.largestBackend).max() ?? 0)
          for peer in installed {
            let (seconds, peak) = try await compare(peer, world, database: url, probe: probe)
            table.peers[peer.rawValue, default: PeerFigures()].add(seconds, peak: peak)
          }
        }
      }
      try FileManager.default.removeItem(atPath: "\(place.folder)/round-\(round)")
    }
    return table
  }

  /// One turn of a peer. What it finds is what the world was made with, or it is no comparison.
  private func compare(
    _ peer: Peer, _ world: World.Summary, database: String, probe: ServerProbe
  ) async throws -> (seconds: Double, peak: Int) {
    let files = ["authorizations", "outcomes"].map { "\(place.inbox("inbox"))/\($0)/\(World.firstDate).csv" }
    let out = "\(place.folder)/\(peer.rawValue).csv"
    let comparison: Process
    if peer == .psql {
      _ = try await said(by: process("psql", ["-X", "-q", "-d", database, "-c", "CREATE DATABASE peer"]))
      comparison = process(
        "psql",
        ["-X", "-q", "-d", Self.url(database, naming: "peer"), "-v", "authorizations=\(files[0])", "-v"]
          + ["outcomes=\(files[1])", "-v", "out=\(out)", "-f", "\(scripts)/\(peer.script)"])
    } else {
      comparison = process(python, ["\(scripts)/\(peer.script)"] + files + [out])
    }
    var backend = 0
    let begun = Date.now
    let (text, own) = try await said(by: comparison) { _ in
      backend = max(backend, try await probe.read().largestBackend)
    }
    let seconds = Date.now.timeIntervalSince(begun)
    let found = text.split(whereSeparator: \.isWhitespace).compactMap { Int($0) }
    guard found == [world.missing, world.otherAmount] else {
      throw BenchFailure(
        "\(peer.rawValue) found \(found) missing and of another amount, not \([world.missing, world.otherAmount])")
    }
    return (seconds, peer == .psql ? backend * 1024 : own)
  }

  private func isInstalled(_ peer: Peer) throws -> Bool {
    let asked = peer.module.map { process(python, ["-c", "import \($0)"]) } ?? process("psql", ["--version"])
    asked.standardOutput = FileHandle.nullDevice
    asked.standardError = FileHandle.nullDevice
    try asked.run()
    asked.waitUntilExit()
    return asked.terminationStatus == 0
  }

  private func process(_ program: String, _ arguments: [String]) -> Process {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = [program] + arguments
    return process
  }

  /// What a process says on stdout, which must fit a pipe, and the most memory that it held.
  private func said(
    by process: Process, _ look: (Double) async throws -> Void = { _ in }
  ) async throws -> (text: String, peak: Int) {
    let output = Pipe()
    process.standardOutput = output
    try process.run()
    let peak = try await process.peak(look)
    let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    guard process.terminationStatus == 0 else {
      throw BenchFailure(
        "\((process.arguments ?? []).prefix(2).joined(separator: " ")) ended with \(process.terminationStatus)")
    }
    return (text, peak)
  }

  /// The same server's other database.
  private static func url(_ url: String, naming database: String) -> String {
    url.replacing(/^postgresql:\/\/\/[^?]*/, with: "postgresql:///\(database)")
  }
}
