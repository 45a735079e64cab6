import Logging

/// Keeps what is logged, at every level.
struct LogLines: LogHandler {
  private let lines = Shared("")
  var logLevel = Logger.Level.trace
  var metadata = Logger.Metadata()

  var text: String { lines.withLock { $0 } }
  var logger: Logger { Logger(label: "test", factory: { _ in self }) }

  subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { metadata[key] }
    set { metadata[key] = newValue }
  }

  func log(event: LogEvent) {
    let line = "\(event.level) \(event.message) \(event.metadata ?? [:])\n"
    lines.withLock { $0 += line }
  }
}
