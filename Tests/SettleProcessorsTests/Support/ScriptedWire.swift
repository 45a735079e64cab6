import Synchronization

@testable import SettleProcessors

/// A wire that gives prepared results in order, the last one for ever, and remembers when each call came.
final class ScriptedWire: Wire {
  struct Sent: Sendable {
    var call: WireCall
    var time: Nanoseconds
  }

  private let state: Mutex<(results: [WireResult], sent: [Sent])>
  private let clock: PaceClock

  init(_ results: [WireResult], clock: PaceClock = .virtual()) {
    state = Mutex((results, []))
    self.clock = clock
  }

  var sent: [Sent] { state.withLock { $0.sent } }

  func exchange(_ call: WireCall) async -> WireResult {
    state.withLock { state in
      state.sent.append(Sent(call: call, time: clock.now()))
      return state.results.count > 1 ? state.results.removeFirst() : state.results[0]
    }
  }
}

extension PaceClock {
  /// A clock on which time passes only by sleeping, and at once.
  static func virtual() -> PaceClock {
    let time = SharedTime()
    return PaceClock(
      now: { time.now.withLock { $0 } },
      sleep: { until in
        try Task.checkCancellation()
        time.now.withLock { $0 = max($0, until) }
      })
  }

  /// A clock that stands: whoever sleeps on it wakes when cancelled.
  static func parked() -> PaceClock {
    PaceClock(
      now: { 0 },
      sleep: { until in
        while until > 0 {
          try Task.checkCancellation()
          await Task.yield()
        }
      })
  }

  private final class SharedTime: Sendable {
    let now = Mutex<Nanoseconds>(0)
  }
}

extension WireResult {
  static func reply(
    _ status: Int, _ body: String = "{}", headers: [(name: String, value: String)] = []
  ) -> WireResult {
    .reply(WireReply(status, body, headers: headers))
  }
}

extension WireReply {
  init(_ status: Int, _ body: String = "{}", headers: [(name: String, value: String)] = []) {
    self.init(status: status, headers: headers, body: Array(body.utf8))
  }
}
