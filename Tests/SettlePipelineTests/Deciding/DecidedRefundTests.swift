import Foundation
import Postgres
import SettleFiles
import SettleModel
import SettleStore
import SettleTesting
import Testing

@testable import SettlePipeline

/// A refund that a person decides goes by the protocol of every refund: once, within its charge, and the sandbox's own
/// ledger says so.
@Suite(.serialized) struct DecidedRefundTests {
  /// Rules refund nothing here: whatever goes back, a person wanted.
  private static let yaml = """
    pipeline: test
    timezone: UTC
    processor: stripe
    ingest: { sources: [{ path: "authorizations/*" }] }
    charge: { concurrency: 8, batch: 50 }
    import: { sources: [{ path: "outcomes/*" }] }
    reconcile: { waiting_days: 0 }
    refund:
      per_run: { USD: "30.00" }
      per_day: { USD: "30.00" }
      approval_above: { USD: "15.00" }
    """

  /// The date of what is decided the morning after, and of the run that carries it out.
  private static let next = Night.date.adding(days: 1)
  private static let usd = Currency.named("USD")

  /// One order that was charged twice.
  private func chargedTwice(_ amount: Int = 1_000, _ body: (Night) async throws -> Void) async throws {
    try await Night.with(anomalies: "duplicate=1", yaml: Self.yaml) { night in
      try await night.beChargedTwice(amount)
      try await night.run(.importing, .reconcile, .refund, .report)
      try await body(night)
    }
  }

  private func held(_ night: Night) async throws -> [String] {
    try await night.store.rows("SELECT coalesce(held_back, '-') FROM breaks WHERE reason = 'duplicate_charge'")
  }

  @Test func whatAPersonDecidesGoesBackOnce() async throws {
    try await chargedTwice { night in
      #expect(try await night.returned() == [])
      let result = try await night.decide("refund", by: "alice")
      #expect(result.counts.filter { $0.value > 0 }.map(\.name) == ["decided"])
      for _ in 0..<2 { try await night.run(.refund, .report, date: Self.next) }
      #expect(try await night.returned() == [1_000])
      #expect(try await night.store.rows("SELECT rule || ' ' || state FROM refunds") == ["decision PROCESSED"])
      let row = try #require(try night.rows("breaks.csv").first { $0["reason"] == "duplicate_charge" })
      #expect((row["resolution"], row["decision"]) == ("refunded", "refund"))
      #expect(try await night.decide("accept").refused.map(\.why.reason) == [.alreadyResolved])
    }
  }

  @Test func aLargeOneNeedsASecondPerson() async throws {
    try await chargedTwice(2_000) { night in
      let asked = try await night.decide("refund", by: "alice")
      #expect(asked.counts.filter { $0.value > 0 }.map(\.name) == ["awaiting_approval"])
      try await night.run(.refund, date: Self.next)
      #expect(try await night.returned() == [])
      #expect(try await held(night) == ["needs_approval"])
      for name in ["ALICE", "alice\u{FE0F}", "al\u{200D}ice", "\u{FF41}lice"] {
        #expect(try await night.decide("refund", by: name, mode: .approve).refused.map(\.why.reason) == [.samePerson])
      }
      let agreed = try await night.decide("refund", by: "bob", mode: .approve)
      #expect(agreed.counts.filter { $0.value > 0 }.map(\.name) == ["approved"])
      let again = try await night.decide("refund", by: "carol", mode: .approve)
      #expect(again.counts.filter { $0.value > 0 }.map(\.name) == ["already_decided"])
      for _ in 0..<2 { try await night.run(.refund, date: Self.next) }
      #expect(try await night.returned() == [2_000])
    }
  }

  /// However small it is.
  @Test func oneInACurrencyThatApprovalDoesNotNameNeedsASecondPerson() async throws {
    try await chargedTwice(100) { night in
      var night = night
      night.pipeline.refund.approvalAbove = [.named("EUR"): 1_500]
      let asked = try await night.decide("refund", by: "alice")
      #expect(asked.counts.filter { $0.value > 0 }.map(\.name) == ["awaiting_approval"])
      try await night.run(.refund, date: Self.next)
      #expect(try await night.returned() == [])
      #expect(try await held(night) == ["needs_approval"])
      _ = try await night.decide("refund", by: "bob", mode: .approve)
      try await night.run(.refund, date: Self.next)
      #expect(try await night.returned() == [100])
    }
  }

  /// Names are claimed, so a pipeline may ask for another login.
  @Test func anotherLoginMayBeAskedFor() async throws {
    try await chargedTwice(2_000) { night in
      var night = night
      _ = try await night.decide("refund", by: "alice")
      // Under another pipeline file it was enough.
      let agreed = try await night.decide("refund", by: "bob", mode: .approve)
      #expect(agreed.rows.map(\.outcome) == [.approved(Money(2_000, "USD"), sameLogin: true)])
      night.pipeline.refund.approver = .anotherLogin
      try await night.run(.refund, date: Self.next)
      #expect(try await night.returned() == [])
      #expect(try await held(night) == ["needs_approval"])
      let same = try await night.decide("refund", by: "carol", mode: .approve)
      #expect(same.refused.map(\.why.reason) == [.samePerson])
      let other = try await night.decide("refund", by: "carol", login: "carol", mode: .approve)
      #expect(other.rows.map(\.outcome) == [.approved(Money(2_000, "USD"), sameLogin: false)])
      try await night.run(.refund, date: Self.next)
      #expect(try await night.returned() == [2_000])
    }
  }

  @Test func thereIsNothingToApproveWhereNobodyAsked() async throws {
    try await chargedTwice { night in
      #expect(
        try await night.decide("refund", by: "bob", mode: .approve).refused.map(\.why.reason) == [.nothingToApprove])
      #expect(try await night.decide("accept", by: "bob", mode: .approve).undecided == 1)
      try await night.run(.refund, date: Self.next)
      #expect(try await night.returned() == [])
    }
  }

  @Test func whoIsAskedToAgreeToASmallOneIsToldThatNobodyHasTo() async throws {
    try await chargedTwice { night in
      _ = try await night.decide("refund", by: "alice")
      let agreed = try await night.decide("refund", by: "bob", mode: .approve)
      #expect(agreed.rows.map(\.outcome) == [.needsNoApproval(Money(1_000, "USD"))])
      #expect(agreed.counts.filter { $0.value > 0 }.map(\.name) == ["needs_no_approval"])
      #expect(agreed.exitStatus == .done)
    }
  }

  @Test func theLimitsOfARunAndADayHold() async throws {
    try await chargedTwice(3_001) { night in
      var night = night
      let limits = night.pipeline.refund
      night.pipeline.refund.perRun[Self.usd] = 3_001
      night.pipeline.refund.perDay[Self.usd] = 3_001
      _ = try await night.decide("refund", by: "alice")
      _ = try await night.decide("refund", by: "bob", mode: .approve)
      night.pipeline.refund = limits
      try await night.run(.refund, date: Self.next)
      #expect(try await night.returned() == [])
      #expect(try await held(night) == ["above_per_run"])
    }
  }

  struct Limit: Sendable, CustomTestStringConvertible {
    var held: DecisionRefusal.Reason
    var perRun: Int64?
    var perDay: Int64?
    var hint: String
    var testDescription: String { held.rawValue }
  }

  /// In the word that the run uses, which is asked all the same.
  @Test(arguments: [
    Limit(held: .currencyNotNamed, perDay: 9_000, hint: "no limit for USD in refund.per_run, so"),
    Limit(held: .currencyNotNamed, hint: "in refund.per_run and refund.per_day"),
    Limit(held: .abovePerRun, perRun: 999, perDay: 9_000, hint: "refund.per_run: 9.99 USD"),
    Limit(held: .abovePerDay, perRun: 9_000, perDay: 999, hint: "refund.per_day: 9.99 USD"),
  ])
  func whatNoRunWouldGiveBackIsRefusedAtOnce(_ limit: Limit) async throws {
    try await chargedTwice { night in
      var narrow = night
      narrow.pipeline.refund.perRun[Self.usd] = limit.perRun
      narrow.pipeline.refund.perDay[Self.usd] = limit.perDay
      let refused = try await narrow.decide("refund").refused
      #expect(refused.map(\.why.reason) == [limit.held])
      #expect(refused.first?.why.detail.contains(limit.hint) == true, "\(refused)")
      #expect(try await night.store.rows("SELECT count(*)::text FROM decisions") == ["0"])
      #expect(try await night.decide("refund").refused.isEmpty)
      try await narrow.run(.refund, date: Self.next)
      #expect(try await held(night) == [limit.held.rawValue])
      #expect(try await night.returned() == [])
    }
  }

  @Test func nobodyAgreesToWhatNoRunWouldGiveBack() async throws {
    try await chargedTwice(2_000) { night in
      _ = try await night.decide("refund", by: "alice")
      var narrow = night
      narrow.pipeline.refund.perRun[Self.usd] = 1_999
      let refused = try await narrow.decide("refund", by: "bob", mode: .approve).refused
      #expect(refused.map(\.why.reason) == [.abovePerRun])
      #expect(try await night.decide("refund", by: "bob", mode: .approve).refused.isEmpty)
    }
  }

  @Test func theProcessorsFiguresDecideInTheEnd() async throws {
    try await chargedTwice { night in
      let own = try #require(try await night.store.rows("SELECT processor_charge FROM payments").first)
      _ = try await night.post("/v1/refunds", "charge=\(own)&amount=1")
      _ = try await night.decide("refund")
      try await night.run(.refund, date: Self.next)
      #expect(try await night.returned() == [1])
      #expect(try await held(night) == ["refunded_elsewhere"])
      // It is still open, and may be decided otherwise.
      #expect(try await night.decide("accept").refused.isEmpty)
    }
  }

  @Test func aDecisionIsTakenBackBeforeItIsCarriedOut() async throws {
    try await chargedTwice { night in
      _ = try await night.decide("refund")
      _ = try await night.decide("wait")
      try await night.run(.refund, date: Self.next)
      #expect(try await night.returned() == [])
    }
  }

  @Test func decidingIsARunOfItsOwn() async throws {
    try await chargedTwice { night in
      let lease = try await Lease.acquire(night.store.settings, run: UUID(), holder: "a night")
      await #expect(throws: StoreError.self) { try await night.decide("accept") }
      await lease.release()
      let dry = try await night.decide("accept", dryRun: true)
      #expect(dry.counts.first?.value == 1)
      #expect(try await night.store.rows("SELECT count(*)::text FROM decisions") == ["0"])
      let result = try await night.decide("accept")
      let runs = try await night.store.pool.session { try $0.recentRuns(limit: 1) }
      #expect(runs.map(\.stages) == [["decide"]])
      #expect(runs[0].isDeciding && runs[0].exitStatus == 0)
      #expect(runs[0].stageRuns.first?.counts.first { $0.name == "decided" }?.value == 1)
      #expect(result.seal != nil)
      // A night is what is retried, not this.
      let last = try await night.store.pool.session { try $0.recentRuns(limit: 1, deciding: false) }
      #expect(last.first?.isDeciding == false)
    }
  }
}

extension Night {
  /// Charges one order at a processor that takes each charge twice; the report that tells it waits to be imported.
  func beChargedTwice(_ amount: Int) async throws {
    try put("order_id,amount,currency,payment_method\nA-1,\(amount),USD,pm_card_visa\n", "authorizations/a.csv")
    try await run(.ingest, .charge)
    try await nextDay()
    try await `import`("1.csv")
  }

  /// What has gone back so far, by the sandbox's ledger, in minor units.
  func returned() async throws -> [Int64] {
    try await ledger().filter { $0.kind == "refund" }.map { abs($0.amount) }
  }

  /// Gives back what finance wrote about the duplicate of the latest report.
  @discardableResult
  func decide(
    _ decision: String, by name: String = "alice", login: String = "finance", mode: DecideRequest.Mode = .decide,
    date: BusinessDate? = nil,
    dryRun: Bool = false
  ) async throws -> DecideResult {
    let found = try await store.rows("SELECT break_id::text FROM breaks WHERE reason = 'duplicate_charge'")
    let text = "break_id,decision\n" + found.map { "\($0),\(decision)\n" }.joined()
    let path = "\(folder)/\(UUID().uuidString).csv"
    try text.write(toFile: path, atomically: true, encoding: .utf8)
    let request = DecideRequest(
      pipeline: pipeline, sheet: try DecisionSheet(path: path), mode: mode, by: name, login: login, date: date,
      dryRun: dryRun, version: "test")
    // The morning after.
    let noon = Night.date.adding(days: 1).startInUTC.adding(.seconds(43_200))
    return try await DecideRun(store: store, clock: { noon }).perform(request)
  }
}
