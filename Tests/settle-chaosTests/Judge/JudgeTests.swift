import Testing

@testable import settle_chaos

/// The judge is itself judged: it must see each violation in a ledger made by hand, and nothing in a good one.
@Suite struct JudgeTests {
  private static let orders = [
    Order(id: "A", amount: 1_000, currency: "USD"),
    Order(id: "B", amount: 2_000, currency: "EUR"),
    Order(id: "C", amount: 300, currency: "USD", paymentMethod: "pm_card_visa_chargeDeclined"),
  ]

  private static func charge(
    _ id: String, _ order: String? = nil, _ amount: Int64 = 1_000, _ currency: String = "usd", payment: String? = nil,
    key: String? = nil, anomaly: String? = nil
  ) -> Ledger.Movement {
    var metadata: [String: String] = [:]
    metadata["order_id"] = order
    metadata["payment_id"] = order.map { payment ?? "payment-\($0)" }
    return Ledger.Movement(
      id: id, kind: "charge", amount: amount, currency: currency, metadata: metadata,
      idempotencyKey: anomaly == "duplicate" ? nil : key ?? "key-\(id)", anomaly: anomaly)
  }

  private static func refund(_ id: String, of charge: String, _ amount: Int64) -> Ledger.Movement {
    Ledger.Movement(id: id, kind: "refund", amount: amount, currency: "usd", charge: charge)
  }

  private static let good = [charge("ch_A", "A"), charge("ch_B", "B", 2_000, "eur")]
  private static let duplicate = charge("ch_D", "A", anomaly: "duplicate")
  private static let overcharged = charge("ch_A", "A", 1_150, anomaly: "overcharge")

  private static func seen(_ movements: [Ledger.Movement], atRest: Bool = true, refunded: Bool = true) -> [Invariant] {
    Judge(orders: orders, atRest: atRest, refunded: refunded).violations(in: Ledger(movements: movements))
      .map(\.invariant)
  }

  @Test func aGoodNightHasNoViolation() {
    #expect(Self.seen(Self.good) == [])
    #expect(Self.seen(Self.good + [Self.duplicate, Self.refund("re_1", of: "ch_D", 1_000)]) == [])
    #expect(Self.seen([Self.overcharged, Self.good[1], Self.refund("re_1", of: "ch_A", 150)]) == [])
    #expect(Self.seen(Self.good + [Self.charge("ch_X", nil, 77, anomaly: "unexpected")]) == [])
  }

  @Test(arguments: [
    ("charged twice under two keys", [charge("ch_2", "A", key: "key-other")], [Invariant.once]),
    ("one key took money twice", [charge("ch_2", "A", key: "key-ch_A")], [.once, .once]),
    ("one order became two payments", [charge("ch_2", "A", payment: "payment-other")], [.once, .once]),
    ("nobody ordered it", [charge("ch_2", "Z")], [.agreed]),
    ("no order at all", [charge("ch_2")], [.agreed]),
    ("a bad card was charged", [charge("ch_C", "C", 300)], [.agreed]),
    ("a good charge was refunded", [refund("re_1", of: "ch_A", 1_000)], [.refunds]),
    ("a part of a good charge was refunded", [refund("re_1", of: "ch_A", 1)], [.refunds]),
    ("more was refunded than taken", [refund("re_1", of: "ch_A", 600), refund("re_2", of: "ch_A", 600)], [.refunds]),
    ("a charge that never was is refunded", [refund("re_1", of: "ch_Q", 5)], [.refunds]),
    ("a duplicate was refunded in two parts",
      [duplicate, refund("re_1", of: "ch_D", 400), refund("re_2", of: "ch_D", 600)], [.refunds]),
    ("a duplicate was refunded in part", [duplicate, refund("re_1", of: "ch_D", 400)], [.refunds]),
    ("a duplicate was never refunded", [duplicate], [.refunds]),
  ])
  func itSees(_ what: String, _ more: [Ledger.Movement], _ expected: [Invariant]) {
    #expect(Self.seen(Self.good + more) == expected, "\(what)")
  }

  @Test func itSeesAWrongAmountAndAWrongCurrency() {
    #expect(Self.seen([Self.charge("ch_A", "A", 999), Self.good[1]]) == [.agreed])
    #expect(Self.seen([Self.charge("ch_A", "A", 1_000, "eur"), Self.good[1]]) == [.agreed])
  }

  @Test func itSeesAnExcessThatIsRefundedTwiceOrNever() {
    let charges = [Self.overcharged, Self.good[1]]
    #expect(Self.seen(charges + [Self.refund("r", of: "ch_A", 150), Self.refund("s", of: "ch_A", 150)]) == [.refunds])
    #expect(Self.seen(charges) == [.refunds])
    #expect(Self.seen(charges, refunded: false) == [])
  }

  @Test func whatIsMissingCountsOnlyAtRest() {
    #expect(Self.seen([Self.good[0]]) == [.complete])
    #expect(Self.seen([Self.good[0]], atRest: false) == [])
    #expect(Self.seen([Self.good[0], Self.charge("ch_2", "A")], atRest: false) == [.once])
  }

  @Test func whatTheRulesDoNotRefundMustStay() {
    let orders = [Order(id: "J", amount: 500, currency: "JPY"), Order(id: "L", amount: 19_000, currency: "USD")]
    let charges = [Self.charge("ch_J", "J", 500, "jpy"), Self.charge("ch_L", "L", 19_000)]
    let twice = [
      Self.charge("ch_K", "J", 500, "jpy", anomaly: "duplicate"), Self.charge("ch_M", "L", 19_000, anomaly: "duplicate"),
    ]
    let judge = Judge(orders: orders, refunded: true)
    #expect(judge.violations(in: Ledger(movements: charges + twice)) == [])
    let refunds = [Self.refund("re_1", of: "ch_K", 500), Self.refund("re_2", of: "ch_M", 19_000)]
    let seen = judge.violations(in: Ledger(movements: charges + twice + refunds))
    #expect(seen.map(\.invariant) == [.refunds, .refunds], "a currency without a limit, and one above its limit")
  }
}
