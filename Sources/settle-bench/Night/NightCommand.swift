import ArgumentParser

struct NightCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "night", abstract: "Ingests, imports, reconciles and reports a made world, twice.",
    discussion: """
      The second run has no new input, so it shows what recognising known files costs. Times of the stages are those of \
      run_results.json; processor time, WAL and memory are watched from beside.

      EXAMPLE
        settle-bench night --rows 1000000 --settle .build/release/settle --json night.json
      """)

  @OptionGroup var world: WorldOptions

  func run() async throws {
    try world.place.give(
      try await world.place.inFolder(orders: world.rows) {
        try await NightTable.measured(seed: world.seed, rows: world.rows, in: $0)
      })
  }
}

extension NightTable {
  /// A first run of a made world on a store of its own, and a second one.
  ///
  /// - Parameter after: goes on with the store that holds the world.
  static func measured(
    seed: UInt64, rows: Int, in place: Workplace,
    after: (NightTable, Night, ServerProbe) async throws -> Void = { _, _, _ in }
  ) async throws -> NightTable {
    let world = "inbox-\(rows)"
    var table = NightTable(world: try place.make(world, seed: seed, rows: rows))
    defer { place.remove(place.inbox(world)) }
    return try await place.withStore("night-\(rows)") { night in
      try await night.probed { probe in
        table.settings = try await probe.settings()
        for name in ["first", "again"] {
          table.runs.append(try await night.run(name, inbox: place.inbox(world), orders: rows, probe: probe))
        }
        table.storedBytes = try await probe.storedBytes()
        place.remove(place.inbox(world))
        try await after(table, night, probe)
        return table
      }
    }
  }
}
