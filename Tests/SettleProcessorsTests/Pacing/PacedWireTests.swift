import Testing

@testable import SettleProcessors

@Suite(.timeLimit(.minutes(1)))
struct PacedWireTests {
  private static let second: Nanoseconds = 1_000_000_000
  private let clock = PaceClock.virtual()
  private let call = WireCall(method: "POST", path: "/v1/x", longestReply: 100)

  private func paced(
    _ wire: ScriptedWire, rate: Int? = nil, concurrency: Int = 4, patience: Patience = Patience(),
    clock: PaceClock? = nil
  ) -> PacedWire {
    PacedWire(
      wire, rate: rate.flatMap { RatePerSecond($0) }, concurrency: concurrency, patience: patience, seed: 1,
      clock: clock ?? self.clock
    ) { reply in
      guard reply.status == 429 else { return nil }
      let wait = reply.header("retry-after").flatMap { Nanoseconds($0) }.map { $0 * Self.second }
      return switch String(decoding: reply.body, as: UTF8.self) {
      case "lock": .object(retryAfter: wait)
      case "crowd": .concurrency(retryAfter: wait)
      default: .pace(retryAfter: wait)
      }
    }
  }

  private func status(_ exchange: Exchange) -> Int? {
    if case .reply(let reply) = exchange { reply.status } else { nil }
  }

  @Test(arguments: [200, 302, 400, 402, 409, 500])
  func handsBackWhateverWasAnswered(status: Int) async throws {
    let wire = ScriptedWire([.reply(status)], clock: clock)
    #expect(self.status(try await paced(wire).exchange(call) {}) == status)
    #expect(wire.sent.count == 1)
  }

  @Test(arguments: [1, 4])
  func spacesCallsOfManyTasks(concurrency: Int) async throws {
    let wire = ScriptedWire([.reply(200)], clock: clock)
    let paced = paced(wire, rate: 50, concurrency: concurrency)
    try await withThrowingTaskGroup { group in
      for _ in 0..<100 { group.addTask { _ = try await paced.exchange(call) {} } }
      try await group.waitForAll()
    }
    let times = wire.sent.map(\.time).sorted()
    #expect(times.count == 100)
    let turn = Self.second / 50
    #expect(times.enumerated().allSatisfy { $1 >= Nanoseconds($0) * turn }, "none goes before its turn")
    // The wire sees a call a moment after its turn was decided. Where several are under way, this clock may have gone
    // on meanwhile for another of them, so that two seem to leave together.
    if concurrency == 1 { #expect(zip(times, times.dropFirst()).allSatisfy { $1 - $0 >= turn }) }
  }

  @Test func repeatsALimitedCallUntilItPasses() async throws {
    let limits: [WireResult] = [.reply(429, "pace"), .reply(429, "lock"), .reply(429, "pace")]
    let wire = ScriptedWire(limits + [.reply(200)], clock: clock)
    let permits = Shared(0)
    let exchange = try await paced(wire).exchange(call) { permits.withLock { $0 += 1 } }
    #expect(status(exchange) == 200)
    #expect(wire.sent.count == 4)
    #expect(permits.withLock { $0 } == 4)
  }

  @Test(arguments: ["pace", "crowd", "lock"])
  func waitsAsLongAsTold(kind: String) async throws {
    let wire = ScriptedWire([.reply(429, kind, headers: [("Retry-After", "7")]), .reply(200)], clock: clock)
    _ = try await paced(wire).exchange(call) {}
    let wait = wire.sent[1].time - wire.sent[0].time
    #expect((7 * Self.second...7 * Self.second + 100_000_000).contains(wait))
  }

  @Test func onlyALimitOfPaceSlowsTheOthers() async throws {
    for (kind, slowed) in [("pace", true), ("crowd", false), ("lock", false)] {
      let clock = PaceClock.virtual()
      let wire = ScriptedWire(Array(repeating: .reply(429, kind), count: 12) + [.reply(200)], clock: clock)
      let paced = paced(wire, rate: 10, patience: Patience(first: .zero, longest: .zero), clock: clock)
      for _ in 0..<2 { _ = try await paced.exchange(call) {} }
      let times = wire.sent.map(\.time)
      let gap = times[13] - times[12]
      #expect((gap > Self.second * 12 / 100) == slowed, "\(kind) \(gap)")
    }
  }

  @Test func oneLimitedCallHoldsUpNoOther() async throws {
    let wire = ScriptedWire(
      [.reply(429, "pace", headers: [("Retry-After", "30")]), .reply(200)], clock: PaceClock.virtual())
    let paced = PacedWire(
      wire, rate: nil, concurrency: 1, patience: Patience(), seed: 1, clock: PaceClock.parked()
    ) { $0.status == 429 ? .pace(retryAfter: 30 * Self.second) : nil }
    let limited = Task { try await paced.exchange(call) {} }
    while wire.sent.isEmpty { await Task.yield() }
    let other = try await paced.exchange(call) {}
    #expect(status(other) == 200)
    limited.cancel()
    await #expect(throws: CancellationError.self) { _ = try await limited.value }
  }

  @Test func hasFewerCallsUnderWayWhenToldThatThereAreTooMany() async throws {
    let wire = CrowdedWire(expecting: 8, limit: 2)
    let paced = PacedWire(
      wire, rate: nil, concurrency: 8, patience: Patience(limitedTries: 1_000, altogether: .seconds(1_000_000)),
      seed: 1, clock: .virtual()
    ) { $0.status == 429 ? .concurrency(retryAfter: nil) : nil }
    try await withThrowingTaskGroup { group in
      for _ in 0..<32 {
        group.addTask {
          let exchange = try await paced.exchange(call) {}
          #expect(status(exchange) == 200)
        }
      }
      try await group.waitForAll()
    }
    #expect(wire.most.withLock { $0 } == 8)
  }

  @Test func comesBackLaterWhenLimitsGoOn() async throws {
    let wire = ScriptedWire([.reply(429, "pace")], clock: clock)
    let paced = paced(wire, patience: Patience(limitedTries: 5))
    guard case .later = try await paced.exchange(call, permit: {}) else {
      Issue.record("not later")
      return
    }
    #expect(wire.sent.count == 5)
    guard case .later = try await paced.exchange(call, permit: {}) else {
      Issue.record("not later")
      return
    }
    #expect(wire.sent.count == 5, "the circuit is open, so nothing more is sent")
  }

  @Test func waitsNoLongerThanItsPatience() async throws {
    let wire = ScriptedWire([.reply(429, "pace", headers: [("Retry-After", "3600")])], clock: clock)
    guard case .later = try await paced(wire).exchange(call, permit: {}) else {
      Issue.record("not later")
      return
    }
    #expect(clock.now() < Self.second)
  }

  @Test func oneBusyObjectIsLeftToItsCaller() async throws {
    let wire = ScriptedWire([.reply(429, "lock", headers: [("Retry-After", "3600")]), .reply(200)], clock: clock)
    let paced = paced(wire)
    guard case .lost = try await paced.exchange(call, permit: {}) else {
      Issue.record("not lost")
      return
    }
    guard case .reply = try await paced.exchange(call, permit: {}) else {
      Issue.record("the others must go on")
      return
    }
  }

  @Test func saysHowLongTheProcessorAsksToWait() async throws {
    let wire = ScriptedWire([.reply(429, "pace", headers: [("Retry-After", "3600")])], clock: clock)
    guard case .later(let why) = try await paced(wire).exchange(call, permit: {}) else {
      Issue.record("not later")
      return
    }
    #expect(why == "it kept limiting for 0 s and 1 try, and asks to wait another 3600 s")
  }

  @Test func keepsNobodyWaitingForTooLong() async throws {
    let wire = ScriptedWire([.reply(429, "pace", headers: [("Retry-After", "3600")]), .reply(200)], clock: clock)
    let paced = paced(wire, rate: 10)
    for _ in 0..<3 {
      guard case .later = try await paced.exchange(call, permit: {}) else {
        Issue.record("not later")
        return
      }
    }
    #expect(wire.sent.count == 1)
    #expect(clock.now() < Self.second)
  }

  @Test func hasOnlySoManyCallsUnderWay() async throws {
    let wire = CrowdedWire(expecting: 3)
    let paced = PacedWire(
      wire, rate: nil, concurrency: 3, patience: Patience(), seed: 1, clock: clock, limit: { _ in nil })
    try await withThrowingTaskGroup { group in
      for _ in 0..<30 { group.addTask { _ = try await paced.exchange(call) {} } }
      try await group.waitForAll()
    }
    #expect(wire.most.withLock { $0 } == 3)
  }

  @Test func triesAgainWhereNothingWasSent() async throws {
    let wire = ScriptedWire([.unsent("refused"), .unsent("refused"), .reply(200)], clock: clock)
    #expect(status(try await paced(wire).exchange(call) {}) == 200)
    let refusing = ScriptedWire([.unsent("refused")], clock: clock)
    guard case .unreachable("refused") = try await paced(refusing).exchange(call, permit: {}) else {
      Issue.record("not unreachable")
      return
    }
    #expect(refusing.sent.count == Patience().failedTries)
  }

  @Test func neverRepeatsWhatMayHaveBeenCarriedOut() async throws {
    let wire = ScriptedWire([.lost("reset", timedOut: false)], clock: clock)
    guard case .lost("reset") = try await paced(wire).exchange(call, permit: {}) else {
      Issue.record("not lost")
      return
    }
    #expect(wire.sent.count == 1)
  }

  @Test func opensTheCircuit() async throws {
    for (result, count) in [(WireResult.lost("reset", timedOut: false), 50), (.reply(503), 50), (.unsent("no"), 10)] {
      let wire = ScriptedWire([result], clock: clock)
      let paced = paced(wire)
      for _ in 0..<60 { _ = try await paced.exchange(call) {} }
      #expect(wire.sent.count == count)
    }
  }

  @Test func asksForPermissionAtTheLastMoment() async throws {
    struct Refused: Error {}
    let wire = ScriptedWire([.reply(429, "pace"), .reply(200)], clock: clock)
    let paced = paced(wire, rate: 1)
    await #expect(throws: Refused.self) {
      try await paced.exchange(call) {
        #expect(clock.now() >= Self.second)
        throw Refused()
      }
    }
    #expect(wire.sent.isEmpty)
    let asked = Shared(0)
    await #expect(throws: Refused.self) {
      try await paced.exchange(call) {
        if asked.withLock({
          $0 += 1
          return $0
        }) == 2 {
          throw Refused()
        }
      }
    }
    #expect(wire.sent.count == 1)
  }

  @Test func stopsWaitingWhenCancelled() async throws {
    let wire = ScriptedWire([.reply(200)])
    let paced = PacedWire(
      wire, rate: RatePerSecond(thousandths: 1), concurrency: 1, patience: Patience(), seed: 1, limit: { _ in nil })
    let waiting = Task { _ = try await paced.exchange(call) {} }
    waiting.cancel()
    await #expect(throws: CancellationError.self) { try await waiting.value }
    #expect(wire.sent.isEmpty)
  }
}

/// A wire whose calls wait for company, so that as many meet as ever can; above a limit they are turned away.
private final class CrowdedWire: Wire {
  let most = Shared(0)
  private let inside = Shared(0)
  private let expected: Int
  private let limit: Int

  init(expecting expected: Int, limit: Int = .max) {
    self.expected = expected
    self.limit = limit
  }

  func exchange(_ call: WireCall) async -> WireResult {
    let now = inside.withLock { inside in
      inside += 1
      return inside
    }
    most.withLock { $0 = max($0, now) }
    for _ in 0..<100 where most.withLock({ $0 }) < expected { await Task.yield() }
    inside.withLock { $0 -= 1 }
    return now > limit ? .reply(429) : .reply(200)
  }
}
