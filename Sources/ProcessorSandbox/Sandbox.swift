import Glibc
import Hummingbird
package import Logging
import NIOCore
import NIOPosix
import ServiceLifecycle
import Synchronization
import UnixSignals

/// The stand-in processor: Stripe's API on loopback, over a ledger of its own that survives being killed.
package struct Sandbox: Sendable {
  private let configuration: SandboxConfiguration
  private let logger: Logger
  private let desk: Desk
  private let meter = Meter()
  private let webhooks: WebhookSender?

  /// Opens the data folder, reading back what an earlier sandbox left there.
  ///
  /// Throws ``SandboxError`` where the folder cannot be used or another sandbox uses it.
  package init(configuration: SandboxConfiguration, logger: Logger) throws {
    self.configuration = configuration
    self.logger = logger
    guard let url = configuration.webhookURL else {
      desk = try Desk(configuration)
      webhooks = nil
      return
    }
    guard let secret = configuration.webhookSecret else { throw SandboxError.webhookSecretMissing }
    let queue = WebhookQueue()
    desk = try Desk(configuration, observer: queue.observer)
    webhooks = WebhookSender(
      url: url, secret: secret, seed: configuration.seed, journal: desk.journal, queue: queue.entries, logger: logger)
  }

  /// Serves until SIGTERM or SIGINT, then lets the requests under way end; says its URL on stderr when ready.
  package func run() async throws {
    let directory = configuration.dataDirectory
    try await serve(ServerSwitch(), stoppingOn: [.sigterm, .sigint]) { url in
      let line = "sandbox ready at \(url), data in \(directory)\n"
      _ = line.withCString { write(STDERR_FILENO, $0, strlen($0)) }
    }
  }

  /// Serves on loopback for as long as the closure runs, which is given the URL.
  package func withServer<Value: Sendable>(
    _ body: (_ baseURL: String) async throws -> Value
  ) async throws -> Value {
    let (urls, ready) = AsyncStream<String>.makeStream()
    let off = ServerSwitch()
    return try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask {
        defer { ready.finish() }
        try await serve(off, stoppingOn: []) { ready.yield($0) }
      }
      var outcome: Result<Value, any Error> = .failure(CancellationError())
      for await url in urls {
        do { outcome = .success(try await body(url)) } catch { outcome = .failure(error) }
        await off.stop()
      }
      try await group.waitForAll()
      return try outcome.get()
    }
  }

  /// All on one thread, beside that of the journal: a request that goes to another thread and back for its answer costs
  /// more in that than in all that is done for it.
  private func serve(
    _ off: ServerSwitch, stoppingOn signals: [UnixSignal], onReady: @escaping @Sendable (String) -> Void
  ) async throws {
    let loop = MultiThreadedEventLoopGroup.singleton.next()
    let application = Application(
      responder: responder { off.fail($0) },
      server: .http1(configuration: .init(additionalChannelHandlers: [ArrivalHandler(meter: meter)])),
      configuration: ApplicationConfiguration(address: .hostname("127.0.0.1", port: configuration.port)),
      onServerRunning: { onReady("http://127.0.0.1:\($0.localAddress?.port ?? configuration.port)") },
      eventLoopGroupProvider: .shared(loop), logger: logger)
    // They end in the opposite order, so that no event is made once the sender has ended.
    let services: [any Service] = (webhooks.map { [$0] } ?? []) + [application]
    let group = ServiceGroup(
      configuration: .init(services: services, gracefulShutdownSignals: signals, logger: logger))
    off.controls(group)
    do {
      try await withTaskExecutorPreference(EventLoopExecutor(loop)) { try await group.run() }
    } catch let error as IOError where error.errnoCode == EADDRINUSE {
      throw SandboxError.portTaken(configuration.port)
    }
    if let failure = off.failure { throw failure }
  }

  private func responder(onFailure: @escaping @Sendable (any Error) -> Void) -> SandboxResponder {
    let epoch = UInt64(desk.startedAt)
    return SandboxResponder(
      api: StripeAPI(desk: desk), pages: SandboxPages(desk: desk, meter: meter), meter: meter,
      limiter: configuration.rateLimit.map(RateLimiter.init),
      faults: FaultInjector(rates: configuration.faults, seed: configuration.seed, epoch: epoch),
      slowness: configuration.slowness, requestIDs: RequestIDs(seed: configuration.seed, epoch: epoch),
      onFailure: onFailure)
  }
}

/// Turns a running server off, with the reason where it is a failure.
private final class ServerSwitch: Sendable {
  private struct State: Sendable {
    var services: ServiceGroup?
    var failure: (any Error)?
  }

  private let state = Mutex(State())

  var failure: (any Error)? { state.withLock { $0.failure } }

  func controls(_ services: ServiceGroup) {
    state.withLock { $0.services = services }
  }

  func stop() async {
    await state.withLock { $0.services }?.triggerGracefulShutdown()
  }

  func fail(_ error: any Error) {
    state.withLock { $0.failure = error }
    Task { await stop() }
  }
}
