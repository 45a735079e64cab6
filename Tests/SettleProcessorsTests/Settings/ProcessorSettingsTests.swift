import Testing

@testable import SettleProcessors

struct ProcessorSettingsTests {
  @Test(arguments: [(1, 1_000), (25, 25_000), (1_000_000, 1_000_000_000)])
  func holdsRatesInThousandths(requests: Int, thousandths: Int) {
    #expect(RatePerSecond(requests)?.thousandths == thousandths)
    #expect(RatePerSecond(thousandths: thousandths) == RatePerSecond(requests))
  }

  @Test(arguments: [0, -1, 1_000_001])
  func refusesRatesThatAreNone(requests: Int) {
    #expect(RatePerSecond(requests) == nil)
    #expect(RatePerSecond(thousandths: requests * 1_000) == nil)
  }
}
