import CPostgres
import Logging

/// Where the server's notices go; libpq itself would print them on standard error.
final class Notices {
  private let logger: Logger?

  init(_ logger: Logger?) { self.logger = logger }

  /// The connection must not outlive this object.
  func attach(to connection: OpaquePointer) {
    PQsetNoticeReceiver(
      connection,
      { context, result in
        guard let context, let result else { return }
        Unmanaged<Notices>.fromOpaque(context).takeUnretainedValue().log(result)
      }, Unmanaged.passUnretained(self).toOpaque())
  }

  private func log(_ result: OpaquePointer) {
    guard let logger, logger.logLevel <= .debug else { return }
    logger.debug("\(PostgresError(.server, result: result))")
  }
}
