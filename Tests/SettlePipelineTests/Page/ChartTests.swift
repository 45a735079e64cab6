import Foundation
import SettleModel
import SettleStore
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

  /// What was asked for in this currency and taken in another is not what was taken in it and asked for in another.
  @Test func twoCurrenciesAreNeverOneRow() throws {
    let totals = [try total(.expected, "currency_mismatch", 1_400), try total(.reported, "currency_mismatch", 5_175)]
    let chart = try #require(FlowChart(currency: try ReportPage.known("USD"), totals: totals))
    #expect(chart.buckets.map { [$0.expected, $0.reported] } == [[1_400, 0], [0, 5_175]])
    #expect(
      chart.description == "Taken in another currency: 14.00 expected, 1 item; "
        + "Asked for in another currency: 51.75 reported, 1 item.")
    let svg = FlowDrawing.svg(chart, id: "f", width: 960, class: "flow")
    #expect(svg.contains(">Taken in another currency 14.00</text>"))
    #expect(svg.contains(">Asked for in another currency 51.75</text>"))
    #expect(!svg.contains(" for 14.00"))
  }

  /// What is broken is drawn first, whatever else a currency has.
  @Test func currenciesStandInTheOrderOfWhatIsBroken() throws {
    func rows(_ code: String, broken: Int, matched: Int) throws -> [ReportPage.Total] {
      let currency = try ReportPage.known(code)
      return [("all", broken + matched), ("dispute", broken), ("matched", matched)].filter { $0.1 > 0 }.map {
        .init(side: .reported, bucket: $0.0, count: $0.1, amount: Money(minor: Int64($0.1), currency: currency))
      }
    }
    let totals = try [
      rows("EUR", broken: 0, matched: 9), rows("JPY", broken: 1, matched: 1), rows("KWD", broken: 0, matched: 8),
      rows("GBP", broken: 1, matched: 5), rows("USD", broken: 3, matched: 1), rows("CHF", broken: 0, matched: 9),
    ].flatMap(\.self)
    #expect(FlowView.all(totals).map(\.currency) == ["USD", "GBP", "JPY", "CHF", "EUR", "KWD"])
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
    #expect(svg.contains("height=\"95\""))
  }

  @Test func whatIsAlikeOnBothSidesIsOneSentence() throws {
    let usd = try ReportPage.known("USD")
    let totals = [try total(.expected, "matched", 123_456), try total(.reported, "matched", 123_456)]
    let chart = try #require(FlowChart(currency: usd, totals: totals))
    #expect(chart.plain == "1,234.56 was expected and reported, and all of it matched: 1 item.")
    #expect(FlowView.all(totals).map { $0.chart == nil } == [true])
    let more = totals + [try total(.expected, "awaited", 1)]
    #expect(try #require(FlowChart(currency: usd, totals: more)).plain == nil)
  }

  @Test func theBankHasABarOfItsOwn() throws {
    let usd = try ReportPage.known("USD")
    let totals = [
      try total(.bank, "all", 40), try total(.bank, "bank_unexplained", 25), try total(.bank, "matched", 75),
      try total(.bank, "other", -60), try total(.expected, "matched", 75),
    ]
    let bar = try #require(BankBar(currency: usd, totals: totals))

    #expect(bar.parts.map(\.amount) == ["0.75", "\u{2212}0.60", "0.25"])
    let svg = try #require(bar.svg(id: "b"))
    #expect(svg.contains("class=\"node matched\" x=\"0\" y=\"0\" width=\"718\""))
    #expect(svg.contains("class=\"node broken\" x=\"720\" y=\"0\" width=\"240\""))
    #expect(svg.contains("Booked for something else \u{2212}0.60, 1 line"))
    #expect(BankBar(currency: try ReportPage.known("EUR"), totals: totals) == nil)
    let out = try #require(BankBar(currency: usd, totals: [try total(.bank, "other", -60)]))
    #expect(out.svg(id: "b") == nil)
    let largest = try #require(
      BankBar(currency: usd, totals: [try total(.bank, "matched", .max), try total(.bank, "other", .max)]))
    #expect(largest.svg(id: "b")?.contains("width=\"478\"") == true)
  }

  private func day(_ number: Int, _ matched: Int64?, _ opened: Int64, _ resolved: Int64, _ open: Int64) -> TrendDay {
    TrendDay(
      date: BusinessDate(daysSinceEpoch: 20_770 + number), matched: matched, opened: opened, resolved: resolved,
      open: open)
  }

  @Test func aTrendNeedsTwoDates() throws {
    #expect(TrendChart([]) == nil)
    #expect(TrendChart([day(0, 5, 1, 0, 1)]) == nil)
    let chart = try #require(TrendChart([day(0, 995, 5, 0, 5), day(1, 90, 10, 15, 0)]))
    #expect(
      chart.description == "2 dates from 13 Nov to 14 Nov. On the last: open breaks, 0 open, at most 5; 10 new, "
        + "15 resolved; matched share, 90.0\u{00A0}%, at least 90.0\u{00A0}%.")
    for width in [335, 960] {
      let svg = TrendDrawing.svg(chart, id: "t", width: width, class: "wide")
      #expect(svg.contains("<circle"))
      #expect(svg.contains("14 Nov"))
    }
  }

  @Test func aShareIsAllOnlyWhereAllIsMatched() {
    #expect(TrendChart.share(of: day(0, 99_999, 1, 0, 1)) == 999)
    #expect(TrendChart.share(of: day(0, 3, 0, 0, 0)) == 1_000)
    #expect(TrendChart.share(of: day(0, 1, 2_000, 0, 2)) == 0)
    #expect(TrendChart.share(of: day(0, 0, 2, 0, 2)) == nil)
    #expect(TrendChart.share(of: day(0, 0, 0, 0, 2)) == nil)
    #expect(TrendChart.share(of: day(0, nil, 2, 0, 2)) == nil)
  }

  /// Days on which nothing was matched or found, and the most that there can be.
  @Test func everyTrendCanBeDrawn() throws {
    let quiet = try #require(TrendChart([day(0, 0, 0, 0, 0), day(1, 0, 0, 0, 0)]))
    #expect(!TrendDrawing.svg(quiet, id: "t", width: 960, class: "wide").contains("<circle"))
    let most = try #require(TrendChart((0..<30).map { day($0, 1, .max / 2_000, 1, .max) }))
    let svg = TrendDrawing.svg(most, id: "t", width: 335, class: "narrow")
    #expect(svg.contains("height=\"52\""))
    #expect(!svg.contains("x=\"-"))
  }

  @Test func everyAgeFallsInOneSpan() {
    let ages = [-2, 0, 1, 2, 3, 4, 7, 8, 14, 15, 30, 31, 4_000]
    #expect(ages.map { AgeBand(days: $0).rawValue } == [0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3])
  }

  @Test func breaksAreSummedByReasonAgeAndCurrency() throws {
    let (usd, jpy) = (try ReportPage.known("USD"), try ReportPage.known("JPY"))
    #expect(BreakSummaryView([]) == nil)
    let view = try #require(
      BreakSummaryView([
        .init(
          reason: .duplicateCharge, ages: [.new: 6, .month: 1],
          amounts: [Money(minor: 500, currency: jpy), Money(minor: 123_456, currency: usd)]),
        .init(reason: .fileMissing, ages: [.new: 1], amounts: []),
        .init(reason: .dispute, ages: [.new: 2], amounts: [Money(minor: 1, currency: usd)]),
      ]))
    #expect(view.spans == ["0\u{2013}1 days", "2\u{2013}7 days", "8\u{2013}30 days"])
    #expect(view.currencies == ["JPY", "USD"])
    #expect(view.lines.map { $0.cells.map(\.count) } == [["6", nil, "1"], ["1", nil, nil], ["2", nil, nil]])
    #expect(view.lines.map { $0.cells.map(\.level) } == [[3, 0, 1], [1, 0, 0], [1, 0, 0]])
    #expect(view.lines.map { $0.amounts.map(\.figures) } == [["500", "1,234.56"], [nil, nil], [nil, "0.01"]])
    #expect(view.sum.cells.map(\.count) == ["9", nil, "1"])
    #expect(view.sum.all == "10")
    #expect(view.sum.amounts.map(\.figures) == ["500", "1,234.57"])
  }
}
