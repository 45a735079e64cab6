import AsyncHTTPClient
import Crypto
import Logging
import NIOCore
import NIOHTTP1
import ServiceLifecycle

/// Posts events in the background: signed, retried a few times, in no promised order, as Stripe does.
///
/// An event goes out once what it tells is on disk. Those still waiting when the sandbox ends are not sent.
struct WebhookSender: Service {
  let url: String
  let secret: String
  let seed: UInt64
  let journal: Journal
  let queue: AsyncStream<WebhookQueue.Entry>
  let logger: Logger

  private static let atOnce = 8
  /// How long to wait before each further attempt.
  private static let pauses: [Duration] = [.milliseconds(250), .seconds(1), .seconds(3)]

  func run() async throws {
    try await cancelWhenGracefulShutdown { try await send() }
  }

  private func send() async throws {
    try await withThrowingDiscardingTaskGroup { group in
      let places = AsyncStream<Void>.makeStream()
      for _ in 0..<Self.atOnce { places.continuation.yield() }
      var place = places.stream.makeAsyncIterator()
      for await entry in queue {
        try await journal.durable(entry.sequence)
        for event in entry.changes.flatMap({ StripeEvent.all(of: $0, seed: seed) }) {
          guard await place.next() != nil else { return }
          group.addTask {
            await deliver(event)
            places.continuation.yield()
          }
        }
      }
    }
  }

  private func deliver(_ event: StripeEvent) async {
    let body = event.body
    for pause in [nil] + Self.pauses {
      do {
        if let pause { try await Task.sleep(for: pause) }
        if try await post(body) { return }
      } catch is CancellationError {
        return
      } catch {
        logger.debug("webhook not delivered", metadata: ["event": "\(event.id)", "error": "\(error)"])
      }
    }
    logger.warning("webhook given up", metadata: ["event": "\(event.id)", "type": "\(event.type)"])
  }

  private func post(_ body: [UInt8]) async throws -> Bool {
    var request = HTTPClientRequest(url: url)
    request.method = .POST
    request.headers.add(name: "Content-Type", value: "application/json; charset=utf-8")
    request.headers.add(name: "Stripe-Signature", value: Self.signature(of: body, secret: secret, at: wallClock()))
    request.body = .bytes(ByteBuffer(bytes: body))
    let response = try await HTTPClient.shared.execute(request, timeout: .seconds(10))
    return (200..<300).contains(response.status.code)
  }

  /// `t=…,v1=…`: an HMAC-SHA256 over the time, a full stop and the body, with the endpoint's secret.
  static func signature(of body: [UInt8], secret: String, at time: Int64) -> String {
    var hmac = HMAC<SHA256>(key: SymmetricKey(data: Array(secret.utf8)))
    hmac.update(data: Array("\(time).".utf8))
    hmac.update(data: body)
    let digits = hmac.finalize().flatMap { [hexDigit($0 >> 4), hexDigit($0 & 15)] }
    return "t=\(time),v1=\(String(decoding: digits, as: UTF8.self))"
  }
}

/// Changes on their way to the sender; putting one in never waits.
struct WebhookQueue: Sendable {
  struct Entry: Sendable {
    let changes: [Change]
    let sequence: Int
  }

  let entries: AsyncStream<Entry>
  private let input: AsyncStream<Entry>.Continuation

  init() {
    (entries, input) = AsyncStream.makeStream()
  }

  var observer: Desk.Observer {
    { [input] changes, sequence in input.yield(Entry(changes: changes, sequence: sequence)) }
  }
}
