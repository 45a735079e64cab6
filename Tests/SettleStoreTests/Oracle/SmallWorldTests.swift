import SettleModel
import SettleTesting
import Testing

@testable import SettleStore

/// An oracle that is never asked the hard questions proves nothing: the worlds hold each kind of answer, many times over.
struct SmallWorldTests {
  @Test func everyKindOfAnswerIsAskedFor() {
    var seen: [String: Int] = [:]
    let date = BusinessDate("2026-11-20") ?? BusinessDate(daysSinceEpoch: 0)
    let noon = date.startInUTC.adding(.seconds(43_200))
    for seed in 0..<UInt64(OracleTests.rules.count) {
      for number in 0..<200 {
        let world = SmallWorld(number, seed: seed, noon: noon)
        var oracle = Oracle(world, rules: OracleTests.rules[Int(seed)], waitingDays: 1, date: date)
        for night in 0..<SmallWorld.nights { oracle.live(through: night) }
        for line in oracle.lines {
          let words = line.split(separator: " ").map(String.init)
          seen[words[0] == "match" ? words[4] : words[0], default: 0] += 1
        }
        for currency in Set(world.payments.map(\.amount.currency)) { seen[currency.code, default: 0] += 1 }
      }
    }
    let wanted = [
      "missing_at_processor", "unexpected_charge", "amount_mismatch", "currency_mismatch", "duplicate_charge",
      "status_mismatch", "missing_refund", "unexpected_refund", "refund_amount_mismatch", "dispute", "ambiguous_match",
      "processor_id", "payment_id", "order_reference", "amount_and_date", "processor_id_tolerated",
      "order_reference_tolerated", "order_reference_together", "payment_id_together", "JPY", "USD", "KWD",
    ]
    for name in wanted { #expect(seen[name, default: 0] >= 3, "\(name)") }
  }
}
