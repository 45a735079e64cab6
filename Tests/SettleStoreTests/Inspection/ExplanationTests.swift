import Foundation
import Postgres
import SettleModel
import SettleStore
import SettleTesting
import Testing

@Suite struct ExplanationTests {
  @Test func everyIdOfAPaymentLeadsToIt() async throws {
    let story = try await SmallStory.happened()
    let (refund, found) = try await story.store.pool.session { db in
      (
        try #require(try db.first("SELECT refund_id FROM refunds")).get("refund_id") as RefundID,
        try #require(try db.first("SELECT break_id FROM breaks WHERE reason = 'amount_mismatch'")).get("break_id")
          as BreakID
      )
    }
    let ids = [
      SmallStory.payments[2].description, "C", " C ", OrderID(reference: "C").description, "pi_C", "ch_C", "re_C",
      "txn_C", refund.description, refund.description.uppercased(), found.description,
    ]
    for id in ids {
      let explanations = try await story.store.pool.session { try $0.explanations(of: id) }
      #expect(explanations.map(\.id) == [SmallStory.payments[2]], "\(id)")
    }
    for id in ["D", "pi_Z", UUID().uuidString, ""] {
      #expect(try await story.store.pool.session { try $0.explanations(of: id) }.isEmpty, "\(id)")
    }
    await story.store.close()
  }

  @Test func theChainHoldsEveryFactWithItsPlace() async throws {
    let story = try await SmallStory.happened()
    let found = try await story.store.pool.session { try $0.explanations(of: "C") }
    let chain = try #require(found.first)
    #expect(chain.payment?.source == "authorizations/a.csv:4")
    #expect(chain.payment?.state == .succeeded)
    #expect(chain.attempts.map(\.state) == ["succeeded"])
    #expect(chain.outcomes.map(\.source) == ["outcomes/b.csv:3"])
    #expect(chain.breaks.map(\.resolution) == ["refunded"])
    #expect(chain.breaks.first?.openedAbout == SmallStory.at(22), "when that date was first reconciled")
    #expect(chain.breaks.first?.resolvedAbout == SmallStory.at(25), "when its refund was processed")
    #expect(chain.refunds.map(\.processorRefund) == ["re_C"])
    #expect(chain.events.map(\.sequence) == [nil, nil, nil, nil, nil], "nobody has asked for events yet")
    #expect(
      chain.events.map(\.type)
        == [.authorizePayment, .paymentRequested, .paymentSucceeded, .refundRequested, .refundProcessed])
    await story.store.close()
  }

  @Test func moneyThatNobodyAskedForIsExplainedWithoutAPayment() async throws {
    let story = try await SmallStory.happened()
    let found = try await story.store.pool.session { try $0.explanations(of: "ch_X") }
    let chain = try #require(found.first)
    #expect(chain.payment == nil)
    #expect(chain.outcomes.map(\.source) == ["outcomes/b.csv:4"])
    #expect(chain.breaks.map(\.reason) == [.unexpectedCharge])
    await story.store.close()
  }
}
