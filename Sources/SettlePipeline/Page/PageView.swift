import Crypto
import Foundation
import SettleModel

/// The page as its template reads it: every figure a text. Names here are the template's.
struct PageView {
  let style: String
  let pipeline: String
  let merchant: String
  let processor: String
  let date: String
  let day: String
  let zone: String
  let notices: [String]
  let missingFiles: [String]
  let missingFilesLeftOut: String?
  let summary: String
  let balance: String
  let balances: Bool
  let glance: [GlanceView]
  let besideGlance: [String]
  let retries: String?
  let givenUp: String?
  let hasFlows: Bool
  let flows: [FlowView]
  let flowsLeftOut: Bool
  let trend: TrendView?
  let proofs: [ProofView]
  let breakSummary: BreakSummaryView?
  let breakCount: String
  let breaksLeftOut: String?
  let hasBreaks: Bool
  let breaks: [BreakView]
  let filters: [FilterView]
  let awaitingApproval: [DecisionView]
  let awaitingLeftOut: String?
  let decisionsLeftOut: String?
  let decisions: [DecisionView]
  let refundsLeftOut: String?
  let refunds: [RefundView]
  let payoutsLeftOut: String?
  let payouts: [PayoutView]
  let missingPayouts: [BreakView]
  let missingPayoutsLeftOut: String?
  let restatements: [RestatementView]
  let awaitedThenMatched: String?
  let restatementsLeftOut: String?
  let quarantine: [QuarantineView]
  let quarantineLeftOut: String?
  let files: [FileView]
  let filesLeftOut: String?
  let beside: [FileBesideView]
  let script: String
  let scriptHash: String

  /// How many currencies get a chart of their own; the proof has them all.
  static let flowLimit = 4

  init(_ page: ReportPage, style: String, script: String) {
    self.style = style
    self.script = script
    scriptHash = Data(SHA256.hash(data: Data(script.utf8))).base64EncodedString()
    pipeline = page.pipeline
    merchant = page.merchant
    processor = page.processor
    date = page.businessDate.description
    day = PageText.long(page.businessDate)
    zone = page.zone
    notices = page.notices
    missingFiles = page.missingFiles.prefix(Self.noticeLimit).map(PageText.capitalized)
    missingFilesLeftOut =
      page.missingFiles.count > Self.noticeLimit
      ? PageText.count(page.missingFiles.count - Self.noticeLimit, "more file did", "more files did") + " not come."
      : nil
    let openBreaks = page.breaksByReason.reduce(0) { $0 + $1.count }
    summary = Self.summary(openBreaks, oldest: page.breaks.map(\.ageDays).max())
    proofs = ProofView.all(page.totals)
    let unbalanced = proofs.filter { !$0.balances }.map(\.currency)
    balances = unbalanced.isEmpty
    balance =
      unbalanced.isEmpty
      ? "The totals balance: every amount expected or reported is accounted for."
      : "The totals do not balance in \(unbalanced.joined(separator: ", ")): see the proof below."
    glance = page.glance.map(GlanceView.init)
    besideGlance = page.besideGlance.map(Self.sentence)
    retries = Self.sentence(page.retries)
    givenUp = Self.sentence(givenUp: page.givenUp)
    let charts = FlowView.all(page.totals)
    flows = Array(charts.prefix(Self.flowLimit))
    hasFlows = !flows.isEmpty
    flowsLeftOut = charts.count > Self.flowLimit
    trend = TrendView(page.trend)
    breakSummary = BreakSummaryView(page.breaksByReason)
    breakCount = PageText.count(openBreaks, "open break", "open breaks")
    breaks = BreakView.all(
      Array(page.breaks.prefix(ReportPage.breakLimit)) + Array(page.settledBreaks.prefix(ReportPage.rowLimit)))
    hasBreaks = !breaks.isEmpty
    let open = breaks.count(where: \.isOpen)
    breaksLeftOut =
      openBreaks > open || page.settledCount > breaks.count - open
      ? "These are the first \(PageText.grouped(open)) of \(PageText.count(openBreaks, "open break", "open breaks")) and "
        + "\(PageText.grouped(breaks.count - open)) of \(PageText.grouped(page.settledCount)) that ended on the day"
      : nil
    filters = FilterView.all(breaks)
    awaitingApproval = page.awaitingApproval.prefix(ReportPage.rowLimit).map(DecisionView.init)
    awaitingLeftOut = Self.leftOut(page.awaitingApproval.count, shown: awaitingApproval.count)
    decisions = page.decisions.prefix(ReportPage.rowLimit).map(DecisionView.init)
    decisionsLeftOut = Self.leftOut(page.decisionCount, shown: decisions.count)
    refunds = RefundView.all(page.refunds.prefix(ReportPage.rowLimit))
    refundsLeftOut = Self.leftOut(page.refundCount, shown: refunds.count)
    payouts = PayoutView.all(page.payouts.prefix(ReportPage.rowLimit))
    payoutsLeftOut = Self.leftOut(page.payoutCount, shown: payouts.count)
    missingPayouts = BreakView.all(page.missingPayouts)
    missingPayoutsLeftOut = Self.leftOut(page.missingPayoutCount, shown: missingPayouts.count)
    restatements = page.restatements.prefix(ReportPage.rowLimit).map(RestatementView.init)
    awaitedThenMatched =
      page.awaitedThenMatched > 0
      ? PageText.count(
        page.awaitedThenMatched, "item that an earlier report awaited", "items that earlier reports awaited")
        + " came in time and matched" : nil
    restatementsLeftOut = Self.leftOut(page.restatements.count, shown: restatements.count)
    quarantine = page.quarantine.prefix(ReportPage.rowLimit).map(QuarantineView.init)
    quarantineLeftOut = Self.leftOut(page.quarantine.count, shown: quarantine.count)
    files = page.files.prefix(ReportPage.rowLimit).map(FileView.init)
    filesLeftOut = Self.leftOut(page.files.count, shown: files.count)
    beside = page.beside.map(FileBesideView.init)
  }

  /// How many missing files the head names; each is a break, too.
  private static let noticeLimit = 5

  private static func leftOut(_ count: Int, shown: Int) -> String? {
    count > shown ? "These are the first \(PageText.grouped(shown)) of \(PageText.grouped(count))" : nil
  }

  private static func summary(_ count: Int, oldest: Int?) -> String {
    guard count > 0 else { return "No break is open." }
    let open = PageText.count(count, "break is open", "breaks are open")
    guard let oldest, oldest > 0 else { return "\(open), \(count == 1 ? "" : "all ")found on this day." }
    let age = PageText.count(oldest, "day", "days")
    return count == 1 ? "\(open), for \(age) now." : "\(open), the oldest for \(age) now."
  }

  private static func sentence(_ beside: ReportPage.BesideGlance) -> String {
    let matter =
      switch beside.matter {
      case .payouts: "payouts and the bank"
      case .terms: "fees and exchange rates"
      }
    let amounts = beside.amounts.map { "\(PageText.grouped($0)) \($0.currency)" }
    return PageText.count(beside.count, "open break is", "open breaks are") + " about \(matter)"
      + (amounts.isEmpty ? "" : " (\(amounts.joined(separator: ", ")))") + ", beside those of payments above"
  }

  private static func sentence(givenUp count: Int) -> String? {
    guard count > 0 else { return nil }
    return count == 1
      ? "1 payment that stood open at the processor after its last decline was canceled there, so that nothing can be "
        + "taken through it any more"
      : "\(PageText.grouped(count)) payments that stood open at the processor after their last decline were canceled "
        + "there, so that nothing can be taken through them any more"
  }

  private static func sentence(_ retries: ReportPage.Retries) -> String? {
    guard retries.count > 0 else { return nil }
    let payments = PageText.count(retries.count, "declined payment is", "declined payments are")
    return "\(payments) to be charged again" + (retries.next.map { ", the next from \(PageText.long($0))" } ?? "")
  }
}
