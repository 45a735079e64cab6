import Testing

@testable import ProcessorSandbox

@Suite struct BankTests {
  private let noon: Int64 = 1_800_000_000

  @Test func theSameOrdersGiveTheSameIdsAndChoices() throws {
    func changes(seed: UInt64) throws -> [Change] {
      var bank = Bank(seed: seed, keyLife: 86_400, anomalies: try AnomalyRates([.duplicate: 0.3, .overcharge: 0.3]))
      return (0..<50).flatMap { bank.execute(.charging(key: "k\($0)"), wall: noon + Int64($0)).changes }
    }
    #expect(try changes(seed: 5) == changes(seed: 5))
    #expect(try changes(seed: 5) != changes(seed: 6))
  }

  @Test func theClockNeverGoesBack() {
    var bank = Bank(seed: 1, keyLife: 86_400, anomalies: .none)
    _ = bank.execute(.charging(key: "a"), wall: noon)
    let early = bank.execute(.charging(key: "b"), wall: noon - 3600)
    #expect(early.changes.map(\.at) == [noon])
    _ = bank.advance(by: 100, wall: noon)
    #expect(bank.instant(wall: noon) == noon + 100)
    #expect(bank.instant(wall: noon + 1) == noon + 101)
  }

  @Test func keysAreForgottenExactlyWhenTheirLifeEnds() {
    var bank = Bank(seed: 1, keyLife: 3600, anomalies: .none)
    for second in 0..<10 { _ = bank.execute(.charging(key: "k\(second)"), wall: noon + Int64(second)) }
    #expect(bank.saved.count == 10)
    #expect(bank.execute(.charging(key: "k0"), wall: noon + 3599).replayed)
    #expect(!bank.execute(.charging(key: "k0"), wall: noon + 3600).replayed)
    #expect(bank.saved.count == 10, "the first is saved anew")
    _ = bank.tick(wall: noon + 3609)
    #expect(bank.saved.count == 1)
    #expect(bank.execute(.charging(key: "k0"), wall: noon + 7199).replayed)
  }

  @Test func aRefusedOrderDrawsNoIdAndLeavesNothing() {
    var bank = Bank(seed: 1, keyLife: 3600, anomalies: .none)
    _ = bank.execute(.charging(key: "k", method: "pm_nobody"), wall: noon)
    #expect(bank.serial == 0)
    #expect(bank.intents.items.isEmpty)
    #expect(bank.saved.count == 1, "an execution had begun")
  }

  /// Random orders against the rules that money must keep, and the journal against the bank that wrote it.
  @Test(arguments: 1...8)
  func moneyKeepsItsRulesAndTheJournalTellsAll(_ seed: Int) throws {
    let rates = try AnomalyRates([.duplicate: 0.1, .overcharge: 0.2, .missing: 0.1, .unexpected: 0.1])
    var bank = Bank(seed: UInt64(seed), keyLife: 7200, anomalies: rates)
    var random = SplitMix(state: UInt64(seed))
    var changes: [Change] = []
    var wall = noon
    for step in 0..<600 {
      wall += Int64.random(in: 0...900, using: &random)
      let key = Bool.random(using: &random) ? "k\(step)" : "k\(Int.random(in: 0...step, using: &random))"
      var order = Order.random(key: key, bank: bank, using: &random)
      order.endsInError = Int.random(in: 0..<10, using: &random) == 0
      changes += bank.execute(order, wall: wall).changes
    }
    for charge in bank.charges.items {
      #expect(charge.refunded <= charge.taken ?? 0)
      #expect(charge.taken ?? 0 >= charge.told)
    }
    let asked = bank.movements.filter { $0.kind == .charge }
    #expect(Set(asked.map(\.intent)).count == asked.count, "no intent is charged twice")
    for movement in bank.movements where movement.kind == .refund {
      #expect(bank.charges[movement.charge ?? ""] != nil)
    }
    var again = Bank(seed: UInt64(seed), keyLife: 7200, anomalies: rates)
    for change in changes {
      var json = JSONWriter()
      change.write(to: &json)
      again.apply(try #require(JSONValue(parsing: json.bytes).flatMap(Change.init)))
    }
    #expect(again.movements == bank.movements)
    #expect(again.intents.items == bank.intents.items)
    #expect(again.charges.items == bank.charges.items)
    #expect(again.refunds.items == bank.refunds.items)
    #expect(again.serial == bank.serial)
    let next = Order.charging(key: "next")
    #expect(again.execute(next, wall: wall + 86_400).changes == bank.execute(next, wall: wall + 86_400).changes)
  }
}

private struct SplitMix: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 1
    return mixed(0x5EED, state)
  }
}

extension Order {
  fileprivate static func random(key: String, bank: Bank, using random: inout SplitMix) -> Order {
    let intent = bank.intents.items.randomElement(using: &random)?.id ?? "pi_none"
    let charge = bank.charges.items.randomElement(using: &random)?.id
    switch Int.random(in: 0..<8, using: &random) {
    case 0: return .charging(key: key, method: "pm_card_visa_chargeDeclined")
    case 1: return .charging(key: key, manual: true)
    case 2: return .other(.confirm(intent: intent, paymentMethod: "pm_card_visa", offSession: true), key: key)
    case 3:
      let amount = Int64.random(in: 1...1100, using: &random)
      return .other(.capture(intent: intent, amount: amount, metadata: []), key: key)
    case 4: return .other(.cancel(intent: intent, reason: nil), key: key)
    case 5, 6:
      let amount = Int64.random(in: 1...900, using: &random)
      return .other(.refund(.init(charge: charge, intent: intent, amount: amount)), key: key)
    default: return .charging(Int64.random(in: 50...5000, using: &random), key: key)
    }
  }
}
