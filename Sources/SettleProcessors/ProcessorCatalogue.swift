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

  private static let connects: [(name: String, declines: [String: Bool], connect: Connect)] = [
    ("stripe", StripeDeclines.mayRetry, { try StripeProcessor(settings: $0, logger: $1) })
  ]

  package static let names: [String] = connects.map(\.name)

  /// By processor, each code that it declines with and whether card networks ever allow another attempt after it.
  package static let declines: [String: [String: Bool]] = Dictionary(
    uniqueKeysWithValues: connects.map { ($0.name, $0.declines) })

  /// The adapter of a name, paced as the settings say: it keeps the rate, backs off and breaks the circuit by itself.
  ///
  /// Throws ``ProcessorSettingsError`` for a name or settings that cannot be used. Nothing is sent yet.
  package static func adapter(
    named name: String, settings: ProcessorSettings, logger: Logger
  ) throws -> any ConnectedProcessor {
    let connect = try connect(name)
    guard settings.concurrency >= 1 else { throw ProcessorSettingsError.unusableConcurrency(settings.concurrency) }
    return try connect(settings, logger)
  }

  private static func connect(_ name: String) throws -> Connect {
    guard let entry = connects.first(where: { $0.name == name }) else {
      throw ProcessorSettingsError.unknownProcessor(name, known: names)
    }
    return entry.connect
  }
}
