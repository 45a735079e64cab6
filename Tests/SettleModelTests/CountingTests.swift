import SettleModel
import Testing

@Suite struct CountingTests {
  @Test(arguments: [
    (0, "0"), (999, "999"), (1_000, "1,000"), (-1_234_567, "-1,234,567"), (.min, "-9,223,372,036,854,775,808"),
  ])
  func thousandsAreSetApart(number: Int64, text: String) { #expect(number.grouped == text) }

  @Test(arguments: [(0, "0 payments"), (1, "1 payment"), (2, "2 payments"), (1_234, "1,234 payments")])
  func oneIsNotMany(number: Int, text: String) { #expect(number.of("payment", "payments") == text) }

  @Test(arguments: [
    ("rows_read", "1 row read", "2 rows read"), ("breaks_opened", "1 break opened", "2 breaks opened"),
    ("retries_planned", "1 retry planned", "2 retries planned"), ("charged", "1 charged", "2 charged"),
    ("bank_matches", "1 bank match", "2 bank matches"), ("left_to_person", "1 left to person", "2 left to person"),
    (
      "canceled", "1 processor payment canceled after the last decline",
      "2 processor payments canceled after the last decline"
    ),
    ("in_status", "1 in status", "2 in status"),
  ])
  func aCountsNameReadsAsItsNumberDoes(name: String, one: String, two: String) {
    #expect(1.of(countNamed: name) == one)
    #expect(2.of(countNamed: name) == two)
  }
}
