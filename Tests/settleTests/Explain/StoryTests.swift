import Foundation
import Postgres
import SettleModel
import SettleStore
import SettleTesting
import Testing

@testable import settle

@Suite struct StoryTests {
  private static func story(of id: String, in store: Store) async throws -> settle.Story {
    let explanations = try await store.pool.session { try $0.explanations(of: id) }
    return settle.Story(try #require(explanations.first))
  }

  @Test func aRefundedOverchargeIsToldInTheOrderOfEvents() async throws {
    let night = try await SmallStory.happened()
    try await night.store.pool.transaction { _ = try $0.numberEvents() }
    let story = try await Self.story(of: "C", in: night.store)
    await night.store.close()
    let found = try #require(story.explanation.breaks.first).id
    let refund = try #require(story.explanation.refunds.first).id
    #expect(
      story.text(Style(isOn: false)) == """
        payment \(SmallStory.payments[2])
          30.00 USD  SUCCEEDED
          order C, merchant default, stripe
          at the processor pi_C, ch_C

          2026-11-20T20:01:00Z  authorized  30.00 USD for 2026-11-20  [authorizations/a.csv:4]
          2026-11-20T20:01:00Z  event       AuthorizePayment, number \(story.number(of: .authorizePayment))
          2026-11-20T20:02:00Z  attempt     attempt 1 for 2026-11-20: charge of pm_card_visa asked for, key key-C
          2026-11-20T20:02:00Z  event       PaymentRequested, number \(story.number(of: .paymentRequested))
          2026-11-20T20:03:00Z  answer      attempt 1: succeeded
          2026-11-20T20:03:00Z  event       PaymentSucceeded, number \(story.number(of: .paymentSucceeded))
          2026-11-20T20:20:00Z  reported    charge of 33.00 USD, fee 0.30 USD, net 32.70 USD at 2026-11-20T20:03:00Z: ch_C, payout po_1, known by processor id  [outcomes/b.csv:3]
          2026-11-20            break       amount_mismatch: Another amount was taken, expected 30.00 USD, reported 33.00 USD, break \(found)  [outcomes/b.csv:3]
          2026-11-20T20:24:00Z  refund      3.00 USD of ch_C asked for by rule overcharge, refund \(refund)
          2026-11-20T20:24:00Z  event       RefundRequested, number 10
          2026-11-20T20:25:00Z  refund      3.00 USD given back (re_C)
          2026-11-20            resolved    amount_mismatch: refunded, break \(found)
          2026-11-20T20:25:00Z  event       RefundProcessed, number 11

        """)
  }

  @Test func aDeclineSaysWhy() async throws {
    let night = try await SmallStory.happened()
    let text = try await Self.story(of: "B", in: night.store).text(Style(isOn: false))
    await night.store.close()
    #expect(text.contains("20.00 USD  FAILED (INSUFFICIENT_FUNDS, insufficient_funds)"))
    #expect(text.contains("answer      attempt 1: declined (INSUFFICIENT_FUNDS, insufficient_funds)"))
    #expect(text.contains("event       PaymentFailed, not published yet"))
  }

  @Test func aPlannedRetryAndACancellationAreTold() async throws {
    let policy = RetryPolicy(rules: [.init(when: .reason(.cardDeclined), afterDays: [3])])
    try await SettleTesting.Story.tell { story in
      try await story.authorize(.order("A", 1_000))
      try await story.claim()
      try await story.declined("A", code: "do_not_honor", made: "pi_A", retry: policy)
      var text = try await Self.story(of: "A", in: story.store).text(Style(isOn: false))
      #expect(text.contains("  another attempt is due from 2026-11-23\n"))
      #expect(
        text.contains("attempt 1 for 2026-11-20: charge of pm_card_visa asked for, key \(story.payment("A"))-1\n"))
      await story.next(days: 3)
      try await story.claim()
      try await story.declined("A", attempt: 2, code: "do_not_honor", retry: policy)
      let stored = try await story.reserveCancellations()
      #expect(
        try await Self.story(of: "A", in: story.store).text(Style(isOn: false)).contains("attempt 2 for 2026-11-23: "))
      text = try await Self.story(of: "A", in: story.store).text(Style(isOn: false))
      #expect(text.contains("pi_A is to be given up, key \(story.payment("A"))-cancel-pi_A; no answer yet\n"))
      try await story.record(.ended(.canceled), of: stored[0])
      text = try await Self.story(of: "A", in: story.store).text(Style(isOn: false))
      #expect(text.contains("answer        pi_A is cancelled\n"))
    }
  }

  @Test func whatWasConvertedAndKeptIsTold() async throws {
    try await SettleTesting.Story.tell { story in
      try await story.authorize(.order("A", 1_000))
      try await story.charge("A")
      try await story.report(
        .charge("A", 900, "EUR").presented(1_000, "USD", at: "0.92").by("visa").fee(30), file: "report.csv")
      let agreed = FeeTerm(processor: "stripe", method: "visa", currency: .named("EUR"), fixed: 25)
      try await story.reconcile(fees: [agreed], rates: RatePolicy())
      let told = try await Self.story(of: "A", in: story.store)
      let text = told.text(Style(isOn: false))
      #expect(
        text.contains(
          "charge of 10.00 USD, settled as 9.00 EUR at 0.92, fee 0.30 EUR, net 8.70 EUR at 2026-11-20T12:00:00Z: visa, ch_A"
        ))
      #expect(text.contains("fee_variance: Another fee was kept, expected 0.25 EUR, reported 0.30 EUR, break "))
      #expect(text.contains("fx_variance: Converted at another rate, expected 9.20 EUR, reported 9.00 EUR, break "))
      let json = settle.Story.json("A", [told]).compact
      #expect(json.contains(#""exchange_rate":"0.92","fee":"0.30""#))
      #expect(json.contains(#""method":"visa""#))
    }
  }

  @Test func moneyThatNobodyAskedForHasAStoryToo() async throws {
    let night = try await SmallStory.happened()
    let story = try await Self.story(of: "ch_X", in: night.store)
    await night.store.close()
    let text = story.text(Style(isOn: false))
    #expect(text.hasPrefix("reported money that belongs to no payment\n"))
    #expect(text.contains("of nothing known  [outcomes/b.csv:4]"))
    #expect(text.contains("unexpected_charge: Reported, but never asked for, reported 5.00 USD"))
  }

  @Test func jsonHoldsTheSameEntries() async throws {
    let night = try await SmallStory.happened()
    let story = try await Self.story(of: "A", in: night.store)
    await night.store.close()
    let json = Story.json("A", [story])
    let object = try #require(
      try JSONSerialization.jsonObject(with: Data(json.pretty.utf8)) as? [String: Any])
    let found = try #require((object["found"] as? [[String: Any]])?.first)
    let kinds = (found["chain"] as? [[String: Any]])?.compactMap { $0["kind"] as? String }
    #expect(
      kinds == [
        "authorized", "event", "attempt", "event", "answer", "event", "reported", "matched",
      ])
    #expect((found["payment"] as? [String: Any])?["state"] as? String == "SUCCEEDED")
    #expect(json.compact.hasPrefix(#"{"found":[{"chain":[{"amount":"10.00","at":"2026-11-20T20:01:00Z","#))
  }

  @Test(arguments: [
    ("pi_1", "reference \"pi_1\";"), ("4242424242424242", "reference this id;"),
    ("4242 4242 4242 4242", "reference this id;"),
  ])
  func anUnknownIdIsRepeatedUnlessItMayBeACard(id: String, words: String) {
    #expect(ExplainCommand.unknown(id).contains(words))
  }
}

extension settle.Story {
  fileprivate func number(of type: MessageType) -> Int64 {
    explanation.events.first { $0.type == type }?.sequence ?? 0
  }
}
