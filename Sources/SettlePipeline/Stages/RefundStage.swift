import Postgres
import SettleModel
import SettleStore

/// Gives money back where the pipeline's written rules allow it, each refund once.
struct RefundStage: Stage {
  let name = StageName.refund
  let unit = "refunds"

  func perform(_ context: RunContext) async throws -> StageReport {
    let policy = context.pipeline.refund
    let load = context.load
    let (open, candidates) = try await context.store.pool.session { db in
      (try db.openRefunds(context: load), try db.refundCandidates(for: policy.rules.map(\.when), context: load))
    }
    guard !open.isEmpty || !candidates.isEmpty else { return StageReport(counts: [("refunded", 0)]) }
    let total = Int64(open.count + candidates.count)
    context.progress.begin(name, of: total, unit: unit)
    var refunder = Refunder(context: context)
    do {
      for (index, refund) in open.enumerated() {
        try Task.checkCancellation()
        try await refunder.send(refund)
        context.progress.advance(name, to: Int64(index + 1), of: total)
      }
      for (index, candidate) in candidates.enumerated() {
        try Task.checkCancellation()
        try await refunder.consider(candidate)
        context.progress.advance(name, to: Int64(open.count + index + 1), of: total)
      }
    } catch {
      // What was refunded before is told all the same.
      return refunder.report(stop: Failure(error))
    }
    return refunder.report(stop: nil)
  }

  func rehearse(_ db: Session, _ context: RunContext) throws -> StageReport {
    let policy = context.pipeline.refund
    var spent = try db.refundsSpent(run: context.run, context: context.load)
    var refunds: Int64 = 0
    var held: Int64 = 0
    for candidate in try db.refundCandidates(for: policy.rules.map(\.when), context: context.load) {
      switch policy.decide(candidate.subject, spent: spent) {
      case .refund(let amount, _):
        refunds += 1
        spent.add(amount)
      case .heldBack: held += 1
      case .noRule: break
      }
    }
    return StageReport(counts: [
      ("to_refund", refunds), ("held_back", held),
      ("to_ask_again", Int64(try db.openRefunds(context: context.load).count)),
    ])
  }
}
