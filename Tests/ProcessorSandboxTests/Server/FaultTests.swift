import AsyncHTTPClient
import Dispatch
import Glibc
import Testing

@testable import ProcessorSandbox

@Suite struct FaultTests {
  @Test func aLostResponseHasMovedTheMoney() async throws {
    try await withSandbox {
      $0.faults = try FaultRates([.lostResponse: 1])
    } _: { client in
      await #expect(throws: HTTPClientError.self) { try await client.charge(key: "k") }
      await #expect(throws: HTTPClientError.self) { try await client.charge(key: "k") }
      let stats = try await client.stats()
      #expect(stats["faults"]?["lost-response"]?.integer == 2)
      #expect(try await client.ledger().count == 1)
    }
  }

  @Test func aResetHasMovedNothing() async throws {
    try await withSandbox {
      $0.faults = try FaultRates([.reset: 1])
    } _: { client in
      await #expect(throws: (any Error).self) { try await client.charge(key: "k") }
      let stats = try await client.stats()
      #expect(stats["faults"]?["reset"]?.integer == 1)
      #expect(try await client.ledger().isEmpty)
    }
  }

  @Test(arguments: [Fault.lostResponse, .reset])
  func notAByteComesBeforeTheConnectionCloses(_ fault: Fault) async throws {
    try await withSandbox {
      $0.faults = try FaultRates([fault: 1])
    } _: { client in
      let request = """
        POST /v1/payment_intents HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer sk_test_one\r\n\
        Content-Length: 29\r\n\r\namount=1000&currency=usd&on=1
        """
      let port = try #require(client.base.split(separator: ":").last.flatMap { UInt16($0) })
      // Blocking calls would take the very threads on which the sandbox answers.
      let answer = try await withCheckedThrowingContinuation { continuation in
        DispatchQueue.global().async {
          continuation.resume(with: Result { try rawAnswer(to: request, port: port) })
        }
      }
      #expect(answer.bytes == 0)
      #expect(answer.error == (fault == .reset ? ECONNRESET : 0))
    }
  }

  @Test func halfOfTheServerErrorsAreSavedAndHalfDidNothing() async throws {
    try await withSandbox {
      $0.faults = try FaultRates([.serverError: 0.5])
    } _: { client in
      var (saved, unsaved) = (0, 0)
      for number in 0..<80 {
        let key = "k\(number)"
        let before = try await client.ledger().count
        let first = try await client.charge(key: key)
        let moved = try await client.ledger().count - before
        guard first.status == 500 else { continue }
        #expect(first.error["type"]?.text == "api_error")
        // A repeat may meet a fault of its own; what is saved is marked as replayed.
        var again = try await client.charge(key: key)
        while again.status == 500 && !again.replayed { again = try await client.charge(key: key) }
        if moved == 1 {
          saved += 1
          #expect(again.status == 500)
          #expect(try await client.charge(key: key).status == 500)
          #expect(try await client.ledger().filter { $0["idempotency_key"]?.text == key }.count == 1)
        } else {
          unsaved += 1
        }
      }
      #expect(saved > 5)
      #expect(unsaved > 5)
    }
  }

  @Test func eachKindOf429ComesInTurn() async throws {
    try await withSandbox {
      $0.faults = try FaultRates([.rateLimited: 1])
    } _: { client in
      var replies = [try await client.get("/v1/account")]
      for _ in 0..<5 { replies.append(try await client.charge()) }
      #expect(replies.map(\.status) == Array(repeating: 429, count: 6))
      #expect(
        replies.map(\.errorCode) == [
          "rate_limit", "rate_limit", "lock_timeout", "rate_limit", "rate_limit", "rate_limit",
        ])
      #expect(
        replies.map { $0.header("Stripe-Rate-Limited-Reason") } == [
          "global-rate", "global-concurrency", nil, "endpoint-rate", "endpoint-concurrency", "resource-specific",
        ])
      #expect(replies.allSatisfy { $0.header("Stripe-Should-Retry") == "true" })
      #expect(replies.map { $0.header("Retry-After") } == ["1", nil, nil, nil, nil, nil])
      let stats = try await client.stats()
      #expect(stats["rate_limited"]?.integer == 4)
      #expect(stats["faults"]?["rate-limited"]?.integer == 6)
      #expect(try await client.ledger().isEmpty)
    }
  }

  @Test func theSameSeedDrawsTheSameFaults() throws {
    let rates = try FaultRates([.lostResponse: 0.1, .reset: 0.1, .serverError: 0.2, .rateLimited: 0.1, .slow: 0.1])
    func drawn(seed: UInt64, epoch: UInt64) -> [Injection?] {
      let injector = FaultInjector(rates: rates, seed: seed, epoch: epoch)
      return (0..<200).map { _ in injector.next()?.injection }
    }
    #expect(drawn(seed: 1, epoch: 0) == drawn(seed: 1, epoch: 0))
    #expect(drawn(seed: 1, epoch: 0) != drawn(seed: 2, epoch: 0))
    #expect(drawn(seed: 1, epoch: 0) != drawn(seed: 1, epoch: 9))
    #expect(Set(drawn(seed: 1, epoch: 0).compactMap { $0.map { "\($0)" } }).count == 11)
  }
}

/// How many bytes a server sends before it closes, and the error with which that ended.
private func rawAnswer(to request: String, port: UInt16) throws -> (bytes: Int, error: CInt) {
  let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
  defer { close(descriptor) }
  var address = sockaddr_in()
  address.sin_family = sa_family_t(AF_INET)
  address.sin_port = port.bigEndian
  address.sin_addr.s_addr = inet_addr("127.0.0.1")
  let connected = withUnsafePointer(to: &address) {
    $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
      connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
    }
  }
  try #require(connected == 0)
  try #require(send(descriptor, request, request.utf8.count, 0) == request.utf8.count)
  var bytes = 0
  var buffer = [UInt8](repeating: 0, count: 1024)
  while true {
    let count = recv(descriptor, &buffer, buffer.count, 0)
    guard count > 0 else { return (bytes, count < 0 ? errno : 0) }
    bytes += count
  }
}
