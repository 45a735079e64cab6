import Testing

@testable import settle

@Suite struct ProgressLineTests {
  private static func line(_ done: Int64, _ total: Int64?, _ seconds: Double) -> ProgressLine {
    ProgressLine(
      stage: "charge", unit: "payments", done: done, total: total, elapsed: .milliseconds(Int64(seconds * 1_000)))
  }

  @Test(arguments: [
    (line(0, nil, 0), "charge: 0 payments"), (line(0, 5_000, 3), "charge: 0 of 5,000 payments"),
    (line(1_234, 5_000, 51.4), "charge: 1,234 of 5,000 payments, 24/s, 2m 36s left"),
    (line(3, 10, 6), "charge: 3 of 10 payments, 0.5/s, 14 s left"),
    (line(10, 10, 2), "charge: 10 of 10 payments, 5.0/s"), (line(900, nil, 0.5), "charge: 900 payments"),
    (line(1_000_000, 40_000_000, 100), "charge: 1,000,000 of 40,000,000 payments, 10,000/s, 1h 05m left"),
  ])
  func plainTextTellsAmountPaceAndTimeLeft(line: ProgressLine, text: String) { #expect(line.plain == text) }

  @Test(arguments: [
    (line(0, 4, 0), 60, "charge     [>                            ]  0 of 4 payments"),
    (line(4, 4, 0), 60, "charge     [=============================]  4 of 4 payments"),
    (line(2, 4, 0), 60, "charge     [==============>              ]  2 of 4 payments"),
    (line(2, nil, 0), 60, "charge     2 payments"), (line(2, 4, 0), 30, "charge     2 of 4 payments"),
    (line(2, 4, 0), 12, "charge     "),
  ])
  func theBarFillsWhatRoomThereIs(line: ProgressLine, width: Int, text: String) {
    #expect(line.bar(width: width) == text)
    #expect(line.bar(width: width).count < width, "a full line would wrap")
  }

  @Test(arguments: [(40, "0.0 s"), (9_960, "9.9 s"), (59_999, "59 s"), (60_000, "1m 00s"), (3_900_000, "1h 05m")])
  func durationsAreTold(milliseconds: Int64, text: String) {
    #expect(Duration.milliseconds(milliseconds).words == text)
  }
}
