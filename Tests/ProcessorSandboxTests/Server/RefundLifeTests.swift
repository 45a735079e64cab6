import FoundationEssentials
import Testing

@testable import ProcessorSandbox

/// Refunds that do not simply succeed, as Stripe's test cards and the sandbox's own make them.
@Suite struct RefundLifeTests {
  private func refunded(
    _ method: String, _ body: (SandboxClient, _ charge: String, _ refund: String) async throws -> Void
  )
    async throws
  {
    try await withSandbox { client in
      let charge = try #require(try await client.charge(1000, method: method).json["latest_charge"]?.text)
      let form = [("charge", charge), ("amount", "400"), ("metadata[refund_id]", "r1")]
      let refund = try await client.post("/v1/refunds", form, key: "r1")
      #expect(refund.status == 200)
      try await body(client, charge, refund.id)
    }
  }

  private func movements(_ client: SandboxClient) async throws -> [String] {
    try await client.ledger().compactMap { movement in
      guard let kind = movement["kind"]?.text, kind.hasPrefix("refund") else { return nil }
      return "\(kind) \(movement["amount"]?.integer ?? 0)"
    }
  }

  private func returned(_ client: SandboxClient, _ charge: String) async throws -> Int64? {
    try await client.get("/v1/charges/\(charge)").json["amount_refunded"]?.integer
  }

  struct Life: Sendable {
    var method: String
    var first: String
    /// The sandbox's days until it ends.
    var days: Int64 = 1
    var last: String
    var movements: [[String]]
    var reason: String?
  }

  static let lives: [Life] = [
    Life(method: "pm_card_visa", first: "succeeded", last: "succeeded", movements: [["refund 400"], ["refund 400"]]),
    Life(method: "pm_card_pendingRefund", first: "pending", last: "succeeded", movements: [[], ["refund 400"]]),
    Life(
      method: "pm_card_refundFail", first: "succeeded", last: "failed",
      movements: [["refund 400"], ["refund 400", "refund_failure 400"]], reason: "expired_or_canceled_card"),
    Life(
      method: "pm_sandbox_pendingRefundFail", first: "pending", last: "failed", movements: [[], []],
      reason: "expired_or_canceled_card"),
    Life(
      method: "pm_sandbox_refundNeedsAction", first: "requires_action", days: 45, last: "failed", movements: [[], []],
      reason: "unknown"),
  ]

  @Test(arguments: lives)
  func eachHasItsLife(_ life: Life) async throws {
    try await refunded(life.method) { client, charge, id in
      let first = try await client.get("/v1/refunds/\(id)").json
      #expect(first["status"]?.text == life.first)
      #expect((first["balance_transaction"]?.text == nil) == life.movements[0].isEmpty)
      #expect(try await movements(client) == life.movements[0])
      // What is under way is not promised again.
      #expect(try await returned(client, charge) == 400)
      try await client.advance(life.days * 86_400 - 60)
      #expect(try await client.get("/v1/refunds/\(id)").json["status"]?.text == life.first)
      try await client.advance(60)
      let last = try await client.get("/v1/refunds/\(id)").json
      #expect(last["status"]?.text == life.last)
      #expect(last["failure_reason"]?.text == life.reason)
      #expect((last["failure_balance_transaction"]?.text != nil) == (life.movements[1].count == 2))
      #expect(try await movements(client) == life.movements[1])
      #expect(try await returned(client, charge) == (life.last == "failed" ? 0 : 400))
      try await client.advance(90 * 86_400)
      #expect(try await movements(client) == life.movements[1])
    }
  }

  /// The answer that is saved for the key says what it said, whatever became of the refund since.
  @Test func aReplayTellsTheFirstAnswer() async throws {
    let configured: (inout SandboxConfiguration) throws -> Void = { $0.keyLife = 10 * 86_400 }
    try await withSandbox(configured) { client in
      let charge = try #require(try await client.charge(method: "pm_card_refundFail").json["latest_charge"]?.text)
      let first = try await client.post("/v1/refunds", [("charge", charge)], key: "r1")
      try await client.advance(86_400)
      let again = try await client.post("/v1/refunds", [("charge", charge)], key: "r1")
      #expect(again.replayed)
      #expect(again.text == first.text)
      #expect(try await client.get("/v1/refunds/\(first.id)").json["status"]?.text == "failed")
    }
  }

  @Test func theReportShowsTheFailureUnderTheRefundsId() async throws {
    try await refunded("pm_card_refundFail") { client, charge, id in
      try await client.advance(86_400)
      let rows = try await client.report().filter { $0["reporting_category"]?.hasPrefix("refund") == true }
      #expect(rows.map { $0["reporting_category"] } == ["refund", "refund_failure"])
      #expect(rows.map { $0["gross"] } == ["-4.00", "4.00"])
      #expect(rows.allSatisfy { $0["source_id"] == id && $0["charge_id"] == charge })
      #expect(rows.allSatisfy { $0["refund_metadata[refund_id]"] == "r1" })
      #expect(Set(rows.compactMap { $0["balance_transaction_id"] }).count == 2)
      // The money that came back is in a payout too: the lines of all add up.
      try await client.advance(2 * 86_400)
      let lines = try await client.report()
      for payout in lines where payout["reporting_category"] == "payout" {
        let own = lines.filter {
          $0["automatic_payout_id"] == payout["automatic_payout_id"] && $0["reporting_category"] != "payout"
        }
        func cents(_ row: [String: String]) -> Int { Int((row["net"] ?? "").replacing(".", with: "")) ?? 0 }
        #expect(own.reduce(0) { $0 + cents($1) } == -cents(payout))
      }
    }
  }

  @Test func onlyWhatNeedsActionCanBeCanceled() async throws {
    try await refunded("pm_sandbox_refundNeedsAction") { client, charge, id in
      let canceled = try await client.post("/v1/refunds/\(id)/cancel", key: "c1")
      #expect(canceled.json["status"]?.text == "canceled")
      #expect(try await client.post("/v1/refunds/\(id)/cancel", key: "c1").text == canceled.text)
      #expect(try await client.post("/v1/refunds/\(id)/cancel").status == 400)
      #expect(try await returned(client, charge) == 0)
      #expect(try await movements(client) == [])
      try await client.advance(50 * 86_400)
      #expect(try await client.get("/v1/refunds/\(id)").json["status"]?.text == "canceled")
      #expect(try await client.post("/v1/refunds/re_none/cancel").status == 404)
    }
    try await refunded("pm_card_visa") { (client, _, id) async throws in
      #expect(try await client.post("/v1/refunds/\(id)/cancel").status == 400)
    }
  }

  @Test func webhooksTellOfTheFailure() throws {
    var bank = Bank(seed: 1, keyLife: 86_400, anomalies: try AnomalyRates([:]))
    let charged = bank.execute(.charging(key: "c", method: "pm_card_refundFail"), wall: 1_800_000_000)
    guard case .intent(let intent, _) = charged.reply else {
      Issue.record("\(charged.reply)")
      return
    }
    let made = bank.execute(.other(.refund(.init(intent: intent.id)), key: "r"), wall: 1_800_000_000).changes
    func types(_ changes: [Change]) -> [String] { changes.flatMap { StripeEvent.all(of: $0, seed: 1) }.map(\.type) }
    #expect(types(made) == ["refund.created", "charge.refunded", "refund.updated"])
    let ended = bank.advance(by: 86_400, wall: 1_800_000_000)
    #expect(types(ended) == ["refund.updated", "charge.refund.updated", "refund.failed"])
  }

  /// Two refunds of one charge that end in the same moment both give their part back.
  @Test func whatEndsTogetherIsCountedTogether() async throws {
    try await withSandbox { client in
      let charge = try #require(
        try await client.charge(1000, method: "pm_sandbox_pendingRefundFail").json["latest_charge"]?.text)
      for amount in ["400", "600"] {
        #expect(try await client.post("/v1/refunds", [("charge", charge), ("amount", amount)]).status == 200)
      }
      #expect(try await client.post("/v1/refunds", [("charge", charge), ("amount", "1")]).status == 400)
      try await client.advance(86_400)
      #expect(try await returned(client, charge) == 0)
    }
  }

  /// A killed sandbox goes on where it was: what is pending ends, once, and the ledger is only added to.
  @Test func aKilledSandboxFinishesWhatWasUnderWay() async throws {
    try await withFolder { folder in
      try await withFolder { copy in
        var configuration = SandboxConfiguration(port: 0, dataDirectory: folder)
        let (ids, ledger) = try await withSandbox(configuration) { client in
          var ids: [String] = []
          for method in ["pm_card_pendingRefund", "pm_card_refundFail", "pm_sandbox_refundNeedsAction"] {
            let charge = try await client.charge(method: method)
            ids.append(try await client.post("/v1/refunds", [("payment_intent", charge.id)], key: method).id)
          }
          let ledger = try await client.get("/sandbox/ledger").text
          try FileManager.default.copyItem(atPath: folder, toPath: copy)
          return (ids, ledger)
        }
        configuration.dataDirectory = copy
        try await withSandbox(configuration) { client in
          try await client.advance(86_400)
          var states: [String?] = []
          for id in ids { states.append(try await client.get("/v1/refunds/\(id)").json["status"]?.text) }
          #expect(states == ["succeeded", "failed", "requires_action"])
          #expect(try await client.get("/sandbox/ledger").text.hasPrefix(ledger))
          #expect(try await movements(client) == ["refund 1000", "refund 1000", "refund_failure 1000"])
        }
        // Once more, with the ends in the journal.
        try await withSandbox(configuration) { (client) async throws in
          #expect(try await movements(client) == ["refund 1000", "refund 1000", "refund_failure 1000"])
          #expect(try await client.get("/v1/refunds/\(ids[1])").json["failure_balance_transaction"]?.text != nil)
        }
      }
    }
  }
}
