import FoundationEssentials
import ProcessorSandbox
import SettleModel

@testable import SettleProcessors

/// What the contract suite needs to try an adapter: a processor that it can talk to, and a witness beside it.
struct ProcessorStand: Sendable {
  /// The processor's name in the catalogue.
  let name: String
  let instruments: Instruments
  /// Runs a processor of its own for the closure. Not every fault rate is kept exactly, but each kind happens.
  let run: @Sendable (Conditions, @Sendable (Running) async throws -> Void) async throws -> Void

  struct Instruments: Sendable {
    let good: String
    let withoutFunds: String
    let expired: String
    let needsAuthentication: String
    let undecided: String
    /// Its refund is pending first, and succeeds within a day.
    let refundedLater: String
    /// Its refund succeeds first, and fails within a day.
    let refundFails: String
    /// Its refund waits for its customer.
    let refundWaits: String
  }

  struct Conditions: Sendable {
    var faults = ""
    var rateLimit: Int?
  }

  struct Running: Sendable {
    let base: String
    let key: Secret
    let keyWithoutRights: Secret
    /// Makes a hold and answers its reference.
    let hold: @Sendable (Money) async throws -> String
    /// Every movement of money so far, by the processor's own books.
    let ledger: @Sendable () async throws -> [Movement]
    /// The most requests that came within any one second.
    let busiestSecond: @Sendable () async throws -> Int
    /// Lets a day pass at the processor.
    let nextDay: @Sendable () async throws -> Void
  }

  struct Movement: Decodable, Sendable {
    var kind: String
    var amount: Int64
    var metadata: [String: String]?
  }

  static let all: [ProcessorStand] = [stripe]
}

extension ProcessorStand {
  private static let stripe = ProcessorStand(
    name: "stripe",
    instruments: Instruments(
      good: "pm_card_visa", withoutFunds: "pm_card_visa_chargeDeclinedInsufficientFunds",
      expired: "pm_card_chargeDeclinedExpiredCard", needsAuthentication: "pm_card_authenticationRequired",
      undecided: "pm_sandbox_processing", refundedLater: "pm_card_pendingRefund",
      refundFails: "pm_card_refundFail", refundWaits: "pm_sandbox_refundNeedsAction")
  ) { conditions, body in
    let folder = FileManager.default.temporaryDirectory.path + "/stand-" + UUID().uuidString
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let configuration = SandboxConfiguration(
      port: 0, dataDirectory: folder, rateLimit: conditions.rateLimit,
      faults: try FaultRates(parsing: conditions.faults),
      slowness: .milliseconds(5))
    try await Sandbox(configuration: configuration, logger: LogLines().logger).withServer { base in
      let line = SandboxLine(base: base)
      try await body(
        Running(
          base: base, key: SandboxLine.key, keyWithoutRights: Secret("rk_test_restricted_1"), hold: line.hold,
          ledger: line.ledger, busiestSecond: line.busiestSecond, nextDay: line.nextDay))
    }
  }
}

/// The sandbox's own pages and what only a shop would ask of it.
private struct SandboxLine: Sendable {
  static let key = Secret("sk_test_contract")
  let base: String

  func hold(_ money: Money) async throws -> String {
    struct Intent: Decodable {
      var id: String
    }
    let body =
      "amount=\(try StripeAmount.sent(money))&currency=\(money.currency.code.lowercased())&confirm=true"
      + "&capture_method=manual&payment_method=pm_card_visa"
    let call = WireCall(method: "POST", path: "/v1/payment_intents", body: body, longestReply: 100_000)
    return try JSONDecoder().decode(Intent.self, from: try await answer(to: call)).id
  }

  func ledger() async throws -> [ProcessorStand.Movement] {
    let call = WireCall(method: "GET", path: "/sandbox/ledger", longestReply: 10_000_000)
    return try await answer(to: call).split(separator: UInt8(ascii: "\n"))
      .map { try JSONDecoder().decode(ProcessorStand.Movement.self, from: Data($0)) }
  }

  func nextDay() async throws {
    let body = #"{"advance_seconds": 86400}"#
    _ = try await answer(to: WireCall(method: "POST", path: "/sandbox/clock", body: body, longestReply: 100_000))
  }

  func busiestSecond() async throws -> Int {
    struct Stats: Decodable {
      var busiest: Int

      enum CodingKeys: String, CodingKey { case busiest = "max_per_second" }
    }
    let call = WireCall(method: "GET", path: "/sandbox/stats", longestReply: 100_000)
    return try JSONDecoder().decode(Stats.self, from: try await answer(to: call)).busiest
  }

  private func answer(to call: WireCall) async throws -> Data {
    let wire = HTTPWire(
      base: try BaseAddress(base, variable: "base"), key: Self.key, concurrency: 1, timeouts: .init(),
      logger: LogLines().logger)
    let result = await wire.exchange(call)
    await wire.close()
    guard case .reply(let reply) = result, reply.status == 200 else {
      throw ProcessorRefusal.unexpected("\(result)")
    }
    return Data(reply.body)
  }
}
