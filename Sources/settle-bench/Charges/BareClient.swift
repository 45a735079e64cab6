import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1

/// How fast this machine can ask at all: the same HTTP client as settle's, without a store, against a server that does
/// nothing.
struct BareClient {
  let base: String
  let inFlight: Int

  /// About what a charge sends.
  private static let body = ByteBuffer(
    string: "amount=1250&currency=usd&confirm=true&off_session=true&payment_method=pm_card_visa"
      + "&metadata[payment_id]=856e794c-e8dc-4180-916c-80d0056513b4&metadata[order_id]=SO-1&metadata[attempt]=1")

  /// Requests a second over so many of them.
  func rate(requests: Int) async throws -> Double {
    let client = HTTPClient(eventLoopGroupProvider: .singleton)
    let begun = Date.now
    do {
      try await withThrowingTaskGroup(of: Void.self) { group in
        for worker in 0..<inFlight {
          let share = requests / inFlight + (worker < requests % inFlight ? 1 : 0)
          group.addTask { for _ in 0..<share { try await ask(client) } }
        }
        try await group.waitForAll()
      }
    } catch {
      try await client.shutdown()
      throw error
    }
    let seconds = Date.now.timeIntervalSince(begun)
    try await client.shutdown()
    return Double(requests) / seconds
  }

  private func ask(_ client: HTTPClient) async throws {
    var request = HTTPClientRequest(url: "\(base)/echo")
    request.method = .POST
    request.headers.add(name: "content-type", value: "application/x-www-form-urlencoded")
    request.body = .bytes(Self.body)
    let answer = try await client.execute(request, timeout: .seconds(30))
    guard answer.status == .ok, try await answer.body.collect(upTo: 1 << 20) == Self.body else {
      throw BenchFailure("the echo did not answer what it was sent")
    }
  }
}
