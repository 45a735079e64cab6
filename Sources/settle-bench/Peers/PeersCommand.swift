import ArgumentParser
import Foundation

struct PeersCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "peers", abstract: "Runs settle and others on the same world, turn by turn.",
    discussion: """
      Settle's ingest, import, reconcile and report, psql, DuckDB, pandas and datacompy compare the same two files, as far \
      as they are installed. Settle and psql get a new server with the same settings each time, each round begins with \
      another way, and before each turn the files are read once and all that waits to be written to disk is. A ratio is \
      settle's time by the other's of the same round, and the middle one of all rounds stands.

      EXAMPLE
        settle-bench peers --rows 1000000 --scripts scripts/peers --python .build/peers/bin/python
      """)

  @OptionGroup var world: WorldOptions
  @OptionGroup var peers: PeerOptions

  func run() async throws {
    let programs = try peers.programs()
    try world.place.give(
      try await world.place.inFolder(orders: world.rows) {
        try await PeerRounds(place: $0, programs: programs).run(peers.rounds, seed: world.seed, rows: world.rows)
      })
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

  func programs() throws -> PeerPrograms { try PeerPrograms(scripts: scripts, python: python) }
}
