import Crypto
import Foundation
import SettleModel
import SettleStore
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

  @Test func needsNoNetworkAndRunsNoScriptButItsOwn() throws {
    let html = try ReportPage.sample().html()

    #expect(!html.contains("http:"))
    #expect(!html.contains("https:"))
    #expect(!html.contains("<link"))
    #expect(!html.contains("url("))
    #expect(html.contains("default-src 'none'"))
    let scripts = html.components(separatedBy: "<script>").dropFirst().map { text in
      text.components(separatedBy: "</script>")[0]
    }
    let script = try #require(scripts.first)
    #expect(scripts.count == 1)
    let hash = Data(SHA256.hash(data: Data(script.utf8))).base64EncodedString()
    #expect(html.contains("script-src 'sha256-\(hash)'"))
  }

  /// Without the script every row stands there, and the form that only the script can serve does not.
  @Test func allRowsAreThereWithoutTheScript() throws {
    let html = try ReportPage.sample().html()
    #expect(html.contains("aria-label=\"Filter breaks\" hidden>"))
    #expect(html.components(separatedBy: "<tr id=\"break-").count == 1 + 6)
    #expect(!html.contains("<tr hidden"))
    for offered in [
      "<option value=\"duplicate_charge\">Taken a second time</option>", "<option value=\"JPY\">JPY</option>",
      "<option value=\"open\">Open</option><option value=\"written_off\">Written off</option>",
    ] { #expect(html.contains(offered)) }
    #expect(!html.contains("<option value=\"hold_lapsed\">"))
  }

  /// What the page says about the sample, so that no section can go missing.
  @Test(arguments: [
    "<time datetime=\"2026-11-20\">Friday, 20 November 2026</time>",
    "54 breaks are open, the oldest for 44 days now.",
    "data-name=\"Charged\"><span class=\"amount\">624,819.07</span> <span class=\"small\">3,121</span>",
    "<td class=\"figure none\" data-name=\"Broken\"><span class=\"amount\">0.000</span>",
    "<title id=\"flow-usd-title\">Flow of money in USD</title>",
    "Matched: 612,874.15 expected, 612,874.15 reported, 3,066 items; Awaited: 3,391.80 expected, 17 items",
    "<li class=\"matched\">Matched 596,142.53 <span class=\"quiet\">1 line</span></li>",
    "<title id=\"trend-wide-title\">Trend from 28 Oct to 20 Nov</title>", "<th scope=\"row\">2026-10-28</th>",
    "<th scope=\"row\">Taken a second time</th><td class=\"count level-3\" data-name=\"0\u{2013}1 days\">15</td>",
    "data-name=\"All\">54</td><td class=\"figure\" data-name=\"EUR\">212.45</td>",
    "stripe-later.csv:2011</span><span class=\"small code\">and 2 more</span>",
    "These are the first 5 of 54 open breaks and 1 of 1 that ended on the day; the rest is in",
    "data-status=\"written_off\" class=\"ended\"><td class=\"what\">Another amount was taken "
      + "<span class=\"tag\">Written off</span>",
    "<span class=\"small decided\">alice <q>rounding</q></span>",
    "<th scope=\"row\" class=\"what accent\">Refund of 129.95 USD</th>",
    "<time datetime=\"2026-11-21T08:14:00Z\">2026-11-21 08:14</time>",
    "data-name=\"Difference\"><span data-pad=\"\u{2008}\u{2007}\u{2007}\">\u{2212}119,409</span></td>",
    "po_1QxZ9y8X7w6V5u4T</span> <b>312,005.00 USD</b> <span class=\"quiet\">2 days</span>",
    "<td class=\"accent\" data-name=\"Status\">Failed</td>",
    "<td class=\"figure accent strong\" data-name=\"Remainder\"><span data-pad=\"\u{2008}\u{2007}\u{2007}\u{2007}\">"
      + "\u{2212}600</span></td>",
    "<th scope=\"row\" class=\"what\">Wednesday, 18 November 2026</th><td class=\"code\" data-name=\"File\">totals.csv</td>",
    "data-name=\"What changes\">Awaited \u{2192} Matched</td><td class=\"figure\" data-name=\"Rows\">12</td>",
    "data-name=\"What changes\">Fee</td><td class=\"figure\" data-name=\"Rows\">3</td>",
    "class=\"what\">Card number</th><td class=\"code\" data-name=\"Field\">payment_method</td>",
    "data-name=\"Layout\">stripe-payout-reconciliation</td><td class=\"figure\" data-name=\"Read\">4,871</td>",
    "<a href=\"breaks.csv\">breaks.csv</a> <span class=\"quiet\">55 rows</span>", "<a href=\"x.csv\">x.csv</a></li>",
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
      "This is the first date that has a report.", "None is open: every difference has been explained or resolved.",
      "Nothing was decided since the last report.", "No refund was asked for.", "No payout was reported.",
      "Nothing that came on this day changes an earlier report.", "Nothing was expected and nothing reported.",
      "None: every row that was read could be used.", "No file was read.",
    ] { #expect(html.contains(sentence)) }
    #expect(!html.contains("<table"))
    #expect(!html.contains("<svg"))
    #expect(!html.contains("<script"))
    #expect(!html.contains("class=\"notice\""))
  }

  @Test func whatStandsBesideTheGlanceIsToldApart() throws {
    var page = try ReportPage.sample()
    let eur = try ReportPage.known("EUR")
    page.besideGlance = [
      .init(
        matter: .payouts, count: 3,
        amounts: [Money(minor: 500, currency: eur), Money(minor: 700, currency: try ReportPage.known("JPY"))]),
      .init(matter: .terms, count: 1, amounts: []),
    ]
    page.givenUp = 13
    page.awaitedThenMatched = 735
    page.breaks = [
      .init(
        id: "m", reason: .missingAtProcessor, ageDays: 0, evidence: ["a.csv:2"],
        refused: .init(
          processor: "stripe", since: page.businessDate, count: 4,
          places: ["s.csv:9", "s.csv:11", "t.csv:2", "t.csv:3"])),
      .init(
        id: "c", reason: .amountMismatch, ageDays: 0, evidence: ["a.csv:3", "b.csv:2"],
        later: LaterRow(role: .corrects, source: "c.csv:2")),
    ]
    let html = try page.html()
    for words in [
      "3 open breaks are about payouts and the bank (5.00 EUR, 700 JPY), beside those of payments above: see",
      "1 open break is about fees and exchange rates, beside those of payments above: see",
      "13 payments that stood open at the processor after their last decline were canceled there, so that",
      "735 items that earlier reports awaited came in time and matched: see",
      "4 rows of stripe&#39;s files were refused since 2026-11-20 (quarantine.csv), among them may be this one: s.csv:9, "
        + "s.csv:11, t.csv:2, …",
      "<span class=\"small code\">b.csv:2</span><span class=\"small code\">corrected by c.csv:2</span>",
    ] { #expect(html.contains(words), "\(words)") }
  }

  @Test func missingFilesAreNamedAtTheHead() throws {
    var page = try ReportPage.sample()
    page.missingFiles = (1...7).map { "no file of stripe came on 2026-11-0\($0), so 5 payments cannot be told" }
    page.breaks = [
      .init(id: "f", reason: .fileMissing, ageDays: 0, evidence: [page.missingFiles[0]])
    ]
    let html = try page.html()

    #expect(html.components(separatedBy: "<b>A file did not come.</b> No file of stripe").count == 6)
    #expect(html.contains("2 more files did not come."))
    #expect(html.contains("<td class=\"what\">A file did not come<span class=\"small\">No file of stripe came"))
  }

  /// An amount never stands beside another currency than its own.
  @Test func twoCurrenciesOfOneBreakAreBothNamed() throws {
    var page = try ReportPage.sample()
    page.breaks = [
      .init(
        id: "c", reason: .currencyMismatch, expected: Money(minor: 5_090, currency: try ReportPage.known("EUR")),
        reported: Money(minor: 6_000, currency: try ReportPage.known("JPY")), ageDays: 0)
    ]
    let html = try page.html()

    #expect(html.contains("data-currency=\"EUR JPY\""))
    #expect(html.contains(">6,000</span> <span class=\"small\">JPY</span></td>"))
    #expect(html.contains("<td data-name=\"Currency\">EUR</td>"))
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
    page.breaks = (0..<600).map { number in
      var row = row
      row.id = "b\(number)"
      return row
    }
    page.breaksByReason = [.init(reason: .duplicateCharge, ages: [.new: 100_000], amounts: [])]
    page.refunds = Array(repeating: try #require(page.refunds.first), count: 250)
    page.refundCount = 3_000
    let html = try page.html()

    #expect(html.contains("These are the first 200 of 3,000; the rest is in <a href=\"refunds.csv\">"))
    #expect(html.contains("id=\"break-b499\""))
    #expect(!html.contains("id=\"break-b500\""))
    #expect(html.contains("These are the first 500 of 100,000 open breaks and 1 of 1 that ended on the day"))
    #expect(html.utf8.count < 700_000)
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
    page.zone = text
    page.notices = [text]
    page.breaks = [
      .init(
        id: text, reason: .dispute, paymentID: text, orderReference: text, processorReference: text, ageDays: 1,
        evidence: [text],
        decision: .init(reason: .dispute, decision: .accept, note: text, by: text)),
      .init(id: text, reason: .fileMissing, ageDays: 1, evidence: [text]),
    ]
    page.missingFiles = [text]
    page.decisions = [
      .init(reason: .dispute, reference: text, decision: .refund, waits: true, note: text, by: text, atLocal: text)
    ]
    page.awaitingApproval = page.decisions
    page.settledBreaks[0].resolution = text
    page.missingPayouts[0].processorReference = text
    page.restatements = [
      .init(
        reportDate: page.businessDate, file: text, column: "bucket", from: text, to: text, count: 1),
      .init(reportDate: page.businessDate, file: text, column: text, count: 1),
    ]
    page.beside = [.init(name: text)]
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
