import Testing

@testable import ProcessorSandbox

@Suite struct CalendarTests {
  @Test(arguments: [
    (0, "1970-01-01 00:00:00"), (951_782_399, "2000-02-28 23:59:59"), (951_782_400, "2000-02-29 00:00:00"),
    (1_709_251_199, "2024-02-29 23:59:59"), (1_795_161_845, "2026-11-20 08:04:05"),
    (4_107_542_400, "2100-03-01 00:00:00"),
  ])
  func printsUTC(_ seconds: Int64, _ text: String) {
    #expect(Calendar.timestamp(seconds) == text)
  }
}
