/// What charging took. Floating numbers are times and rates.
struct ChargeFigures: Codable {
  var charges: Int
  /// Of the stage.
  var seconds: Double
  /// In bytes.
  var settlePeak: Int
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
    var rows = [["charges", "seconds", "a second", "most in 1 s", "least over 10 s", "429s", "settle MiB"]]
    for (name, figures) in [("as fast as can be", free), ("at \(pace)/s", paced)] {
      guard let figures else { continue }
      rows.append([
        "\(figures.charges) \(name)", Columns.seconds(figures.seconds), "\(Int(figures.rate))",
        "\(figures.mostInASecond)",
        figures.fewestOverTen.map(Columns.seconds) ?? "-", "\(figures.limited)", Columns.mebibytes(figures.settlePeak),
      ])
    }
    return """
      \(Columns.aligned(rows, left: 1))
      A bare client of the same library asks an echo server \(Int(bareRate)) times a second, \(inFlight) at once.

      """
  }
}
