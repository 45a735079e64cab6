import Foundation
import SettleModel
import Testing

@testable import SettlePipeline

struct ChartTests {
  private func total(_ side: ReportPage.Total.Side, _ bucket: String, _ minor: Int64) throws -> ReportPage.Total {
    .init(side: side, bucket: bucket, count: 1, amount: Money(minor: minor, currency: try ReportPage.known("USD")))
  }

  @Test func onlyWhatAWidthCanShowIsDrawn() throws {
    let usd = try ReportPage.known("USD")
    let totals = [
      try total(.expected, "all", 70), try total(.expected, "awaited", 20), try total(.expected, "matched", 60),
      try total(.expected, "refund", -10), try total(.reported, "duplicate_charge", 5),
      try total(.reported, "matched", 60), try total(.bank, "matched", 60), try total(.reported, "fee", 0),
    ]
    let chart = try #require(FlowChart(currency: usd, totals: totals))

    #expect(chart.buckets.map(\.name) == ["matched", "awaited", "duplicate_charge"])
    #expect(chart.expected == 80)
    #expect(chart.reported == 65)
    #expect(chart.takingAway == ["Refund \u{2212}0.10 (expected)"])
    #expect(FlowChart(currency: try ReportPage.known("EUR"), totals: totals) == nil)
    #expect(FlowChart(currency: usd, totals: [try total(.expected, "refund", -10)]) == nil)
  }

  @Test func sumsPastAnyNumberAreNotDrawn() throws {
    let totals = [try total(.expected, "matched", .max), try total(.expected, "awaited", 1)]
    #expect(FlowChart(currency: try ReportPage.known("USD"), totals: totals) == nil)
  }

  /// The smallest amount beside the largest must neither vanish nor overflow.
  @Test(arguments: [335, 960])
  func everyAmountIsSeen(_ width: Int) throws {
    let totals = [try total(.expected, "matched", .max - 1), try total(.expected, "awaited", 1)]
    let chart = try #require(FlowChart(currency: try ReportPage.known("USD"), totals: totals))
    let svg = FlowDrawing.svg(chart, id: "f", width: width, class: "flow")

    #expect(svg.contains("height=\"2\""))
    #expect(svg.contains("height=\"129\""))
  }

  @Test func barsAreInProportion() {
    let chart = BarChart(
      title: "T", bars: [.init(label: "a", count: 10), .init(label: "b", count: 5), .init(label: "c", count: 0)])
    let svg = chart.svg(id: "t", width: 300, class: "bars")

    #expect(svg.components(separatedBy: "node broken").count == 3)
    #expect(svg.contains("class=\"node broken\" x=\"0\" y=\"21\" width=\"300\""))
    #expect(svg.contains("class=\"node broken\" x=\"0\" y=\"67\" width=\"150\""))
    #expect(svg.contains("<desc id=\"t-description\">a: 10; b: 5; c: 0.</desc>"))
  }

  @Test func everyAgeFallsInOneSpan() {
    let groups = [0, 1, 2, 3, 4, 7, 8, 14, 15, 30, 31, 4_000].map { ReportPage.AgeGroup(days: $0, count: 1) }
    #expect(BarChart.ages(groups).map(\.count) == [1, 1, 2, 2, 2, 2, 2])
    #expect(BarChart.ages([.init(days: 3, count: 4), .init(days: 40, count: 0)]).map(\.count) == [0, 0, 4])
  }
}
