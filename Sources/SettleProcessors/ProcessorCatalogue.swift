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

  /// Throws ``ProcessorSettingsError`` for a name that is none of the catalogue's.
  package static func check(_ name: String) throws { _ = try connect(name) }

  /// Throws ``ProcessorSettingsError`` for a decline code that the processor does not have, or after which card networks
  /// forbid another attempt: a rule about it would never hold.
  package static func check(retrying codes: [String], at name: String) throws {
    let declines = try entry(name).declines
    for code in codes {
      guard let mayRetry = declines[code] else {
        throw ProcessorSettingsError.unknownDecline(
          code, processor: name, nearest: NearestName.suggestion(for: code, among: declines.keys.sorted()))
      }
      guard mayRetry else { throw ProcessorSettingsError.finalDecline(code) }
    }
  }

  private static func connect(_ name: String) throws -> Connect { try entry(name).connect }

  private static func entry(_ name: String) throws -> (name: String, declines: [String: Bool], connect: Connect) {
    guard let entry = connects.first(where: { $0.name == name }) else {
      throw ProcessorSettingsError.unknownProcessor(name, known: names)
    }
    return entry
  }
}
