import ArgumentParser
import Foundation

struct TargetsCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "targets", abstract: "Measures all that settle has a target for, and says of each whether it is met.",
    discussion: """
      start: how long settle takes to start. charges: charges at the sandbox, beside a bare client. peers: settle beside \
      its peers. nights: nights of --rows and three times as many, and a second run of each. increment: a night of ten \
      times as many, a second run of it, and an increment of a tenth of --rows into that store.

      After each part, its table is printed and the JSON file is written. With --only, the file's other parts stay and are \
      judged with what is measured now, if they are about the same rows and seed and were measured with the same settle \
      on the same machine; a file with anything else is put aside under another name first.

      EXAMPLE
        settle-bench targets --rows 1000000 --python .build/peers/bin/python --json bench.json
        settle-bench targets --only charges --only start --json bench.json
      """)

  @OptionGroup var world: WorldOptions
  @OptionGroup var peers: PeerOptions
  @OptionGroup var charges: ChargeOptions

  @Option(help: ArgumentHelp("Measure this part alone; may be repeated. (default: all)", valueName: "part"))
  var only: [Part] = []

  @Flag(help: "Keep parts that were measured with another settle or on another machine, too. The table tells of each.")
  var mix = false

  private var parts: [Part] { Part.allCases.filter { only.isEmpty || only.contains($0) } }

  func run() async throws {
    if parts.contains(.peers) { _ = try peers.programs() }
    let largest = parts.map { $0.orders(world.rows) }.max() ?? 0
    try await world.place.inFolder(orders: largest) { try await measure(in: $0) }
  }

  private func measure(in place: Workplace) async throws {
    let subject = try place.subject()
    let file = world.place.json.map { RecordFile(path: $0) }
    let record =
      try file?.opened(
        rows: world.rows, seed: world.seed, subject: mix ? nil : subject, tell: place.progress.tell)
      ?? BenchRecord(rows: world.rows, seed: world.seed)
    if !record.stamps.isEmpty {
      place.progress.tell("kept of an earlier run: \(record.stamps.map(\.part).joined(separator: ", "))")
    }
    // Known now, and not after an hour, if it cannot be written to.
    try file?.write(record)
    var measurement = try Measurement(
      place: place, peers: peers, charges: charges, file: file, subject: subject, record: record)
    let failed = try await measurement.run(parts)
    try StandardOutput.print(measurement.record.summary)
    guard failed.isEmpty else {
      throw BenchFailure("not measured this time: \(failed.joined(separator: "; "))")
    }
  }
}
