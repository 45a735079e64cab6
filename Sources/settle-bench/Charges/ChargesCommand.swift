import ArgumentParser

struct ChargesCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "charges", abstract: "Charges orders at the sandbox: as fast as can be, and at a given pace.",
    discussion: """
      The charge stage is held against a bare HTTP client of the same library that asks an echo server on this machine \
      as often as it can. Sandbox and echo run beside, on the same cores.

      EXAMPLE
        settle-bench charges --rows 20000 --pace 400
      """)

  @OptionGroup var place: PlaceOptions
  @OptionGroup var charges: ChargeOptions

  func run() async throws {
    try place.give(try await place.inFolder { try await charges.measure(in: $0) })
  }
}

struct ChargeOptions: ParsableArguments {
  @Option(name: .customLong("charges"), help: "How many orders are charged as fast as can be.")
  var count = 50_000

  @Option(help: "Charges a second of the paced run, which lasts about half a minute.")
  var pace = 400

  @Option(help: "How many requests are under way at once.")
  var inFlight = 16

  func validate() throws {
    guard count > 0, pace > 0, inFlight > 0 else { throw ValidationError("counts, paces and requests are at least 1") }
  }

  func measure(in place: Workplace) async throws -> ChargeTable {
    var table = ChargeTable(inFlight: inFlight, pace: pace)
    let echo = try await Beside("/proc/self/exe", ["echo"], answersAt: "/")
    defer { echo.stop() }
    place.progress.tell("\(Columns.count(count)) requests of a bare client, as fast as can be")
    let bare = BareClient(base: echo.base, inFlight: inFlight)
    _ = try await bare.rate(requests: 2_000)
    table.bareRate = try await bare.rate(requests: count)
    table.free = try await ChargeNight(place: place, name: "free", inFlight: inFlight).run(count, rate: nil)
    table.paced = try await ChargeNight(place: place, name: "paced", inFlight: inFlight).run(pace * 30, rate: pace)
    return table
  }
}
