import SettleModel
import Testing

@testable import SettlePipeline

struct PageTextTests {
  @Test(arguments: [
    (0, "0"), (7, "7"), (999, "999"), (1_000, "1,000"), (-1_000, "\u{2212}1,000"), (1_234_567, "1,234,567"),
    (-12, "\u{2212}12"), (Int.max, "9,223,372,036,854,775,807"), (Int.min, "\u{2212}9,223,372,036,854,775,808"),
  ])
  func numbersAreGrouped(_ number: Int, _ text: String) {
    #expect(PageText.grouped(number) == text)
  }

  @Test(arguments: [
    ("USD", 123_456, "1,234.56"), ("USD", -5, "\u{2212}0.05"), ("JPY", 1_500, "1,500"), ("KWD", 1_250, "1.250"),
    ("USD", 0, "0.00"),
  ])
  func amountsHaveTheirCurrencysDigits(_ code: String, _ minor: Int64, _ text: String) throws {
    let currency = try #require(Currency(code))
    #expect(PageText.grouped(Money(minor: minor, currency: currency)) == text)
  }

  @Test(arguments: [
    (-1, "Wednesday, 31 December 1969"), (0, "Thursday, 1 January 1970"), (20_777, "Friday, 20 November 2026"),
    (21_243, "Tuesday, 29 February 2028"),
  ])
  func daysAreNamed(_ days: Int, _ text: String) {
    #expect(PageText.long(BusinessDate(daysSinceEpoch: days)) == text)
  }

  @Test func daysHaveShortNames() {
    #expect(PageText.short(BusinessDate(daysSinceEpoch: 20_777)) == "20 Nov")
    #expect(PageText.short(BusinessDate(daysSinceEpoch: 0)) == "1 Jan")
  }

  @Test(arguments: [(0, "0.0\u{A0}%"), (7, "0.7\u{A0}%"), (994, "99.4\u{A0}%"), (1_000, "100.0\u{A0}%")])
  func thousandthsArePercents(_ perMille: Int64, _ text: String) {
    #expect(PageText.percent(perMille: perMille) == text)
  }

  @Test(arguments: [
    ("duplicate_charge", "Taken a second time"), ("unsent", "Not yet sent"), ("fee", "Fees"),
    ("network_cost", "Network cost"), ("other", "Booked for something else"), ("", ""),
  ])
  func bucketsHaveTitles(_ bucket: String, _ title: String) {
    #expect(PageText.title(bucket: bucket) == title)
  }

  @Test func aFractionIsFilledUpToTheWidest() {
    #expect(PageText.padding(from: 2, to: 2).isEmpty)
    #expect(PageText.padding(from: 3, to: 2).isEmpty)
    #expect(PageText.padding(from: 2, to: 3) == "\u{2007}")
    #expect(PageText.padding(from: 0, to: 2) == "\u{2008}\u{2007}\u{2007}")
  }
}
