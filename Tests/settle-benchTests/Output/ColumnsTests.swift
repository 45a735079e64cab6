import Testing

@testable import settle_bench

@Suite("A bench's figures")
struct ColumnsTests {
  @Test(
    "have a comma before each third figure",
    arguments: [(0, "0"), (999, "999"), (1_000, "1,000"), (-12_345, "-12,345"), (10_000_000, "10,000,000")])
  func counts(number: Int, text: String) { #expect(Columns.count(number) == text) }

  @Test(
    "of a time so far are minutes and seconds, and hours from one on",
    arguments: [(0, "0:00"), (59, "0:59"), (754, "12:34"), (3_600, "1:00:00"), (3_754, "1:02:34")])
  func times(seconds: Int, text: String) { #expect(ProgressLines.told(.seconds(seconds)) == text) }
}
