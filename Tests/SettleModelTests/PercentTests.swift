import SettleModel
import Testing

@Suite struct PercentTests {
  @Test(arguments: [
    ("2.9", 2_900_000, "2.9%"), ("0", 0, "0%"), ("0.0", 0, "0%"), ("100", 100_000_000, "100%"),
    ("1.50", 1_500_000, "1.5%"), ("0.000001", 1, "0.000001%"), ("02.5", 2_500_000, "2.5%"),
    ("10", 10_000_000, "10%"),
  ])
  func isKeptExactly(text: String, millionths: Int64, shown: String) throws {
    let percent = try #require(Percent(text))
    #expect(percent.millionths == millionths)
    #expect(percent.description == shown)
  }

  @Test(arguments: ["", ".", "2.", ".5", "-1", "+1", "2,9", "2.9%", "1e1", "100.000001", "101", "0.0000001", " 1", "½"])
  func whatIsNoShareIsRefused(text: String) {
    #expect(Percent(text) == nil)
  }
}
