import Foundation
import SettleModel
import Testing

@testable import SettlePipeline

struct ReportPageTests {
  /// `SETTLE_PAGE_PREVIEW=/tmp/report.html swift test --filter preview` writes the sample, to be looked at.
  @Test(.enabled(if: ProcessInfo.processInfo.environment["SETTLE_PAGE_PREVIEW"] != nil))
  func preview() throws {
    var page = try ReportPage.sample()
    page.notices = ["Charging stopped early: the processor kept limiting. 120 payments wait for the next run."]
    let path = try #require(ProcessInfo.processInfo.environment["SETTLE_PAGE_PREVIEW"])
    try page.html().write(toFile: path, atomically: true, encoding: .utf8)
    #expect(FileManager.default.fileExists(atPath: path))
  }

  @Test func theSamePageGivesTheSameBytes() throws {
    #expect(try ReportPage.sample().html() == ReportPage.sample().html())
  }

  @Test func needsNoNetworkAndNoScript() throws {
    let html = try ReportPage.sample().html()

    #expect(!html.contains("http:"))
    #expect(!html.contains("https:"))
    #expect(!html.contains("<script"))
    #expect(!html.contains("<link"))
    #expect(!html.contains("url("))
    #expect(html.contains("default-src 'none'"))
  }

  /// What the page says about the sample, so that no section can go missing.
  @Test(arguments: [
    "<time datetime=\"2026-11-20\">Friday, 20 November 2026</time>",
    "54 breaks are open, the oldest for 44 days now.",
    "data-name=\"Charged\"><span class=\"amount\">624,819.07</span> <span class=\"small\">3,121</span>",
    "<td class=\"figure none\" data-name=\"Broken\"><span class=\"amount\">0.000</span>",
    "<title id=\"flow-usd-title\">Flow of money in USD</title>",
    "Matched: 612,874.15 expected, 612,874.15 reported, 3,066 items; Awaited: 3,391.80 expected, 17 items",
    "Taken a second time: 16; Another amount was taken: 15; ",
    "New: 31; 1 day: 12; 2 to 3 days: 7; 4 to 7 days: 0; 8 to 14 days: 3; 15 to 30 days: 0; Over 30 days: 1.",
    "stripe-later.csv:2011</span><span class=\"small code\">and 2 more</span>",
    "These are the first 5 of 54; the rest is in",
    "<td class=\"figure\" data-pad=\"\u{2008}\u{2007}\u{2007}\">\u{2212}119,409</td>",
    "<td class=\"accent\">Failed</td>",
    "<td class=\"figure accent\" data-pad=\"\u{2008}\u{2007}\u{2007}\u{2007}\">\u{2212}600</td>",
    "<td>Card number</td><td class=\"code\">payment_method</td>",
    "<td>stripe-payout-reconciliation</td><td class=\"figure\">4,871</td>",
  ])
  func says(_ text: String) throws {
    #expect(try ReportPage.sample().html().contains(text))
  }

  @Test func anEmptyDayIsToldInWords() throws {
    let page = ReportPage(
      pipeline: "nightly", merchant: "default", processor: "stripe", businessDate: BusinessDate(daysSinceEpoch: 0))
    let html = try page.html()

    #expect(html.contains("Thursday, 1 January 1970"))
    for sentence in [
      "No break is open.", "The totals balance", "No money was asked for or reported.",
      "None: every difference has been explained or resolved.", "No refund was asked for.", "No payout was reported.",
      "None: every row that was read could be used.", "No file was read.",
    ] { #expect(html.contains(sentence)) }
    #expect(!html.contains("<table"))
    #expect(!html.contains("<svg"))
    #expect(!html.contains("class=\"notice\""))
  }

  @Test func aStageThatEndedEarlyIsToldAtTheHead() throws {
    var page = try ReportPage.sample()
    page.notices = ["Charging stopped early: the processor kept limiting."]
    let html = try page.html()
    let notice = try #require(html.range(of: "Charging stopped early: the processor kept limiting."))
    let glance = try #require(html.range(of: "<main>"))

    #expect(notice.lowerBound < glance.lowerBound)
  }

  @Test func showsNoMoreRowsThanItsLimit() throws {
    var page = try ReportPage.sample()
    let row = try #require(page.breaks.first)
    page.breaks = (0..<250).map { number in
      var row = row
      row.id = "b\(number)"
      return row
    }
    page.breaksByReason = [.init(reason: .duplicateCharge, count: 1_250, amounts: [])]
    page.refunds = Array(repeating: try #require(page.refunds.first), count: 250)
    page.refundCount = 3_000
    let html = try page.html()

    #expect(html.contains("These are the first 200 of 3,000; the rest is in <a href=\"refunds.csv\">"))
    #expect(html.contains("id=\"break-b199\""))
    #expect(!html.contains("id=\"break-b200\""))
    #expect(html.contains("These are the first 200 of 1,250"))
  }
}

extension ReportPageTests {
  @Test func aSideThatDoesNotAddUpIsMarked() throws {
    var page = try ReportPage.sample()
    #expect(try !page.html().contains("does not balance"))
    let index = try #require(page.totals.firstIndex { $0.side == .reported && $0.bucket == "all" })
    page.totals[index].amount.minor += 1
    let html = try page.html()

    #expect(html.components(separatedBy: "does not balance").count == 2)
    #expect(html.contains("The totals do not balance in USD: see the proof below."))
  }

  @Test func aSideWithoutItsSumOrPastAnyNumberIsMarked() throws {
    let usd = try ReportPage.known("USD")
    let most = Money(minor: .max, currency: usd)
    for totals in [
      [ReportPage.Total(side: .bank, bucket: "matched", count: 1, amount: most)],
      ["all", "matched", "fee"].map { .init(side: .expected, bucket: $0, count: 1, amount: most) },
    ] {
      var page = try ReportPage.sample()
      page.totals = totals
      #expect(try page.html().contains("does not balance"))
    }
  }

  /// Whatever an outside file put into a reference stays text.
  @Test(arguments: [
    "<script>alert(1)</script>", "\"><img src=x onerror=alert(1)>", "<\u{301}b>", "'&amp;", "{{pipeline}}",
    "a\u{202E}b", "a\u{0}b\u{1B}[31m",
  ])
  func hostileTextIsEscaped(_ text: String) throws {
    var page = try ReportPage.sample()
    page.pipeline = text
    page.merchant = text
    page.processor = text
    page.notices = [text]
    page.breaks = [
      .init(
        id: text, reason: .dispute, paymentID: text, orderReference: text, processorReference: text, ageDays: 1,
        evidence: [text])
    ]
    let usd = try ReportPage.known("USD")
    page.totals = [.init(side: .expected, bucket: text, count: 1, amount: Money(minor: 1, currency: usd))]
    page.refunds[0].reason = text
    page.refunds[0].rule = text
    page.payouts[0].id = text
    page.payouts[0].status = text
    page.quarantine[0].file = text
    page.quarantine[0].field = text
    page.files[0].path = text
    page.files[0].status = text
    let html = try page.html()

    #expect(html.contains(PageEscaping().escapeText(text)))
    if text != "{{pipeline}}" { #expect(!html.unicodeScalars.contains(sequence: text.unicodeScalars)) }
  }
}

extension String.UnicodeScalarView {
  /// Whether the scalars stand in this view in this order; `contains` on strings would compare whole characters.
  fileprivate func contains(sequence: String.UnicodeScalarView) -> Bool {
    String(self).utf8.map(\.self).firstRange(of: String(sequence).utf8.map(\.self)) != nil
  }
}
