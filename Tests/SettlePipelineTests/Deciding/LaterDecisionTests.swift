import Postgres
import SettleModel
import SettleStore
import SettleTesting
import Testing

@testable import SettlePipeline

/// A run acts only on what was decided for its own date or an earlier one. The morning after a night, decisions belong
/// to the next date: the night, run again, must not carry them out.
@Suite(.serialized) struct LaterDecisionTests {
  private static let next = Night.date.adding(days: 1)
  private static let usd = Currency.named("USD")

  /// One order that was charged twice, by a night whose rules refund nothing. Two persons must want more than 15.00 back.
  private func chargedTwice(_ amount: Int, _ body: (Night) async throws -> Void) async throws {
    try await Night.with(anomalies: "duplicate=1") { night in
      var night = night
      night.pipeline.refund = .generous
      night.pipeline.refund.approvalAbove = [Self.usd: 1_500]
      try await night.beChargedTwice(amount)
      try await night.run(.importing, .reconcile, .refund, .report)
      try await body(night)
    }
  }

  @Test func aRefundWaitsForTheRunOfItsDate() async throws {
    try await chargedTwice(1_000) { night in
      let report = try night.bytes()
      #expect(try await night.decide("refund").date == Self.next)
      let stored = try await night.store.fingerprint()
      let dry = try await night.run(.refund, dryRun: true)
      #expect(dry.stages.first?.counts.first { $0.name == "to_refund" }?.value == 0)
      try await night.run()
      #expect(try await night.returned() == [])
      #expect(try await night.changed(since: stored) == [])
      #expect(try night.bytes() == report)
      #expect(try await night.store.faults() == [])
      try await night.run(.refund, date: Self.next)
      #expect(try await night.returned() == [1_000])
    }
  }

  /// What was decided, and agreed to, for a later date can be had earlier by saying so.
  @Test func aRefundIsBroughtForward() async throws {
    try await chargedTwice(2_000) { night in
      func told(_ result: DecideResult) -> [String] { result.counts.filter { $0.value > 0 }.map(\.name) }
      #expect(told(try await night.decide("refund", by: "alice")) == ["awaiting_approval"])
      #expect(told(try await night.decide("refund", by: "alice")) == ["already_decided"])
      #expect(told(try await night.decide("refund", by: "alice", date: Night.date)) == ["awaiting_approval"])
      #expect(told(try await night.decide("refund", by: "bob", mode: .approve)) == ["approved"])
      try await night.run(.refund)
      #expect(try await night.returned() == [])
      #expect(told(try await night.decide("refund", by: "bob", mode: .approve)) == ["already_decided"])
      #expect(told(try await night.decide("refund", by: "bob", mode: .approve, date: Night.date)) == ["approved"])
      try await night.run(.refund)
      #expect(try await night.returned() == [2_000])
      #expect(try await night.store.faults() == [])
    }
  }

  /// A rule that names the break leaves it to the person who has decided.
  @Test func noRuleIsQuickerThanThePerson() async throws {
    try await chargedTwice(1_000) { night in
      _ = try await night.decide("refund")
      var ruled = night
      ruled.pipeline.refund.rules = [RefundRule(when: .duplicateCharge, portion: .duplicate, limit: [Self.usd: 9_000])]
      try await ruled.run(.refund)
      #expect(try await night.returned() == [])
    }
  }

  @Test func anAgreementWaitsForTheRunOfItsDate() async throws {
    try await chargedTwice(2_000) { night in
      _ = try await night.decide("refund", by: "alice", date: Night.date)
      #expect(try await night.decide("refund", by: "bob", mode: .approve).date == Self.next)
      try await night.run(.refund)
      #expect(try await night.returned() == [])
      #expect(try await night.store.rows("SELECT held_back FROM breaks WHERE status = 'open'") == ["needs_approval"])
      #expect(try await night.store.faults() == [])
      try await night.run(.refund, date: Self.next)
      #expect(try await night.returned() == [2_000])
    }
  }

  /// What keeps money back counts from when it was said.
  @Test func whoTakesARefundBackIsHeardAtOnce() async throws {
    try await chargedTwice(1_000) { night in
      _ = try await night.decide("refund", date: Night.date)
      #expect(try await night.decide("wait").date == Self.next)
      try await night.run(.refund)
      #expect(try await night.returned() == [])
    }
  }

  /// The date that a decision takes by itself is the one that the refusal of an earlier date names.
  @Test func theRefusalOfAnEarlierDateNamesTheOneThatIsTaken() async throws {
    try await chargedTwice(1_000) { night in
      do {
        _ = try await night.decide("wait", date: Night.date.adding(days: -1))
        Issue.record("a report would change that was written")
      } catch let failure as Failure {
        #expect(failure.status == .usage)
        #expect(failure.message.contains("leave --date out, which takes \(Self.next), "))
        #expect(failure.message.contains("give --date \(Night.date) where that report"))
      }
      #expect(try await night.decide("wait", dryRun: true).date == Self.next)
      #expect(try await night.decide("wait", date: Night.date).date == Night.date)
    }
  }

  /// What is settled for tomorrow is open in today's report, and counts for its exit status, however often it is told.
  @Test(arguments: ["accept", "write_off", "wait"])
  func whatIsDecidedForALaterDateLeavesTheEarlierOne(_ word: String) async throws {
    try await Story.tell { story in
      func open() async throws -> Int64 {
        let date = await story.date
        return try await story.read { try $0.exceptions(on: date).openBreaks }
      }
      try await story.overcharged()
      let (breaks, totals) = (try await story.breaks(), try await story.totals())
      await story.next()
      try await story.decideAll(word)
      #expect(try await open() == 0)
      await story.next(days: -1)
      #expect(try await story.changesNothing())
      #expect(try await open() == 1)
      #expect(try await story.breaks() == breaks)
      #expect(try await story.totals() == totals)
      #expect(try await story.candidates() == 0)
      try await story.seal()
      #expect(try await story.store.faults() == [])
    }
  }

  /// The earlier date is run again with other amounts: its proof adds up, and the decision stands as it was made.
  @Test func otherAmountsOfTheEarlierDateAddUp() async throws {
    try await Story.tell { story in
      try await story.overcharged()
      await story.next()
      try await story.decideAll("accept")
      await story.next(days: -1)
      try await story.report(.charge("A", 1_700))
      try await story.reconcile()
      #expect(
        try await story.totals() == [
          "expected all 1 10.00 USD", "expected amount_mismatch 1 10.00 USD", "reported all 1 17.00 USD",
          "reported amount_mismatch 1 17.00 USD",
        ])
      #expect(try await story.changesNothing())
      try await story.seal()
      #expect(try await story.store.faults() == [])
    }
  }
}
