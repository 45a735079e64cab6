import Foundation
import Postgres
package import SettleModel
package import SettleStore

/// One small night in a real store: A is charged and reported, B is declined, C is overcharged and refunded, and one
/// charge that nobody asked for is reported. Every instant is fixed.
package struct SmallStory: Sendable {
  package let store: Store
  package let run: RunIdentity

  package static let date = BusinessDate(daysSinceEpoch: 20_777)  // 2026-11-20
  package static let payments = ["A", "B", "C"].map { PaymentID(merchant: "default", order: $0) }
  package static let customer = "0c7a3f52-8f0f-4c5e-9a52-7e5f0d6a1b11"

  private static let usd = Currency.all.first { $0.code == "USD" }

  private static func money(_ minor: Int64) -> Money {
    guard let usd else { preconditionFailure("the table of currencies has USD") }
    return Money(minor: minor, currency: usd)
  }

  /// So many minutes after 20:00 UTC on the date.
  package static func at(_ minute: Int64) -> Timestamp {
    Timestamp(seconds: date.startInUTC.seconds + 20 * 3_600 + minute * 60)
  }

  private static func context(_ minute: Int64) -> LoadContext {
    LoadContext(merchant: "default", processor: "stripe", date: date, now: at(minute))
  }

  /// The whole night. The run ends with `exitStatus`; nil leaves it without an end, as a killed one.
  package static func happened(exitStatus: Int32? = 0) async throws -> SmallStory {
    let identity = UUID(uuid: (0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15))
    let story = SmallStory(
      store: try await Store.test(), run: RunIdentity(id: identity, fence: Fence(token: 1)))
    try await story.begin()
    try await story.authorize()
    try await story.charge()
    try await story.report()
    try await story.reconcile()
    try await story.refund()
    if let exitStatus {
      try await story.store.pool.transaction { try $0.finish(identity, exitStatus: exitStatus, at: at(60)) }
    }
    return story
  }

  private func begin() async throws {
    let record = RunRecord(
      id: run.id, pipeline: "nightly", date: Self.date,
      arguments: ["run", "--date", "2026-11-20", "--inbox", "/in", "--out", "/out"],
      stages: ["ingest", "charge", "import", "reconcile", "refund", "report"], version: "test")
    try await store.pool.transaction { db in
      _ = try db.execute("UPDATE lease SET token = \(run.fence.token)")
      try db.begin(record, fence: run.fence, at: Self.at(0))
      for (stage, minute) in [("ingest", 1), ("charge", 3), ("import", 21), ("reconcile", 22)] as [(String, Int64)] {
        try db.beginStage(stage, of: run.id, at: Self.at(minute - 1))
        try db.finishStage(
          stage, of: run.id, status: .done, counts: "{\"rows_read\": 3, \"files\": 1}", message: nil,
          at: Self.at(minute))
      }
      try db.finishStage(
        "refund", of: run.id, status: .failed, counts: "{}", message: "the processor cannot be reached",
        at: Self.at(26))
    }
  }

  private func authorize() async throws {
    let rows = zip(["A", "B", "C"], [1_000, 2_000, 3_000] as [Int64]).enumerated().map { line, row in
      Authorization(
        orderReference: row.0, customerReference: row.0 == "A" ? Self.customer : nil, amount: Self.money(row.1),
        instrument: Instrument(paymentMethod: "pm_card_visa"), line: line + 2)
    }
    let file = FileIdentity(
      sha256: String(repeating: "a", count: 64), name: "authorizations/a.csv", bytes: 1, layout: "test")
    _ = try await store.pool.transaction { db in
      try db.loadAuthorizations(file, context: Self.context(1)) { take in
        for row in rows { try take(.accepted(row)) }
      }
    }
  }

  private func charge() async throws {
    let claimed = try await store.pool.transaction { db in
      try db.claimBatch(of: 10, run: run, context: Self.context(2), keyLife: .seconds(82_800)) { operation in
        guard case .charge(let order) = operation else { throw ProcessorRefusal.unsupported("only charges here") }
        return ProcessorRequest(
          path: "/v1/payment_intents", body: "amount=\(order.amount.minor)",
          idempotencyKey: "key-\(order.orderReference)", apiVersion: "v")
      }
    }
    let results = claimed.attempts.map { attempt in
      let name = Self.payments.firstIndex(of: attempt.payment).map { ["A", "B", "C"][$0] } ?? "?"
      let ending: ChargeLifecycle.Ending =
        name == "B"
        ? .declined(
          Decline(
            reason: .insufficientFunds, code: "insufficient_funds", processorPayment: "pi_B", mayRetry: false))
        : .succeeded(Self.charged(name, attempt.amount, attempt.payment), proof: .answer)
      return AttemptResult(payment: attempt.payment, attempt: attempt.attempt, outcome: .ended(ending))
    }
    try await store.pool.transaction { try $0.record(results, context: Self.context(3)) }
  }

  private static func charged(_ name: String, _ amount: Money, _ payment: PaymentID?) -> ProcessorCharge {
    ProcessorCharge(
      processorPayment: "pi_\(name)", processorCharge: "ch_\(name)", state: .succeeded, amount: amount,
      captured: amount.minor, refunded: 0, disputed: false, payment: payment, attempt: 1, createdAt: at(3))
  }

  private func report() async throws {
    func record(_ row: String, _ gross: Int64, _ line: Int, _ payment: PaymentID?) -> OutcomeRecord {
      OutcomeRecord(
        kind: .charge, rowID: "txn_\(row)", occurredAt: Self.at(3), gross: Self.money(gross), fee: 30,
        references: .init(
          payment: payment, processorPayment: "pi_\(row)", processorCharge: "ch_\(row)", payout: "po_1"), line: line)
    }
    let records = [
      record("A", 1_000, 2, Self.payments[0]), record("C", 3_300, 3, Self.payments[2]), record("X", 500, 4, nil),
    ]
    let file = FileIdentity(
      sha256: String(repeating: "b", count: 64), name: "outcomes/b.csv", bytes: 1, layout: "test")
    _ = try await store.pool.transaction { db in
      try db.loadOutcomes(file, processor: "stripe", reported: true, context: Self.context(20)) { take in
        for record in records { try take(.accepted(record)) }
      }
    }
  }

  private func reconcile() async throws {
    let terms = ReconcileTerms(waitingDays: 0)
    _ = try await store.pool.transaction { try $0.reconcile(terms, context: Self.context(22)) }
  }

  private func refund() async throws {
    try await store.pool.transaction { db in
      for candidate in try db.refundCandidates(for: [.amountMismatch], context: Self.context(24)) {
        let refund = RefundID(charge: "ch_C", reason: .amountMismatch, askedFor: candidate.breakID)
        let order = RefundOrder(
          refund: refund, payment: candidate.payment, processorCharge: "ch_C", amount: Self.money(300),
          reason: .amountMismatch)
        let request = ProcessorRequest(path: "/v1/refunds", body: "", idempotencyKey: "key-refund", apiVersion: "v")
        _ = try db.reserveRefund(
          order, for: candidate.breakID, rule: "overcharge", request: request,
          charge: Self.charged("C", Self.money(3_300), nil), keyLife: .seconds(82_800), within: nil, run: run,
          context: Self.context(24))
        try db.record(.processed(reference: "re_C"), of: order, context: Self.context(25))
      }
    }
  }
}
