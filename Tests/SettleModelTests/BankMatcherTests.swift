import Foundation
import SettleModel
import Testing

/// Lines and payouts by name, and what is found of them: `reference: L1 = P1`, `ambiguous: L1 L2, P1`.
struct BankCase: Sendable, CustomTestStringConvertible {
  var name: String
  var lines: [OpenBankLine]
  var payouts: [AwaitedPayout]
  var found: [String]

  var testDescription: String { name }

  init(_ name: String, lines: [OpenBankLine], payouts: [AwaitedPayout], found: String...) {
    self.name = name
    self.lines = lines
    self.payouts = payouts
    self.found = found
  }
}

private func line(
  _ name: Int, _ amount: Int64, in currency: String = "USD", on day: String = "2026-11-20", _ texts: String...,
  other: Bool = false
) -> OpenBankLine {
  OpenBankLine(
    id: BankLineID(naming: "L\(name)"), amount: money(amount, currency), bookedOn: date(day), texts: texts,
    isOfProcessor: !other)
}

private func payout(
  _ name: Int, _ amount: Int64, _ currency: String = "USD", on day: String = "2026-11-19", named: String? = nil,
  of processor: String = "stripe"
) -> AwaitedPayout {
  AwaitedPayout(
    id: PayoutID(naming: "P\(name)"), processor: processor, names: [named ?? "po_payout\(name)"],
    amount: money(amount, currency), sentOn: date(day), arrivesOn: date(day))
}

@Suite struct BankMatcherTests {
  static let byName = [
    BankCase(
      "a name in a text", lines: [line(1, 500, "STRIPE PO-PAYOUT1 2026")], payouts: [payout(1, 500)],
      found: "reference: L1 = P1"),
    BankCase(
      "a bank that writes it in its own way", lines: [line(1, 500, "stripe popay out1abc/x")],
      payouts: [payout(1, 500, named: "po_PAYOUT1ABC")], found: "reference: L1 = P1"),
    BankCase(
      "two lines of one payout", lines: [line(1, 300, "po_payout1"), line(2, 200, "po_payout1")],
      payouts: [payout(1, 500)], found: "reference: L1 L2 = P1"),
    BankCase(
      "one line of two payouts", lines: [line(1, 700, "po_payout1 po_payout2")],
      payouts: [payout(1, 500), payout(2, 200)], found: "reference: L1 = P1 P2"),
    BankCase(
      "one line that names two and is one", lines: [line(1, 500, "po_payout1 after po_payout2")],
      payouts: [payout(1, 500), payout(2, 200)], found: "reference: L1 = P1"),
    BankCase(
      "one line that names two and is neither", lines: [line(1, 600, "po_payout1 po_payout2")],
      payouts: [payout(1, 500), payout(2, 200)], found: "ambiguous: L1, P1 P2"),
    BankCase(
      "another amount under the name", lines: [line(1, 490, "po_payout1")], payouts: [payout(1, 500)],
      found: "reference: L1 = P1"),
    BankCase(
      "paid and sent back", lines: [line(1, 500, "po_payout1"), line(2, -500, on: "2026-11-25", "po_payout1")],
      payouts: [payout(1, 0)], found: "reference: L1 L2 = P1"),
    BankCase(
      "converted by the bank", lines: [line(1, 540, in: "USD", "po_payout1")], payouts: [payout(1, 500, "EUR")],
      found: "reference_converted: L1 = P1"),
    BankCase(
      "one name for two currencies", lines: [line(1, 540, in: "USD", "po_both12")],
      payouts: [payout(1, 500, "EUR", named: "po_both12"), payout(2, 540, named: "po_both12")],
      found: "reference: L1 = P2"),
    BankCase(
      "a line of nobody's that names one", lines: [line(1, 500, "po_payout1", other: true)], payouts: [payout(1, 500)],
      found: "reference: L1 = P1"),
    BankCase(
      "a short name proves nothing", lines: [line(1, 490, "batch 12345")], payouts: [payout(1, 500, named: "12345")]),
    BankCase(
      "a name of several words", lines: [line(1, 490, "ADYEN shop 412/B")],
      payouts: [payout(1, 500, named: "Shop/412")],
      found: "reference: L1 = P1"),
    BankCase(
      "a word more before it is another name", lines: [line(1, 490, "ADYEN MyShop/412")],
      payouts: [payout(1, 500, named: "Shop/412")]),
    BankCase(
      "a number alone bridges no difference", lines: [line(1, 490, "batch 12345678")],
      payouts: [payout(1, 500, named: "12345678")]),
    BankCase(
      "nor does a word", lines: [line(1, 490, "PAYOUT 7781")], payouts: [payout(1, 500, named: "Payout")]),
    BankCase(
      "a name is no part of a longer word", lines: [line(1, 490, "po_payout12")],
      payouts: [payout(1, 500, named: "payout1")]),
    BankCase(
      "a number that goes on is another", lines: [line(1, 700, "ADYEN LongShopName/12")],
      payouts: [payout(1, 500, named: "LongShopName/1"), payout(2, 900, named: "LongShopName/12")],
      found: "reference: L1 = P2"),
    BankCase(
      "a number that begins before is another", lines: [line(1, 700, "REF 77012345678901X")],
      payouts: [payout(1, 500, named: "12345678901")]),
    BankCase(
      "another number beside it", lines: [line(1, 700, "LongShopName/1 2026-11-19")],
      payouts: [payout(1, 500, named: "LongShopName/1")], found: "reference: L1 = P1"),
    BankCase(
      "of names within each other the longest", lines: [line(1, 700, "xpo_one payout/b")],
      payouts: [payout(1, 500, named: "po_onepayout"), payout(2, 900, named: "po_one_payout_b")],
      found: "reference: L1 = P2"),
    BankCase(
      "two names that stand apart", lines: [line(1, 700, "ShopsName/77 ShopsNameLong/5")],
      payouts: [payout(1, 500, named: "ShopsName/77"), payout(2, 200, named: "ShopsNameLong/5")],
      found: "reference: L1 = P1 P2"),
  ]

  static let byAmount = [
    BankCase(
      "the only one of its amount", lines: [line(1, 500), line(2, 400)], payouts: [payout(1, 500)],
      found: "amount_and_date: L1 = P1"),
    BankCase(
      "the day before its day", lines: [line(1, 500, on: "2026-11-18")], payouts: [payout(1, 500)],
      found: "amount_and_date: L1 = P1"),
    BankCase("long before it was sent", lines: [line(1, 500, on: "2026-11-17")], payouts: [payout(1, 500)]),
    BankCase("long after", lines: [line(1, 500, on: "2026-11-30")], payouts: [payout(1, 500)]),
    BankCase("another currency", lines: [line(1, 500, in: "JPY")], payouts: [payout(1, 500)]),
    BankCase("a debit", lines: [line(1, -500)], payouts: [payout(1, 500)]),
    BankCase(
      "what a processor takes back", lines: [line(1, -500)], payouts: [payout(1, -500)],
      found: "amount_and_date: L1 = P1"),
    BankCase("somebody else's line", lines: [line(1, 500, other: true)], payouts: [payout(1, 500)]),
    BankCase(
      "two payouts for one line", lines: [line(1, 500)], payouts: [payout(1, 500), payout(2, 500, on: "2026-11-12")],
      found: "ambiguous: L1, P1 P2"),
    BankCase(
      "two lines for one payout", lines: [line(1, 500), line(2, 500)], payouts: [payout(1, 500)],
      found: "ambiguous: L1 L2, P1"),
    BankCase(
      "a name takes one of two out of the way", lines: [line(1, 500, "po_payout1"), line(2, 500)],
      payouts: [payout(1, 500), payout(2, 500)], found: "reference: L1 = P1", "amount_and_date: L2 = P2"),
    BankCase(
      "dinars have three digits", lines: [line(1, 1_234_567, in: "KWD")], payouts: [payout(1, 1_234_567, "KWD")],
      found: "amount_and_date: L1 = P1"),
  ]

  /// Two payouts and a line of 5.00, which only what the line says can tell apart.
  private static func tie(_ name: String, _ other: String, _ text: String, found: String) -> BankCase {
    BankCase(
      "\(name) or \(other) in \"\(text)\"", lines: [line(1, 500, text)],
      payouts: [payout(1, 500, named: name), payout(2, 500, named: other)], found: found)
  }

  private static let first = "amount_and_date: L1 = P1"
  private static let nobodys = "ambiguous: L1, P1 P2"

  static let byShortName = [
    tie("po_A1", "po_A2", "STRIPE PO-A1 NOV", found: first), tie("po_1", "po_2", "STRIPE po_1", found: nobodys),
    tie("AB/12", "AB/13", "Settlement AB/12", found: first), tie("AB/12", "AB/13", "Settlement AB/123", found: nobodys),
    tie("AB12", "AB13", "Settlement AB12.", found: first), tie("AB12", "AB13", "(ab12)", found: first),
    tie("AB12", "AB13", "Settlement AB123", found: nobodys), tie("AB12", "AB13", "XAB12", found: nobodys),
    tie("AB12", "AB13", "INV-AB12", found: nobodys), tie("AB12", "AB13", "AB 12", found: first),
    tie("AB12", "AB13", "Stripe AB 12", found: nobodys), tie("AB12", "AB13", "AB12 AB13", found: nobodys),
    // Years, days and amounts are in every text.
    tie("2026", "2027", "STRIPE 2026", found: nobodys), tie("500", "501", "500", found: nobodys),
    tie("12345", "12346", "batch 12345", found: nobodys), tie("nov", "dec", "nov", found: nobodys),
    tie("shop", "mall", "shop", found: nobodys),
    // A day's batch, or a longer number: of the right amount it is one.
    tie("20261119", "20261118", "STRIPE 20261119", found: first),
    tie("123456", "123457", "batch 123456", found: first), tie("123456", "123457", "batch 1234567", found: nobodys),
    tie("Riverside", "Lakeside", "Riverside Shop", found: first),
    BankCase(
      "a short name bridges no difference", lines: [line(1, 490, "AB12")], payouts: [payout(1, 500, named: "AB12")]),
    BankCase(
      "nor months", lines: [line(1, 500, on: "2027-01-20", "AB12")], payouts: [payout(1, 500, named: "AB12")]),
    BankCase(
      "nor currencies", lines: [line(1, 500, in: "EUR", "AB12")], payouts: [payout(1, 500, named: "AB12")]),
    BankCase(
      "the amount of one payout wins over the short name of another", lines: [line(1, 500, "AB12")],
      payouts: [payout(1, 500, named: "CD34"), payout(2, 400, named: "AB12")], found: first),
    BankCase(
      "two lines with the short name", lines: [line(1, 500, "AB12"), line(2, 500, "AB12")],
      payouts: [payout(1, 500, named: "AB12")], found: "ambiguous: L1 L2, P1"),
    BankCase(
      "a line of nobody's with a short name and the amount", lines: [line(1, 500, "AB12", other: true)],
      payouts: [payout(1, 500, named: "AB12")], found: first),
    BankCase(
      "a whole name beside a short one", lines: [line(1, 500, "AB12 po_payout2")],
      payouts: [payout(1, 500, named: "AB12"), payout(2, 500)], found: "reference: L1 = P2"),
  ]

  static let bySum = [
    BankCase(
      "one line of three payouts", lines: [line(1, 601)], payouts: [payout(1, 100), payout(2, 200), payout(3, 301)],
      found: "sum_of_payouts: L1 = P1 P2 P3"),
    BankCase(
      "one payout in two lines", lines: [line(1, 350), line(2, 150)], payouts: [payout(1, 500)],
      found: "sum_of_lines: L1 L2 = P1"),
    BankCase(
      "two sums are possible", lines: [line(1, 500)],
      payouts: [payout(1, 100), payout(2, 400), payout(3, 200), payout(4, 300)],
      found: "ambiguous: L1, P1 P2 P3 P4"),
    BankCase(
      "one payout in the sums of two lines", lines: [line(1, 300), line(2, 250)],
      payouts: [payout(1, 100), payout(2, 200), payout(3, 150)], found: "ambiguous: L1 L2, P1 P2 P3"),
    BankCase(
      "two processors never share a line", lines: [line(1, 500)],
      payouts: [payout(1, 100), payout(2, 400, of: "paypal")]),
    BankCase(
      "five members are too many", lines: [line(1, 31)],
      payouts: (1...5).map { payout($0, Int64(1 << ($0 - 1))) }),
    BankCase(
      "thirteen candidates are too many", lines: [line(1, 3)], payouts: (1...13).map { payout($0, $0 == 1 ? 1 : 2) }),
    BankCase(
      "few enough once another sum is found", lines: [line(1, 30), line(2, 1_000)],
      payouts: ([10, 20, 401, 599] + (1...10).map { 700 + $0 }).enumerated().map { payout($0.offset + 1, $0.element) },
      found: "sum_of_payouts: L1 = P1 P2", "sum_of_payouts: L2 = P3 P4"),
    BankCase("a sum never nets", lines: [line(1, 400)], payouts: [payout(1, 500), payout(2, -100)]),
  ]

  @Test(arguments: byName + byShortName + byAmount + bySum)
  func findsJustThis(_ world: BankCase) {
    let matcher = BankMatcher(daysAfter: 10)
    #expect(told(matcher.match(world.lines, with: world.payouts)) == world.found.sorted())
    // The order in which they come decides nothing.
    #expect(
      matcher.match(world.lines.reversed(), with: world.payouts.reversed())
        == matcher.match(world.lines, with: world.payouts))
  }

  /// What is left over is looked at again each night: nothing else may come of it.
  @Test(arguments: byName + byShortName + byAmount + bySum)
  func aSecondLookFindsNothingElse(_ world: BankCase) {
    let matcher = BankMatcher(daysAfter: 10)
    let found = matcher.match(world.lines, with: world.payouts)
    let (lines, payouts) = (Set(found.matches.flatMap(\.lines)), Set(found.matches.flatMap(\.payouts)))
    var left = found
    left.matches = []
    let again = matcher.match(
      world.lines.filter { !lines.contains($0.id) }, with: world.payouts.filter { !payouts.contains($0.id) })
    #expect(again == left)
  }

  /// 2026-12-23 is a Wednesday. The next two days that banks work are the 24th and the 28th, and a week follows them.
  @Test(arguments: [
    (BankingCalendar.Rule.none, "2027-01-01"), (.target2, "2027-01-04"), (.uk, "2027-01-05"),
  ])
  func theDaysAreThoseOfTheCalendar(rule: BankingCalendar.Rule, last: String) throws {
    let matcher = BankMatcher(daysAfter: 7, waiting: 2, calendar: BankingCalendar(rule))
    let lastDay = try #require(BusinessDate(last))
    for (day, found) in [(lastDay, ["amount_and_date: L1 = P1"]), (lastDay.adding(days: 1), [])] {
      let findings = matcher.match([line(1, 100, on: "\(day)")], with: [payout(1, 100, on: "2026-12-23")])
      #expect(told(findings) == found, "\(day)")
    }
  }

  private func told(_ findings: BankFindings) -> [String] {
    let lines = Dictionary(uniqueKeysWithValues: (1...20).map { (BankLineID(naming: "L\($0)"), "L\($0)") })
    let payouts = Dictionary(uniqueKeysWithValues: (1...20).map { (PayoutID(naming: "P\($0)"), "P\($0)") })
    func names(_ found: [BankLineID]) -> String { found.compactMap { lines[$0] }.sorted().joined(separator: " ") }
    func names(_ found: [PayoutID]) -> String { found.compactMap { payouts[$0] }.sorted().joined(separator: " ") }
    var told = findings.matches.map { "\($0.rule.rawValue): \(names($0.lines)) = \(names($0.payouts))" }
    if !findings.ambiguousLines.isEmpty {
      told.append("ambiguous: \(names(findings.ambiguousLines)), \(names(findings.ambiguousPayouts))")
    }
    return told.sorted()
  }

  @Test func aMatchIsNamedAfterItsMembers() {
    let (first, second) = (BankLineID(naming: "L1"), BankLineID(naming: "L2"))
    let paid = PayoutID(naming: "P1")
    #expect(
      BankMatch(.reference, lines: [first, second], payouts: [paid]).id
        == BankMatch(.sumOfLines, lines: [second, first], payouts: [paid]).id)
    #expect(
      BankMatch(.reference, lines: [first], payouts: [paid]).id
        != BankMatch(.reference, lines: [second], payouts: [paid]).id)
  }
}
