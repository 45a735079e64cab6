import ArgumentParser

struct TargetsCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "targets", abstract: "Measures all that settle has a target for, and says of each whether it is met.",
    discussion: """
      Nights of --rows, three times and ten times as many; a second run of each; settle beside its peers; an increment of \
      a tenth of --rows into the largest store; charges at the sandbox; and how long settle takes to start.

      EXAMPLE
        settle-bench targets --rows 1000000 --python .build/peers/bin/python --json bench.json
      """)

  @OptionGroup var world: WorldOptions
  @OptionGroup var peers: PeerOptions
  @OptionGroup var charges: ChargeOptions

  func run() async throws {
    try world.place.give(try await world.place.inFolder { try await measure(in: $0) })
  }

  private func measure(in place: Workplace) async throws -> TargetTable {
    let (seed, rows) = (world.seed, world.rows)
    let compared = try await peers.rounds(seed: seed, rows: rows, in: place)
    var nights: [NightTable] = []
    for size in [rows, rows * 3] { nights.append(try await .measured(seed: seed, rows: size, in: place)) }
    let (increment, largest) = try await IncrementTable.measured(
      seed: seed, rows: rows * 10, increment: max(1, rows / 10), in: place)
    return TargetTable(
      peers: compared, nights: nights + [largest], increment: increment, charges: try await charges.measure(in: place),
      start: try await .measured(in: place))
  }
}
