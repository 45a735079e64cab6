package import Logging
package import SettleModel

/// An adapter that holds connections. Close it once, after its last request.
package protocol ConnectedProcessor: ProcessorAdapter {
  /// Closes the connections. Requests that are still under way end as unknown.
  func close() async
}

/// Every processor that settle can charge at. A new one is a file of its own and a line here.
package enum ProcessorCatalogue {
  private typealias Connect = @Sendable (ProcessorSettings, Logger) throws -> any ConnectedProcessor

  private static let connects: [(name: String, connect: Connect)] = [
    ("stripe", { try StripeProcessor(settings: $0, logger: $1) })
  ]

  package static let names: [String] = connects.map(\.name)

  /// The adapter of a name, paced as the settings say: it keeps the rate, backs off and breaks the circuit by itself.
  ///
  /// Throws ``ProcessorSettingsError`` for a name or settings that cannot be used. Nothing is sent yet.
  package static func adapter(
    named name: String, settings: ProcessorSettings, logger: Logger
  ) throws -> any ConnectedProcessor {
    guard let entry = connects.first(where: { $0.name == name }) else {
      let nearest = names.min { (editDistance($0, name), $0) < (editDistance($1, name), $1) }
      throw ProcessorSettingsError.unknownProcessor(name, nearest: nearest ?? "")
    }
    guard settings.concurrency >= 1 else { throw ProcessorSettingsError.unusableConcurrency(settings.concurrency) }
    return try entry.connect(settings, logger)
  }

  /// How many letters must be put in, left out or replaced to turn one word into the other.
  private static func editDistance(_ left: String, _ right: String) -> Int {
    let right = Array(right)
    var row = Array(0...right.count)
    for (index, letter) in left.enumerated() {
      var diagonal = row[0]
      row[0] = index + 1
      for (column, other) in right.enumerated() {
        let replaced = diagonal + (letter == other ? 0 : 1)
        diagonal = row[column + 1]
        row[column + 1] = min(replaced, row[column + 1] + 1, row[column] + 1)
      }
    }
    return row[right.count]
  }
}
