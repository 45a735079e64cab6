import ArgumentParser
import Foundation

struct PeersCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "peers", abstract: "Runs settle and others on the same world, turn by turn.",
    discussion: """
      Each round makes a new store and runs settle's ingest, import, reconcile and report on it; then psql on the same \
      server, DuckDB, pandas and datacompy compare the same two files, as far as they are installed. A ratio is settle's \
      time by the other's of the same round, and the middle one of all rounds stands.

      EXAMPLE
        settle-bench peers --rows 1000000 --scripts scripts/peers --python .build/peers/bin/python
      """)

  @OptionGroup var world: WorldOptions
  @OptionGroup var peers: PeerOptions

  func run() async throws {
    try world.place.give(
      try await world.place.inFolder { try await peers.rounds(seed: world.seed, rows: world.rows, in: $0) })
  }
}

struct PeerOptions: ParsableArguments {
  @Option(help: "How many rounds.")
  var rounds = 3

  @Option(help: ArgumentHelp("Where the peers' scripts are.", valueName: "folder"))
  var scripts = "scripts/peers"

  @Option(help: ArgumentHelp("The Python that DuckDB, pandas and datacompy are installed for.", valueName: "path"))
  var python = "python3"

  func validate() throws {
    guard rounds > 0 else { throw ValidationError("--rounds must be at least 1") }
  }

  func rounds(seed: UInt64, rows: Int, in place: Workplace) async throws -> PeerTable {
    let scripts = URL(fileURLWithPath: scripts).standardizedFileURL.path
    guard FileManager.default.fileExists(atPath: "\(scripts)/\(Peer.psql.script)") else {
      throw BenchFailure("\(scripts) does not hold the peers' scripts: name their folder with --scripts")
    }
    return try await PeerRounds(place: place, scripts: scripts, python: python).run(rounds, seed: seed, rows: rows)
  }
}
