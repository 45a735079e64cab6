import Foundation
import Postgres
import SettleModel
import SettleStore
import SettleTesting
import Testing

@Suite struct EventSequenceTests {
  private static let a = SmallStory.payments[0]
  private static let b = SmallStory.payments[1]
  private static let c = SmallStory.payments[2]

  private static func events(
    of story: SmallStory, after sequence: Int64 = 0, type: MessageType? = nil
  ) async throws -> [Event] {
    try await story.store.pool.transaction { _ = try $0.numberEvents() }
    return try await story.store.pool.session { db in
      var events: [Event] = []
      try db.forEachEvent(after: sequence, type: type) { events.append($0) }
      return events
    }
  }

  @Test func everyMessageOfTheContractIsToldInOrderWithItsFieldsAlone() async throws {
    let story = try await SmallStory.happened()
    let events = try await Self.events(of: story)
    #expect(events.map(\.sequence) == Array(1...11))
    #expect(
      events.map(\.type) == [
        .authorizePayment, .authorizePayment, .authorizePayment, .paymentRequested, .paymentRequested,
        .paymentRequested, .paymentFailed, .paymentSucceeded, .paymentSucceeded, .refundRequested, .refundProcessed,
      ])
    let (order, refund) = (OrderID(reference: "A"), try await Self.refund(of: story))
    let expected: [(MessageType, String)] = [
      (
        .authorizePayment,
        #"{"cartId":"\#(order)","amount":1000,"currency":"USD","customerId":"\#(SmallStory.customer)"}"#
      ),
      (
        .paymentRequested,
        #"{"paymentId":"\#(Self.a)","orderId":"\#(order)","amount":1000,"currency":"USD","#
          + #""requestedAt":"2026-11-20T20:02:00Z","customerId":"\#(SmallStory.customer)"}"#
      ),
      (
        .paymentSucceeded,
        #"{"paymentId":"\#(Self.a)","orderId":"\#(order)","amount":1000,"currency":"USD","#
          + #""succeededAt":"2026-11-20T20:03:00Z","processorReference":"ch_A"}"#
      ),
      (
        .paymentFailed,
        #"{"paymentId":"\#(Self.b)","orderId":"\#(OrderID(reference: "B"))","reason":"INSUFFICIENT_FUNDS","#
          + #""failedAt":"2026-11-20T20:03:00Z"}"#
      ),
      (
        .refundRequested,
        #"{"refundId":"\#(refund)","paymentId":"\#(Self.c)","amount":300,"currency":"USD","#
          + #""requestedAt":"2026-11-20T20:24:00Z","orderId":"\#(OrderID(reference: "C"))","reason":"amount_mismatch"}"#
      ),
      (
        .refundProcessed,
        #"{"refundId":"\#(refund)","paymentId":"\#(Self.c)","amount":300,"currency":"USD","#
          + #""processedAt":"2026-11-20T20:25:00Z"}"#
      ),
    ]
    for (type, payload) in expected {
      #expect(events.contains { $0.type == type && $0.payload == payload }, "\(type): \(payload)")
    }
    await story.store.close()
  }

  @Test func aSecondPublisherNumbersOnlyWhatIsNewAndChangesNothing() async throws {
    let story = try await SmallStory.happened()
    let before = try await Self.events(of: story)
    #expect(try await story.store.pool.transaction { try $0.numberEvents() } == 0)
    try await story.store.pool.transaction { db in
      // Earlier than all others, and told after them: the number says when it was published, not when it happened.
      try db.execute(
        """
        UPDATE payments SET state = 'SUCCEEDED', succeeded_at = \(SmallStory.at(-60)), proof = 'outcome',
          failed_at = \(SmallStory.at(90)), failure_reason = 'EXPIRED_CARD' WHERE payment_id = \(Self.b)
        """)
    }
    let after = try await Self.events(of: story)
    #expect(Array(after.prefix(before.count)) == before, "what was told stays as it was told")
    #expect(after.dropFirst(before.count).map(\.type) == [.paymentSucceeded])
    #expect(after.last?.sequence == 12)
    await story.store.close()
  }

  @Test func sinceAndTypeNarrowWithoutChangingNumbers() async throws {
    let story = try await SmallStory.happened()
    let all = try await Self.events(of: story)
    #expect(try await Self.events(of: story, after: 9) == Array(all.suffix(2)))
    #expect(try await Self.events(of: story, type: .paymentFailed) == all.filter { $0.type == .paymentFailed })
    #expect(try await Self.events(of: story, after: 11).isEmpty)
    await story.store.close()
  }

  @Test func publishersAtOnceGiveEachMessageOneNumber() async throws {
    let story = try await SmallStory.happened()
    let store = story.store
    let numbered = try await withThrowingTaskGroup(of: Int.self) { group in
      for _ in 0..<4 { group.addTask { try await store.pool.transaction { try $0.numberEvents() } } }
      return try await group.reduce(0, +)
    }
    #expect(numbered == 11)
    #expect(try await Self.events(of: story).map(\.sequence) == Array(1...11))
    await store.close()
  }

  private static func refund(of story: SmallStory) async throws -> RefundID {
    try await story.store.pool.session { try #require(try $0.first("SELECT refund_id FROM refunds")).get("refund_id") }
  }
}
