import SettleModel
import SettleStore

/// Whether a run of the pipeline would give back what a person wants given back.
///
/// It is the run's own policy that is asked, as if nothing had gone back yet: what it refuses then, it refuses in every
/// run, so the person is told at once. The run asks again, with what has gone back by then and the processor's figures.
struct RefundCheck {
  let pipeline: PipelineDefinition

  /// What would go back of a break.
  func refund(of matter: DecidableBreak) throws(DecisionRefusal) -> DecidedAmount {
    let subject = try subject(of: matter)
    switch RefundPolicy.refundable(subject) {
    case .failure(let held): throw refusal(for: held, of: nil)
    case .success(let amount):
      try fits(amount, subject)
      return DecidedAmount(amount: amount, needsApproval: pipeline.refund.needsApproval(amount))
    }
  }

  /// Refuses what was decided once, and what no run would give back now.
  func fits(_ amount: Money, of matter: DecidableBreak) throws(DecisionRefusal) {
    try fits(amount, try subject(of: matter))
  }

  private func fits(_ amount: Money, _ subject: RefundPolicy.Case) throws(DecisionRefusal) {
    switch pipeline.refund.decide(subject, decided: amount, approved: true, spent: .init()) {
    case .refund: return
    case .heldBack(let held): throw refusal(for: held, of: amount)
    case .noRule: throw refusal(for: .unsupported, of: amount)
    }
  }

  private func subject(of matter: DecidableBreak) throws(DecisionRefusal) -> RefundPolicy.Case {
    guard let subject = matter.refundable, matter.processorCharge != nil else {
      throw DecisionRefusal(
        .notRefundable,
        "settle knows no charge of a payment's that it would give back of: refund it at the processor and accept the break"
      )
    }
    return subject
  }

  private func refusal(for held: RefundPolicy.Held, of amount: Money?) -> DecisionRefusal {
    switch held {
    case .otherProcessor:
      DecisionRefusal(
        .notRefundable,
        "another processor took it than the pipeline's: refund it there and accept the break, or give its pipeline")
    case .otherCurrencySettled:
      DecisionRefusal(
        .notRefundable,
        "it was settled in another currency than it was charged in: refund it at the processor and accept the break")
    case .undercharged:
      DecisionRefusal(.notRefundable, "no more was taken than was asked for: nothing is left to give back")
    case .alreadyReturned:
      DecisionRefusal(
        .notRefundable, "what was taken too much has gone back by an earlier refund: nothing is left to give back")
    case .notProven:
      DecisionRefusal(
        .stale, "another amount would go back by now than was decided: look at it in a new breaks.csv and decide there")
    case .currencyNotNamed:
      DecisionRefusal(
        .currencyNotNamed,
        "the pipeline \(pipeline.name) names no limit for \(amount?.currency.code ?? "its currency") in"
          + " \(unnamed(amount?.currency)), so that none of its runs gives it back: \(Self.remedy("name one there"))")
    case .abovePerRun: above(pipeline.refund.perRun, "refund.per_run", "one run", .abovePerRun, amount)
    case .abovePerDay: above(pipeline.refund.perDay, "refund.per_day", "the runs of one date", .abovePerDay, amount)
    default:
      DecisionRefusal(
        .notRefundable,
        "settle gives back duplicate charges and overcharges only: refund it at the processor and accept the break")
    }
  }

  private func above(
    _ limits: [Currency: Int64], _ key: String, _ whom: String, _ reason: DecisionRefusal.Reason, _ amount: Money?
  ) -> DecisionRefusal {
    let limit = amount.flatMap { amount in
      limits[amount.currency].map { Money(minor: $0, currency: amount.currency).description }
    }
    return DecisionRefusal(
      reason,
      "it is more than \(whom) of the pipeline \(pipeline.name) may give back in all (\(key)\(limit.map { ": \($0)" } ?? "")),"
        + " so that none does: \(Self.remedy("raise that limit"))")
  }

  private func unnamed(_ currency: Currency?) -> String {
    let limits = [("refund.per_run", pipeline.refund.perRun), ("refund.per_day", pipeline.refund.perDay)]
    return limits.filter { limit in currency.map { limit.1[$0] == nil } ?? true }.map(\.0).joined(separator: " and ")
  }

  private static func remedy(_ change: String) -> String {
    "\(change) (another pipeline: --pipeline) and give the file again, or refund it at the processor and accept the break"
  }
}
