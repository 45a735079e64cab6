/// A night's increment into a store that holds many payments, and the same into an empty one. Floating numbers are times.
struct IncrementTable: BenchTable {
  var held: World.Summary
  var added: World.Summary
  var intoEmpty: RunFigures
  var intoFull: RunFigures

  var ratio: Double { intoFull.seconds / intoEmpty.seconds }

  /// - Parameters:
  ///   - rows: of the store that is added to.
  ///   - increment: how many orders come.
  static func measured(
    seed: UInt64, rows: Int, increment: Int, in place: Workplace
  ) async throws -> (table: IncrementTable, full: NightTable) {
    var full = NightTable(world: try place.make("inbox-\(rows)", seed: seed, rows: rows))
    let added = try place.make("increment", seed: seed + 1, rows: increment, date: World.secondDate)
    func add(to night: Night, probe: ServerProbe) async throws -> RunFigures {
      try await night.run(
        "increment", inbox: place.inbox("increment"), date: World.secondDate, orders: increment, probe: probe)
    }
    let intoEmpty = try await place.withStore("empty") { night in
      try await night.probed { try await add(to: night, probe: $0) }
    }
    let intoFull = try await place.withStore("full") { night in
      try await night.probed { probe in
        full.settings = try await probe.settings()
        for name in ["first", "again"] {
          full.runs.append(try await night.run(name, inbox: place.inbox("inbox-\(rows)"), orders: rows, probe: probe))
        }
        full.storedBytes = try await probe.storedBytes()
        return try await add(to: night, probe: probe)
      }
    }
    return (IncrementTable(held: full.world, added: added, intoEmpty: intoEmpty, intoFull: intoFull), full)
  }

  var text: String {
    """
    \(added.authorizations) orders into an empty store: \(Columns.seconds(intoEmpty.seconds)) s; into one that holds \
    \(held.authorizations) payments: \(Columns.seconds(intoFull.seconds)) s, × \(Columns.seconds(ratio)).

    """
  }
}
