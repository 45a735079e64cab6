import SettleModel

/// Compares what a file's records state about its rows with the rows, while the file is read.
///
/// Rows count as they are written, whether or not they will be accepted: the file speaks of all of them.
struct ControlTotals {
  private let layout: Layout
  private let rules: RecordRule
  private let plan: ColumnPlan
  private let fields: FieldReader
  private let gross: AmountReader?
  private let fee: AmountReader?
  private let payouts: PayoutTest
  private var section = RowSums()
  private var file = RowSums()
  private var sectionStated: Set<Currency> = []
  private var fileStated: Set<Currency> = []
  private(set) var results: [ControlTotal] = []

  init(_ plan: ColumnPlan, _ rules: RecordRule) {
    layout = plan.layout
    self.rules = rules
    self.plan = plan
    fields = FieldReader(plan)
    gross = AmountReader(plan, .gross)
    fee = AmountReader(plan, .fee)
    payouts = PayoutTest(plan)
  }

  /// Takes one record. Throws ``FileDamage`` for one that the layout does not know.
  mutating func take(_ record: RecordBuffer) throws {
    switch rules.role(of: record) {
    case .row: add(record)
    case .columnNames: try checkNames(record)
    case .section: endSection()
    case .sectionTotal:
      sectionStated.formUnion(check(record, section, rules.totals?.ofSection))
    case .fileTotal:
      endSection()
      fileStated.formUnion(check(record, file, rules.totals?.ofFile))
    case .ignored: break
    case nil:
      throw FileDamage(
        .unknownRecord, line: record.line,
        "the record that starts here is of a type that \(layout.name) does not know; if it is right, add it to the"
          + " layout's records")
    }
  }

  /// Ends the file: what has rows and no total was cut off, or never finished.
  mutating func finish() {
    endSection()
    guard let name = rules.totals?.ofFile else { return }
    missing(in: file, but: fileStated, name)
  }

  private mutating func endSection() {
    if let name = rules.totals?.ofSection { missing(in: section, but: sectionStated, name) }
    section = RowSums()
    sectionStated = []
  }

  private mutating func missing(in sums: RowSums, but stated: Set<Currency>, _ name: String) {
    for (currency, sums) in sums.currencies where !stated.contains(currency) {
      results.append(
        ControlTotal(
          line: nil, record: name, currency: currency, figure: TotalsRule.Figure.grossCredits.title, stated: nil,
          found: sums.grossCredits, isRight: false))
    }
  }

  private mutating func add(_ record: RecordBuffer) {
    guard record.count == plan.columns.count,
      let currency = try? fields.currency(record, plan.slot(.currency), anyCase: true),
      let amount = try? gross?.read(record, in: currency)
    else { return }
    let fee = (try? fee?.read(record, in: currency)) ?? 0
    let isPayout = payouts.holds(record)
    section.add(amount, fee: fee, isPayout: isPayout, currency)
    file.add(amount, fee: fee, isPayout: isPayout, currency)
  }

  /// Sections may not differ in their columns, since a row is read by one plan.
  private func checkNames(_ record: RecordBuffer) throws {
    guard record.texts != plan.columns else { return }
    throw FileDamage(
      .unknownColumn, line: record.line,
      "the columns that \(rules.columnNames) names here are not those of the first section; split the file by sections")
  }

  /// Compares each figure of a record, and returns its currency.
  private mutating func check(_ record: RecordBuffer, _ sums: RowSums, _ name: String?) -> [Currency] {
    guard let rule = rules.totals, let name,
      let place = rule.figures.firstIndex(of: .currency), place + 1 < record.count,
      let currency = Currency(utf8: record[place + 1])
    else { return [] }
    let found = TotalFigures(sums.sums(of: currency), rule)
    var stated: [TotalsRule.Figure: Int64] = [:]
    for (index, figure) in rule.figures.enumerated() where index + 1 < record.count {
      stated[figure] = try? fields.amount(record, index + 1, in: currency, signed: false)
    }
    let sides = found.feesAsStated(stated, rule)
    for figure in rule.figures where figure != .currency && figure != .skipped {
      let candidates = sides.candidates(figure)
      let said = stated[figure]
      let right = candidates.firstIndex { $0 == said }
      let title = sides.meant(figure).title + (right == 1 ? " without payouts" : "")
      results.append(
        ControlTotal(
          line: record.line, record: name, currency: currency, figure: title, stated: said,
          found: candidates[right ?? 0], isRight: right != nil))
    }
    return [currency]
  }
}

/// What the figures of a total may rightly be.
private struct TotalFigures {
  private var sums: RowSums.Sums
  private let payoutsMayBeLeftOut: Bool
  private var feesAreTurned = false

  init(_ sums: RowSums.Sums, _ rule: TotalsRule) {
    self.sums = sums
    payoutsMayBeLeftOut = rule.payoutsMayBeLeftOut
  }

  /// The fee totals, in the order in which more of them are right.
  func feesAsStated(_ stated: [TotalsRule.Figure: Int64], _ rule: TotalsRule) -> TotalFigures {
    guard rule.feesInEitherOrder else { return self }
    var turned = self
    swap(&turned.sums.feeCredits, &turned.sums.feeDebits)
    turned.feesAreTurned = true
    func right(_ figures: TotalFigures) -> Int {
      [.feeCredits, .feeDebits].count { stated[$0] == figures.candidates($0)[0] }
    }
    return right(turned) > right(self) ? turned : self
  }

  /// What stands in the field of a figure, in the order that was found.
  func meant(_ figure: TotalsRule.Figure) -> TotalsRule.Figure {
    guard feesAreTurned else { return figure }
    return figure == .feeCredits ? .feeDebits : figure == .feeDebits ? .feeCredits : figure
  }

  func candidates(_ figure: TotalsRule.Figure) -> [Int64] {
    switch figure {
    case .grossCredits: gross(sums.grossCredits, payouts: sums.payoutCredits)
    case .grossDebits: gross(sums.grossDebits, payouts: sums.payoutDebits)
    case .feeCredits: [sums.feeCredits]
    case .feeDebits: [sums.feeDebits]
    case .currency, .skipped: [0]
    }
  }

  private func gross(_ all: Int64, payouts: Int64) -> [Int64] {
    payoutsMayBeLeftOut && payouts != 0 ? [all, all - payouts] : [all]
  }
}

/// Whether a row is a payout, by its category alone.
private struct PayoutTest {
  private let slot: Int?
  private let meanings: CategoryTable

  init(_ plan: ColumnPlan) {
    slot = plan.kindSlot
    meanings = CategoryTable(plan.layout.kinds)
  }

  func holds(_ record: RecordBuffer) -> Bool {
    guard let slot else { return false }
    return meanings.meaning(of: record[slot])?.kinds.contains { $0 == .payout || $0 == .payoutReversal } ?? false
  }
}
