import Foundation
import Postgres
import SettleModel
package import SettleStore

/// Matches what was expected with what was reported; every difference becomes a break.
struct ReconcileStage: Stage {
  let name = StageName.reconcile
  let unit = "payments"

  func perform(_ context: RunContext) async throws -> StageReport {
    let load = context.load
    let terms = context.pipeline.reconcileTerms
    let counts = try await context.write { db in try db.reconcile(terms, context: load) }
    if counts.matched + counts.banked > 0 { try await context.store.analyze(["matches", "breaks"]) }
    return report(counts)
  }

  func rehearse(_ db: Session, _ context: RunContext) throws -> StageReport {
    var terms = context.pipeline.reconcileTerms
    var report = report(try db.reconcile(terms, context: context.load))
    guard let rules = context.otherRules else { return report }
    // What the stages after this one say is to be about the rules in force.
    terms.rules = rules
    let flips = try db.flips(to: terms, context: context.load)
    report.flips = flips
    report.counts.append(("flips", Int64(flips.count)))
    return report
  }

  private func report(_ counts: ReconcileCounts) -> StageReport {
    var report = StageReport(counts: [
      ("matched", Int64(counts.matched)), ("breaks_opened", Int64(counts.opened)),
      ("breaks_resolved", Int64(counts.resolved)), ("outcomes_relinked", Int64(counts.relinked)),
    ])
    // A merchant without bank files need not read of the bank.
    if counts.banked > 0 { report.counts.append(("banked", Int64(counts.banked))) }
    if let fees = counts.fees {
      report.counts += [("fees_judged", fees.judged), ("fees_not_judged", fees.notJudged)]
    }
    if let rates = counts.rates {
      report.counts += [("rates_judged", rates.judged), ("rates_not_judged", rates.notJudged)]
    }
    return report
  }
}

extension PipelineDefinition {
  /// What a reconciliation of this pipeline goes by.
  package var reconcileTerms: ReconcileTerms {
    var terms = ReconcileTerms(
      waitingDays: reconcile.waitingDays, rules: reconcile.match, calendar: reconcile.calendar,
      expectedFiles: expectedFiles, bank: bankTerms)
    terms.fees = reconcile.fees
    terms.rates = reconcile.rates
    terms.zone = timeZone.identifier
    return terms
  }
}
