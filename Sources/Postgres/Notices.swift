import CPostgres
import Logging

/// Where the server's notices go; libpq itself would print them on standard error.
final class Notices {
  private let logger: Logger?
  /// Whether the server has said, unasked, that it ends the connection. The end itself may come a moment later.
  private(set) var isEndTold = false

  init(_ logger: Logger?) { self.logger = logger }

  /// The connection must not outlive this object.
  func attach(to connection: OpaquePointer) {
    PQsetNoticeReceiver(
      connection,
      { context, result in
        guard let context, let result else { return }
        Unmanaged<Notices>.fromOpaque(context).takeUnretainedValue().take(result)
      }, Unmanaged.passUnretained(self).toOpaque())
  }

  private func take(_ result: OpaquePointer) {
    let severity = PQresultErrorField(result, Int32(UInt8(ascii: "V"))).map { String(cString: $0) }
    if severity == "FATAL" || severity == "PANIC" { isEndTold = true }
    guard let logger, logger.logLevel <= .debug else { return }
    logger.debug("\(PostgresError(.server, result: result))")
  }
}
