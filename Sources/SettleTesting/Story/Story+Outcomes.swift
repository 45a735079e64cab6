import Postgres
package import SettleModel
package import SettleStore

extension Story {
  /// Loads an outcome file; its first row stands in line 2. Rows that say no time happened at noon of the
  /// story's first date.
  ///
  /// - Parameters:
  ///   - money: whether its rows are reported money, or tell states only.
  ///   - idsRepeat: whether its layout makes row ids of several columns.
  @discardableResult
  package func report(
    _ rows: Reported..., file name: String? = nil, of processor: String? = nil, money: Bool = true,
    idsRepeat: Bool = false
  ) async throws -> FileCounts {
    try await report(rows, file: name, of: processor, money: money, idsRepeat: idsRepeat)
  }

  @discardableResult
  package func report(
    _ rows: [Reported], file name: String? = nil, of processor: String? = nil, money: Bool = true,
    idsRepeat: Bool = false
  ) async throws -> FileCounts {
    let context = context()
    let staged = rows.enumerated().map { index, row in
      var record = row.record
      record.line = index + 2
      if record.occurredAt.microseconds == 0 { record.occurredAt = noon }
      return record
    }
    let file = file(name, layout: "processor-report")
    let source = processor ?? self.processor
    return try await write { db in
      try db.loadOutcomes(file, processor: source, reported: money, idsRepeat: idsRepeat, context: context) { take in
        for row in staged { try take(.accepted(row)) }
      }
    }
  }

  @discardableResult
  package func reconcile(
    waiting days: Int = 0, by rules: MatchRules = .standard, calendar: BankingCalendar = BankingCalendar(.none),
    files: [ExpectedFiles] = [], fees: [FeeTerm] = [], rates: RatePolicy? = nil
  ) async throws -> ReconcileCounts {
    let context = context()
    var terms = ReconcileTerms(waitingDays: days, rules: rules, calendar: calendar, expectedFiles: files)
    terms.fees = FeeSchedule(fees)
    terms.rates = rates
    terms.fewLeftovers = fewLeftovers
    return try await write { [terms] db in try db.reconcile(terms, context: context) }
  }

  /// Reserves the refund of a charge that a break asks for. Nil where it was asked for before.
  @discardableResult
  package func reserveRefund(
    of charge: String, for breakID: BreakID, payment: PaymentID, amount: Money, reason: BreakReason,
    captured: Int64? = nil, refunded: Int64 = 0, disputed: Bool = false,
    keyLife: Duration = .seconds(80_000), within limits: RefundPolicy? = nil
  ) async throws -> StoredRefund? {
    let (context, run) = (context(), run)
    let order = RefundOrder(
      refund: RefundID(charge: charge, reason: reason, askedFor: breakID), payment: payment, processorCharge: charge,
      amount: amount, reason: reason)
    let request = ProcessorRequest(
      path: "/v1/refunds", body: "refund \(charge) \(amount)", idempotencyKey: "\(order.refund)",
      apiVersion: "2024-06-20")
    let found = ProcessorCharge(
      processorPayment: "pi", processorCharge: charge, state: .succeeded, amount: amount,
      captured: captured ?? amount.minor, refunded: refunded, disputed: disputed, payment: payment, attempt: 1,
      createdAt: context.now)
    return try await write { db in
      try db.reserveRefund(
        order, for: breakID, rule: "\(reason.rawValue): test", request: request, charge: found, keyLife: keyLife,
        within: limits, run: run, context: context)
    }
  }

  package func record(_ result: RefundResult, of refund: StoredRefund) async throws {
    let context = context()
    try await write { db in try db.record(result, of: refund.order, context: context) }
  }

  /// Gives back what the only open break of a reason reports: the whole of a duplicate, the excess of an overcharge.
  @discardableResult
  package func refund(
    _ reason: BreakReason, captured: Int64? = nil, answer: RefundResult? = .processed(reference: "re_1")
  ) async throws -> StoredRefund {
    let context = context()
    let candidates = try await read { db in try db.refundCandidates(for: [reason], context: context) }
    guard let candidate = candidates.first, candidates.count == 1, let charge = candidate.processorCharge else {
      throw NotOne(reason: reason, found: candidates.count)
    }
    let reported = candidate.subject.reported
    let amount = try candidate.subject.expected.map { try reported.subtracting($0) } ?? reported
    guard
      let refund = try await reserveRefund(
        of: charge, for: candidate.breakID, payment: candidate.payment, amount: amount, reason: reason,
        captured: captured ?? reported.minor)
    else { throw NotOne(reason: reason, found: 0) }
    if let answer { try await record(answer, of: refund) }
    return refund
  }

  /// A story that asks for the refund of one break, where there is none or several.
  package struct NotOne: Error {
    package var reason: BreakReason
    package var found: Int
  }
}

extension Story {
  /// Writes down that the run did a stage, as the runner does.
  package func journal(_ status: StageStatus, of stage: String) async throws {
    let (run, date) = (run.id, date)
    let context = context()
    try await write { db in
      _ = try db.execute("UPDATE runs SET business_date = \(date) WHERE run_id = \(run)")
      try db.finishStage(stage, of: run, status: status, counts: "{}", message: nil, at: context.now)
    }
  }
}
