import Postgres
import SettleModel
import SettleStore

/// Gives money back where the pipeline's written rules allow it, each refund once, and follows each to its end.
///
/// 1. Refunds without any answer are repeated with their own bytes and key, or looked up.
/// 2. Those that the processor has not finished, or may have failed since, are asked about.
/// 3. Open breaks that a rule names, or that a person wants refunded, are refunded.
/// 4. Where 1 or 2 told something new of an earlier run's refund, the breaks are computed anew, so that another run
///    would find nothing to change.
struct RefundStage: Stage {
  let name = StageName.refund
  let unit = "refunds"

  func perform(_ context: RunContext) async throws -> StageReport {
    let policy = context.pipeline.refund
    let load = context.load
    let (open, known, candidates) = try await context.store.pool.session { db in
      (
        try db.openRefunds(context: load),
        try db.knownRefunds(processedSince: load.now.adding(.zero - RefundLookUp.watched), context: load),
        try db.refundCandidates(for: policy.rules.map(\.when), context: load)
      )
    }
    guard !open.isEmpty || !known.isEmpty || !candidates.isEmpty else {
      return StageReport(counts: [("refunded", 0)])
    }
    var refunder = Refunder(context: context)
    let stop = try await perform(open, known, candidates, &refunder)
    if refunder.hasNews { _ = try await ReconcileStage().perform(context) }
    return refunder.report(stop: stop)
  }

  private func perform(
    _ open: [StoredRefund], _ known: [KnownRefund], _ candidates: [RefundCandidate], _ refunder: inout Refunder
  ) async throws -> Failure? {
    let context = refunder.context
    let total = Int64(open.count + candidates.count)
    if total > 0 { context.progress.begin(name, of: total, unit: unit) }
    do {
      for (index, refund) in open.enumerated() {
        try Task.checkCancellation()
        try await refunder.resume(refund)
        context.progress.advance(name, to: Int64(index + 1), of: total)
      }
      try await refunder.follow(known)
      for (index, candidate) in candidates.enumerated() {
        try Task.checkCancellation()
        try await refunder.consider(candidate)
        context.progress.advance(name, to: Int64(open.count + index + 1), of: total)
      }
      return nil
    } catch {
      // What was refunded before is told all the same.
      return Failure(error)
    }
  }

  func rehearse(_ db: Session, _ context: RunContext) throws -> StageReport {
    let policy = context.pipeline.refund
    var spent = try db.refundsSpent(run: context.run, context: context.load)
    var refunds: [Currency: (count: Int64, minor: Int64)] = [:]
    var held: Int64 = 0
    for candidate in try db.refundCandidates(for: policy.rules.map(\.when), context: context.load) {
      switch candidate.decision(by: policy, spent: spent) {
      case .refund(let amount, _):
        refunds[amount.currency, default: (0, 0)].count += 1
        refunds[amount.currency]?.minor += amount.minor
        spent.add(amount)
      case .heldBack: held += 1
      case .noRule: break
      }
    }
    let known = try db.knownRefunds(processedSince: context.load.now, context: context.load).filter(\.isUnfinished)
    var report = StageReport(counts: [
      ("to_refund", refunds.values.reduce(0) { $0 + $1.count }), ("held_back", held),
      ("to_ask_again", Int64(try db.openRefunds(context: context.load).count + known.count)),
    ])
    report.notes = refunds.sorted { $0.key < $1.key }.map { currency, sum in
      let amount = Money(minor: sum.minor, currency: currency)
      return "refund: \(amount) in \(sum.count.of("refund", "refunds")) would be asked for"
    }
    return report
  }
}
