/// A night's increment into a store that holds many payments, and the same into an empty one. Floating numbers are times.
struct IncrementTable: BenchTable {
  var held: World.Summary
  var added: World.Summary
  /// Of the server.
  var settings: [String: String]
  var intoEmpty: RunFigures
  var intoFull: RunFigures

  var ratio: Double { intoFull.seconds / intoEmpty.seconds }

  /// - Parameters:
  ///   - rows: of the store that is added to.
  ///   - increment: how many orders come.
  ///   - filled: is given the night that filled the store, as soon as it is over.
  static func measured(
    seed: UInt64, rows: Int, increment: Int, in place: Workplace, filled: (NightTable) throws -> Void
  ) async throws -> IncrementTable {
    let added = try place.make("increment", seed: seed + 1, rows: increment, date: World.secondDate)
    defer { place.remove(place.inbox("increment")) }
    func add(to night: Night, probe: ServerProbe) async throws -> RunFigures {
      // A day later, autovacuum would have done so.
      place.progress.tell("vacuuming the store, as it is by the next night")
      try await probe.vacuum()
      return try await night.run(
        "increment", inbox: place.inbox("increment"), date: World.secondDate, orders: increment, probe: probe)
    }
    let intoEmpty = try await place.withStore("empty") { night in
      try await night.probed { try await add(to: night, probe: $0) }
    }
    var intoFull: RunFigures?
    let full = try await NightTable.measured(seed: seed, rows: rows, in: place) { table, night, probe in
      try filled(table)
      intoFull = try await add(to: night, probe: probe)
    }
    guard let intoFull else { throw BenchFailure("the increment into \(rows) payments was not measured") }
    return IncrementTable(
      held: full.world, added: added, settings: full.settings, intoEmpty: intoEmpty, intoFull: intoFull)
  }

  var text: String {
    let header = ["increment", "seconds, empty store", "seconds, full store", "WAL MiB, empty", "WAL MiB, full"]
    let stages = zip(intoEmpty.stages, intoFull.stages).map { empty, full in
      row(empty.stage, empty.seconds, full.seconds, empty.wal, full.wal)
    }
    let all = row("all", intoEmpty.seconds, intoFull.seconds, intoEmpty.wal, intoFull.wal)
    return """
      \(Columns.count(added.authorizations)) orders into an empty store, and into one that holds \
      \(Columns.count(held.authorizations)) payments: × \(Columns.seconds(ratio))

      \(Columns.aligned([header] + stages + [all], left: 1))
      settle held at most \(Columns.mebibytes(max(intoEmpty.settlePeak, intoFull.settlePeak))) MiB, the server's largest \
      process \(Columns.mebibytes(max(intoEmpty.serverPeak, intoFull.serverPeak))) MiB.

      """
  }

  private func row(_ stage: String, _ empty: Double, _ full: Double, _ emptyWAL: Int64, _ fullWAL: Int64) -> [String] {
    [stage, Columns.seconds(empty), Columns.seconds(full), Columns.mebibytes(emptyWAL), Columns.mebibytes(fullWAL)]
  }
}
