/// What charging took. Floating numbers are times and rates.
struct ChargeFigures: Codable {
  var charges: Int
  /// Of the server.
  var settings: [String: String]
  /// Of the stage.
  var seconds: Double
  /// In bytes.
  var settlePeak: Int
  /// The most that one of the server's processes held for itself, in bytes.
  var serverPeak: Int
  /// In bytes.
  var sandboxPeak: Int
  /// What the server wrote to be durable, in bytes.
  var wal: Int64
  /// As the sandbox counts requests.
  var mostInASecond: Int
  /// Requests a second over the slowest ten seconds; nil where all took less.
  var fewestOverTen: Double?
  /// Answers of 429.
  var limited: Int

  var rate: Double { Double(charges) / seconds }
}

/// Charges as fast as can be and at a pace, beside a bare client. Its floating numbers are rates, never money.
struct ChargeTable: BenchTable {
  var inFlight: Int
  var pace: Int
  /// Requests a second of a client that does nothing else.
  var bareRate: Double = 0
  var free: ChargeFigures?
  var paced: ChargeFigures?

  var text: String {
    var rows = [
      ["charges", "seconds", "a second", "most in 1 s", "least over 10 s", "429s", "WAL MiB"]
        + ["settle MiB", "server MiB", "sandbox MiB"]
    ]
    for (name, figures) in [("as fast as can be", free), ("at \(pace)/s", paced)] {
      guard let figures else { continue }
      rows.append([
        "\(Columns.count(figures.charges)) \(name)", Columns.seconds(figures.seconds),
        Columns.count(Int(figures.rate)), Columns.count(figures.mostInASecond),
        figures.fewestOverTen.map(Columns.seconds) ?? "-", "\(figures.limited)", Columns.mebibytes(figures.wal),
        Columns.mebibytes(figures.settlePeak), Columns.mebibytes(figures.serverPeak),
        Columns.mebibytes(figures.sandboxPeak),
      ])
    }
    return """
      \(Columns.aligned(rows, left: 1))
      A bare client of the same library asks an echo server \(Columns.count(Int(bareRate))) times a second, \(inFlight) at once.
      server: \(Columns.settings((free ?? paced)?.settings ?? [:]))

      """
  }
}
