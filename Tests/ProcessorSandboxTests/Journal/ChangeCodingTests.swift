import Testing

@testable import ProcessorSandbox

@Suite struct ChangeCodingTests {
  /// Every kind of change that the bank can make reads back as it was.
  @Test func whatIsJournaledReadsBack() throws {
    var bank = Bank(
      seed: 3, keyLife: 86_400, anomalies: try AnomalyRates([.duplicate: 0.3, .overcharge: 0.3, .missing: 0.3]))
    var changes: [Change] = []
    var ids: [String] = []
    func run(_ order: Order) {
      let verdict = bank.execute(order, wall: 1_800_000_000)
      changes += verdict.changes
      if case .intent(let intent, _) = verdict.reply { ids.append(intent.id) }
    }
    for number in 0..<20 { run(.charging(key: "k\(number)")) }
    run(.charging(key: "declined", method: "pm_card_visa_chargeDeclined"))
    run(.charging(key: "expired", method: "pm_card_chargeDeclinedExpiredCard"))
    run(.charging(key: "unknown", method: "pm_nobody"))
    run(.charging(key: "held", manual: true))
    run(.other(.capture(intent: ids[20], amount: 300, metadata: []), key: "capture"))
    run(.charging(key: "held2", manual: true))
    run(.other(.cancel(intent: ids[22], reason: "abandoned"), key: "cancel"))
    run(.other(.confirm(intent: ids[0], paymentMethod: nil, offSession: false), key: "state"))
    run(.other(.refund(.init(intent: ids[0], amount: 1, reason: "duplicate")), key: "refund"))
    for method in ["pm_card_pendingRefund", "pm_card_refundFail", "pm_sandbox_refundNeedsAction"] {
      run(.charging(key: method, method: method))
      run(.other(.refund(.init(intent: ids[ids.count - 1])), key: "refund \(method)"))
    }
    let waiting = try #require(changes.flatMap(\.refunds).last)
    run(.other(.cancelRefund(id: waiting.id), key: "cancel refund"))
    var failing = Order.charging(key: "500")
    failing.endsInError = true
    run(failing)
    var expanding = Order.charging(key: "expanded")
    expanding.expandsCharge = true
    run(expanding)
    run(.charging(key: nil))
    changes += bank.advance(by: 8 * 86_400, wall: 1_800_000_000)
    #expect(changes.contains { !$0.payouts.isEmpty })
    let states = Set(changes.flatMap(\.refunds).map(\.status))
    #expect(states == [.pending, .requiresAction, .succeeded, .failed, .canceled])
    for change in changes {
      var json = JSONWriter()
      change.write(to: &json)
      #expect(JSONValue(parsing: json.bytes).flatMap(Change.init) == change)
    }
  }

  @Test(arguments: ["{}", "{\"at\":1}", "{\"at\":1,\"serial\":2,\"movements\":[{}]}", "[]"])
  func refusesHalfAChange(_ text: String) throws {
    #expect(Change(try #require(JSONValue(parsing: text.utf8))) == nil)
  }
}
