import AsyncHTTPClient
import FoundationEssentials
import Logging
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL
import Synchronization

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// HTTP/1.1 to one host, with the key in its head. It follows no redirect, uses no proxy and decompresses nothing.
final class HTTPWire: Wire {
  private let client: HTTPClient
  /// The thread of all its connections. One is enough for any pace, and tasks that run on it find their answers there.
  let executor: EventLoopExecutor
  private let base: BaseAddress
  private let authorization: String
  private let timeouts: ProcessorSettings.Timeouts
  private let logger: Logger
  private let lastAddress = Mutex<Address?>(nil)

  private struct Address: Sendable {
    var path: String
    var url: URL
  }

  init(base: BaseAddress, key: Secret, concurrency: Int, timeouts: ProcessorSettings.Timeouts, logger: Logger) {
    self.base = base
    self.timeouts = timeouts
    self.logger = logger
    authorization = "Bearer " + key.revealed()
    var configuration = HTTPClient.Configuration(
      redirectConfiguration: .disallow, timeout: .init(connect: .nanoseconds(timeouts.connect.nanoseconds)),
      decompression: .disabled)
    configuration.httpVersion = .http1Only
    configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = concurrency
    // A refused connection is to be known at once, not after trying until the connect time-out.
    configuration.connectionPool.retryConnectionEstablishment = false
    configuration.tracing.tracer = nil
    // Shorter than servers keep idle connections, so that few requests meet one that is just being closed.
    configuration.connectionPool.idleTimeout = .seconds(20)
    configuration.http1_1ConnectionDebugInitializer = { channel in
      channel.eventLoop.submit {
        let pipeline = channel.pipeline.syncOperations
        try pipeline.addHandler(HeadWithBody(), position: .after(try pipeline.handler(type: HTTPRequestEncoder.self)))
      }
    }
    let loop = MultiThreadedEventLoopGroup.singleton.next()
    executor = EventLoopExecutor(loop)
    client = HTTPClient(eventLoopGroupProvider: .shared(loop), configuration: configuration)
  }

  func close() async {
    do {
      try await client.shutdown()
    } catch {
      logger.warning("the processor's connections did not close cleanly", metadata: ["error": "\(error)"])
    }
  }

  func exchange(_ call: WireCall) async -> WireResult {
    let collector = ReplyCollector(longest: call.longestReply)
    do {
      let task = client.execute(
        request: try request(for: call), delegate: collector, eventLoop: .indifferent,
        deadline: .now() + .nanoseconds(timeouts.request.nanoseconds))
      let reply = try await withTaskCancellationHandler {
        try await task.futureResult.get()
      } onCancel: {
        // An answer that is already on its way is worth a moment: without it the call ends as unknown.
        task.eventLoop.scheduleTask(in: .nanoseconds(timeouts.farewell.nanoseconds)) { task.cancel() }
      }
      logger.debug(
        "processor call",
        metadata: ["call": "\(call.method) \(call.path)", "status": "\(reply.status)"])
      return .reply(reply)
    } catch {
      let result = Self.result(of: error, anythingSent: collector.headWasSent)
      logger.debug("processor call", metadata: ["call": "\(call.method) \(call.path)", "failed": "\(result)"])
      return result
    }
  }

  private func request(for call: WireCall) throws -> HTTPClient.Request {
    var headers = HTTPHeaders()
    headers.reserveCapacity(call.headers.count + 3)
    headers.add(name: "Authorization", value: authorization)
    headers.add(name: "User-Agent", value: "settle")
    for (name, value) in call.headers { headers.add(name: name, value: value) }
    return try HTTPClient.Request(
      url: try url(of: call.path), method: HTTPMethod(rawValue: call.method), headers: headers,
      body: call.body.map { .string($0) })
  }

  /// Charges all go to one address, and to take it apart costs more than to remember it.
  private func url(of path: String) throws -> URL {
    if let last = lastAddress.withLock({ $0 }), last.path == path { return last.url }
    guard let url = URL(string: base.text + path) else { throw HTTPClientError.invalidURL }
    lastAddress.withLock { $0 = Address(path: path, url: url) }
    return url
  }

  /// Whether a failed call may have been carried out.
  ///
  /// That no head went out is not proof enough, since the client says so only after the bytes are written. Only errors
  /// of making the connection are proof, and everything else counts as lost.
  private static func result(of error: any Error, anythingSent: Bool) -> WireResult {
    let why = reason(of: error)
    if !anythingSent && isConnectionFailure(error) { return .unsent(why) }
    let timedOut = error as? HTTPClientError == .deadlineExceeded || error as? HTTPClientError == .readTimeout
    return .lost(why, timedOut: timedOut)
  }

  private static func isConnectionFailure(_ error: any Error) -> Bool {
    switch error {
    case is NIOConnectionError, is NIOSSLExtraError: true
    case let error as NIOSSLError: if case .handshakeFailed = error { true } else { false }
    case let error as IOError: error.errnoCode == ECONNREFUSED
    case let error as HTTPClientError:
      [.connectTimeout, .tlsHandshakeTimeout, .getConnectionFromPoolTimeout, .alreadyShutdown].contains(error)
    default: false
    }
  }

  /// A few words for a person. Errors are not printed whole: some carry the request's address.
  private static func reason(of error: any Error) -> String {
    switch error {
    case let error as NIOConnectionError where error.connectionErrors.isEmpty: "its name cannot be resolved"
    case let error as NIOConnectionError:
      "no connection: \(error.connectionErrors.first.map { reason(of: $0.error) } ?? "refused")"
    case let error as IOError:
      error.errnoCode == ECONNREFUSED ? "connection refused" : "the network failed (errno \(error.errnoCode))"
    case is NIOSSLError, is NIOSSLExtraError: "TLS failed: \(error)"
    case let error as HTTPClientError: error == .cancelled ? "the run was stopped before the answer came" : "\(error)"
    case let error as ReplyTooLong: "\(error)"
    default: "\(type(of: error))"
    }
  }
}
