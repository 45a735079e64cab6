import SettleModel
import SettleStore

extension PageBuilder {
  mutating func add(_ row: BreakRow, on date: BusinessDate) {
    let age = date.days(since: row.firstSeen)
    let waits = waiting.contains(row.id)
    // Of many breaks only the first ones are kept.
    func show(in rows: inout [ReportPage.BreakRow], limit: Int = ReportPage.rowLimit) {
      if rows.count < limit { rows.append(ReportPage.BreakRow(row, age: age, waits: waits)) }
    }
    guard row.open else {
      page.settledCount += 1
      return show(in: &page.settledBreaks)
    }
    sums.add(row, age: age)
    show(in: &page.breaks, limit: ReportPage.breakLimit)
    switch row.reason {
    case .fileMissing: page.missingFiles += row.evidence.prefix(1)
    case .payoutNotInBank:
      page.missingPayoutCount += 1
      show(in: &page.missingPayouts)
    default: break
    }
  }

  /// Since when anything is missing that the page shows as open; nil where nothing is.
  var missingSince: BusinessDate? { page.breaks.compactMap(\.awaitedSince).min() }

  /// Tells with what is missing which rows were refused that may be it.
  mutating func add(refused rows: [RefusedRows]) {
    for place in page.breaks.indices {
      guard let since = page.breaks[place].awaitedSince, let processor = page.breaks[place].processor else { continue }
      page.breaks[place].refused = rows.of(processor, since: since)
    }
  }

  mutating func add(decided row: DecisionRow) {
    page.decisionCount += 1
    guard page.decisions.count < ReportPage.rowLimit else { return }
    page.decisions.append(ReportPage.Decision(row, waits: waiting.contains(row.breakID)))
  }

  /// To be told before the breaks and decisions, which show that they wait.
  mutating func add(awaiting rows: [DecisionRow]) {
    waiting = Set(rows.map(\.breakID))
    page.awaitingApproval = rows.map { ReportPage.Decision($0, waits: true) }
  }
}

extension ReportPage.BreakRow {
  fileprivate init(_ row: BreakRow, age: Int, waits: Bool) {
    self.init(
      id: row.id.description, reason: row.reason, resolution: row.open ? nil : row.resolution ?? "resolved",
      paymentID: row.payment?.description, orderReference: row.orderReference,
      processorReference: row.processorReference, expected: row.expected, reported: row.reported, delta: row.delta,
      ageDays: age, evidence: row.later == nil ? row.evidence : Array(row.evidence.dropLast()), later: row.later,
      decision: row.decision.map {
        ReportPage.Decision(
          reason: row.reason, decision: $0.decision, amount: $0.amount, waits: waits, note: $0.note, by: $0.by)
      })
    guard row.open, row.reason.mayBeRefused else { return }
    (processor, awaitedSince) = (row.processor, row.businessDate)
  }
}

extension ReportPage.Decision {
  fileprivate init(_ row: DecisionRow, waits: Bool) {
    self.init(
      reason: row.reason, reference: row.reference, decision: row.decision, amount: row.amount,
      waits: waits && row.needsApproval, note: row.note, by: row.by, at: row.at, atLocal: row.atLocal)
  }
}
