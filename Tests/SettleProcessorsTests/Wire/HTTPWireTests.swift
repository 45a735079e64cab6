import Logging
import Testing

@testable import SettleProcessors

/// The transport over real sockets: what certainly was not sent, what may have been, and what comes back.
@Suite(.timeLimit(.minutes(1)))
struct HTTPWireTests {
  private static let key = "sk_test_thisMustNeverBeSeen"

  private func exchange(
    _ address: String, _ calls: [WireCall], timeout: Duration = .seconds(20), connect: Duration = .seconds(10),
    logs: LogLines = LogLines()
  ) async throws -> [WireResult] {
    let base = try BaseAddress(address, variable: "STRIPE_API_BASE")
    let timeouts = ProcessorSettings.Timeouts(connect: connect, request: timeout, farewell: .milliseconds(50))
    let wire = HTTPWire(
      base: base, key: Secret(Self.key), concurrency: 2, timeouts: timeouts, logger: logs.logger)
    var results: [WireResult] = []
    for call in calls { results.append(await wire.exchange(call)) }
    await wire.close()
    return results
  }

  private func call(_ path: String = "/v1/x", body: String? = "a=b", longest: Int = 1_000) -> WireCall {
    WireCall(
      method: body == nil ? "GET" : "POST", path: path, headers: [("Idempotency-Key", "k")], body: body,
      longestReply: longest)
  }

  private func one(_ move: Move, timeout: Duration = .seconds(20), longest: Int = 1_000) async throws -> WireResult {
    try await ScriptedServer.with([move]) { server in
      try await exchange("http://127.0.0.1:\(server.port)", [call(longest: longest)], timeout: timeout)[0]
    }
  }

  @Test func sendsTheCallAndReadsTheAnswer() async throws {
    let move = Move.answer(200, #"{"a":1}"#, headers: "Request-Id: req_1\r\n")
    let (results, requests) = try await ScriptedServer.with([move]) { server in
      let address = "http://127.0.0.1:\(server.port)"
      return (try await exchange(address, [call(), call(body: nil)]), server.requests)
    }
    guard case .reply(let reply) = results[0] else {
      Issue.record("no reply: \(results)")
      return
    }
    #expect(reply.status == 200)
    #expect(reply.body == Array(#"{"a":1}"#.utf8))
    #expect(reply.header("request-id") == "req_1")
    #expect(requests[0].hasPrefix("POST /v1/x HTTP/1.1\r\n"))
    #expect(requests[0].contains("Authorization: Bearer \(Self.key)\r\n"))
    #expect(requests[0].contains("Idempotency-Key: k\r\n"))
    #expect(requests[0].hasSuffix("\r\n\r\na=b"))
    #expect(!requests[0].lowercased().contains("accept-encoding"))
    #expect(requests[1].hasPrefix("GET /v1/x HTTP/1.1\r\n"))
  }

  @Test func sendsHeadAndBodyInOnePiece() async throws {
    try await ScriptedServer.with([.answer(200)]) { server in
      _ = try await exchange("http://127.0.0.1:\(server.port)", [call(), call(), call(body: nil)])
      #expect(server.requests.count == 3)
      #expect(server.reads == 3)
    }
  }

  @Test func showsTheKeyToNobodyElse() async throws {
    let logs = LogLines()
    let results = try await ScriptedServer.with([.answer(200), .close, .answer(200, String(repeating: "x", count: 99))])
    {
      let address = "http://127.0.0.1:\($0.port)"
      return try await exchange(address, [call(), call(), call(longest: 9)], logs: logs)
    }
    #expect(logs.text.contains("/v1/x"))
    for text in [logs.text, "\(results)"] { #expect(!text.contains("NeverBeSeen")) }
  }

  @Test func followsNoRedirect() async throws {
    try await ScriptedServer.with([.answer(200)]) { other in
      let location = "Location: http://127.0.0.1:\(other.port)/v1/x\r\n"
      for status in [301, 302, 303, 307, 308] {
        guard case .reply(let reply) = try await one(.answer(status, "", headers: location)) else {
          Issue.record("no reply")
          return
        }
        #expect(reply.status == status)
      }
      #expect(other.requests.isEmpty)
    }
  }

  @Test func leavesCompressedAnswersAsTheyAre() async throws {
    guard case .reply(let reply) = try await one(.answer(200, "xyz", headers: "Content-Encoding: gzip\r\n")) else {
      Issue.record("no reply")
      return
    }
    #expect(reply.body == Array("xyz".utf8))
  }

  @Test(arguments: [
    Move.close, .reset, .answerAndClose("HTTP/1.1 200 OK\r\nContent-Le"),
    .answerAndClose("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{\"id\":"),
    .answerAndClose("not HTTP at all\r\n\r\n"),
    .answerAndClose("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab"),
  ])
  func whateverBreaksAfterSendingIsLost(move: Move) async throws {
    guard case .lost(_, timedOut: false) = try await one(move) else {
      Issue.record("it may have been carried out")
      return
    }
  }

  @Test(arguments: [
    Move.hang, .answer("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{"),
    .drip("HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n", then: "x"),
  ])
  func givesUpInTime(move: Move) async throws {
    guard case .lost(_, timedOut: true) = try await one(move, timeout: .milliseconds(300), longest: 1_000_000) else {
      Issue.record("not timed out")
      return
    }
  }

  @Test func readsNoMoreThanItsBound() async throws {
    let fitting = try await one(.answer(200, String(repeating: "x", count: 1_000)), longest: 1_000)
    guard case .reply(let reply) = fitting else {
      Issue.record("no reply")
      return
    }
    #expect(reply.body.count == 1_000)
    for move in [
      Move.answer(200, String(repeating: "x", count: 1_001)),
      .drip(
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
        then: "3e8\r\n" + String(repeating: "x", count: 1_000) + "\r\n"),
    ] {
      guard case .lost(let why, timedOut: false) = try await one(move, longest: 1_000) else {
        Issue.record("not bounded")
        return
      }
      #expect(why.contains("1000 bytes"))
    }
  }

  @Test func nothingIsSentWithoutAConnection() async throws {
    let closed = try ClosedPort()
    let port = closed.number
    for address in [
      "http://127.0.0.1:\(port)", "http://localhost:\(port)", "http://[::1]:\(port)", "https://settle.invalid",
    ] {
      guard case .unsent = try await exchange(address, [call()], connect: .seconds(5))[0] else {
        Issue.record("\(address) is not unsent")
        return
      }
    }
  }

  @Test func nothingIsSentWithoutTLS() async throws {
    try await ScriptedServer.with([.answer(200)]) { server in
      guard case .unsent = try await exchange("https://127.0.0.1:\(server.port)", [call()])[0] else {
        Issue.record("not unsent")
        return
      }
      #expect(server.requests.isEmpty)
    }
  }

  @Test func onlyAFailedConnectionProvesThatNothingWasSent() async throws {
    try await ScriptedServer.with([.hang]) { server in
      let address = "https://127.0.0.1:\(server.port)"
      guard case .unsent = try await exchange(address, [call()], connect: .milliseconds(300))[0] else {
        Issue.record("the connection was never made")
        return
      }
      // Here the whole request ran out of time, wherever it stood.
      guard case .lost(_, timedOut: true) = try await exchange(address, [call()], timeout: .milliseconds(300))[0] else {
        Issue.record("nothing proves that nothing was sent")
        return
      }
      #expect(server.requests.isEmpty)
    }
  }

  @Test func sendsOnceAndOnlyOnce() async throws {
    try await ScriptedServer.with([.close]) { server in
      _ = try await exchange("http://127.0.0.1:\(server.port)", [call(), call(), call()])
      #expect(server.requests.count == 3)
    }
  }

  @Test func keepsConnectionsAndSurvivesTheirEnd() async throws {
    try await ScriptedServer.with([
      .answer(200), .answerAndClose("HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"), .answer(200),
    ]) { server in
      let results = try await exchange("http://127.0.0.1:\(server.port)", [call(), call(), call()])
      #expect(results.allSatisfy { if case .reply = $0 { true } else { false } })
    }
  }

  @Test func endsSoonWhenCancelled() async throws {
    try await ScriptedServer.with([.hang]) { server in
      let address = "http://127.0.0.1:\(server.port)"
      let task = Task { try await exchange(address, [call()])[0] }
      while server.requests.isEmpty { await Task.yield() }
      task.cancel()
      guard case .lost(let why, timedOut: false) = try await task.value else {
        Issue.record("not lost")
        return
      }
      #expect(why.contains("stopped"))
    }
  }
}
