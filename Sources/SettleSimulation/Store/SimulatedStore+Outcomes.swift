import SettleModel

extension SimulatedStore {
  /// Takes a report's rows, each once by the processor's own row id: proof of money always wins.
  mutating func take(_ rows: [SimulatedOutcome]) {
    for row in rows where outcomes[row.rowID] == nil {
      outcomes[row.rowID] = row
      guard let payment = payments[row.payment] else { continue }
      charges[row.charge] = row.payment
      guard payment.state != .succeeded else { continue }
      succeed(row.payment, intent: row.intent, charge: row.charge)
      guard open.contains(row.payment), var list = attempts[row.payment], !list.isEmpty else { continue }
      list[list.count - 1].state = .succeeded
      attempts[row.payment] = list
      open.remove(row.payment)
    }
  }

  /// Opens the breaks that the rows show: a charge that is not the payment's own, and an own one of more than asked.
  ///
  /// - Parameter twice: whether somebody else asks for the same money back too, by another break.
  mutating func reconcile(twice: Bool) {
    let known = Set(breaks.map { "\($0.reason)\($0.charge)" })
    for row in outcomes.values.sorted(by: { ($0.at, $0.rowID) < ($1.at, $1.rowID) }) {
      guard let payment = payments[row.payment], let own = payment.charge else { continue }
      if row.charge != own || row.rowID != row.charge {
        open(.duplicateCharge, row, row.gross, known)
        if twice { open(.unexpectedCharge, row, row.gross, known) }
      } else if row.gross > payment.amount.minor {
        open(.amountMismatch, row, row.gross, known)
      }
    }
  }

  private mutating func open(_ reason: BreakReason, _ row: SimulatedOutcome, _ gross: Int64, _ known: Set<String>) {
    guard !known.contains("\(reason)\(row.charge)"), let payment = payments[row.payment] else { return }
    breaks.append(
      SimulatedBreak(
        id: breaks.count + 1, payment: row.payment, reason: reason, charge: row.charge,
        reported: Money(minor: gross, currency: payment.amount.currency)))
  }

  // MARK: Refunding

  /// Open breaks that no refund has been asked for.
  var candidates: [SimulatedBreak] {
    let asked = Set(refunds.values.map(\.breakID))
    return breaks.filter { $0.isOpen && !asked.contains($0.id) }
  }

  var openRefunds: [SimulatedRefundRow] {
    refunds.values.filter { $0.state == .requested && $0.reference == nil }
      .sorted { $0.order.refund < $1.order.refund }
  }

  /// Minor units of a charge that were given back, and that were asked for without an answer yet.
  func spent(of charge: String) -> (processed: Int64, underWay: Int64) {
    let own = refunds.values.filter { $0.order.processorCharge == charge }
    func sum(_ state: RefundState) -> Int64 { own.reduce(0) { $1.state == state ? $0 + $1.order.amount.minor : $0 } }
    return (sum(.processed), sum(.requested))
  }

  /// Checks what the charge allows and stores the request in one step, as the payment's row lock makes it one.
  /// Returns why it may not be, or nil where it is stored, or was asked for before.
  ///
  /// - Parameter checked: what a seeded defect read of the charge's refunds before, without the lock.
  mutating func reserve(
    _ order: RefundOrder, for breakID: Int, charge: ProcessorCharge,
    checked: (processed: Int64, underWay: Int64)?, at now: Timestamp
  ) -> (row: SimulatedRefundRow?, held: RefundPolicy.Held?) {
    guard refunds[order.refund] == nil else { return (nil, nil) }
    let spent = checked ?? spent(of: order.processorCharge)
    let allowance = RefundAllowance(charge: charge, processed: spent.processed, underWay: spent.underWay)
    if let held = allowance.refusal(of: order.amount) { return (nil, held) }
    let row = SimulatedRefundRow(
      order: order, breakID: breakID, request: SimulatedRequest(.refund(order)), storedAt: now)
    refunds[order.refund] = row
    return (row, nil)
  }

  mutating func hold(_ breakID: Int, because held: RefundPolicy.Held) { breaks[breakID - 1].heldBack = held }

  mutating func record(_ result: RefundResult, of order: RefundOrder) {
    guard var row = refunds[order.refund], row.state == .requested else { return }
    switch result {
    case .processed(let reference):
      row.state = .processed
      row.reference = reference
      breaks[row.breakID - 1].isOpen = false
    case .pending(let reference): row.reference = reference
    case .failed(let reference, _):
      row.state = .failed
      row.reference = reference ?? row.reference
    // What is not known, or waits for its customer, stays as it is.
    default: break
    }
    refunds[order.refund] = row
  }
}
