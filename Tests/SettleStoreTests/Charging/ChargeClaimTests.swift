import Postgres
import SettleModel
import SettleTesting
import Testing

@testable import SettleStore

@Suite struct ChargeClaimTests {
  private static func at(_ text: String) -> Timestamp { Timestamp(rfc3339: text) ?? Timestamp(seconds: 0) }

  @Test func theRequestIsStoredWordForWordBeforeItMayBeSent() async throws {
    try await Story.tell { story in
      try await story.authorize(.order("A", 1_000))
      let batch = try await story.claim()
      let attempt = try #require(batch.attempts.first)
      #expect(batch.attempts.count == 1)
      #expect(attempt.payment == story.payment("A"))
      #expect(attempt.request.body == "charge 10.00 USD")
      #expect(attempt.request.idempotencyKey == "\(story.payment("A"))-1")
      #expect(attempt.processorPayment == nil)
      #expect(attempt.storedAt == (await story.instant))
      // What a crash would leave is what was handed out.
      let context = await story.context()
      let stored = try await story.read { try $0.openAttempts(after: nil, limit: 9, lookUp: nil, context: context) }
      #expect(stored == batch.attempts)
      #expect(try await story.state("A") == "REQUESTED")
      #expect(
        try await story.store.rows(
          """
          SELECT c.state, operation, c.token::text, business_date::text, charged_on::text, payments::text,
            (b.run_id = \(story.run.id))::text
          FROM charge_attempts c JOIN charge_batches b USING (batch_id) JOIN payments USING (payment_id)
          """) == ["open charge 0 2026-11-20 2026-11-20 1 true"])
    }
  }

  @Test func holdsThatLapseFirstComeFirst() async throws {
    try await Story.tell { story in
      try await story.authorize(
        .order("E", 1), .order("C", 1, hold: "pi_c", captureBefore: Self.at("2026-11-23T00:00:00Z")),
        .order("A", 1, hold: "pi_a", captureBefore: Self.at("2026-11-22T00:00:00Z")),
        .order("D", 1), .order("B", 1, hold: "pi_b", captureBefore: Self.at("2026-11-22T12:00:00Z")))
      var order: [PaymentID] = []
      while case let batch = try await story.claim(size: 2), !batch.isLast { order += batch.attempts.map(\.payment) }
      let plain = [story.payment("D"), story.payment("E")].sorted()
      #expect(order == ["A", "B", "C"].map(story.payment) + plain)
      #expect(
        try await story.store.rows("SELECT payments::text FROM charge_batches ORDER BY batch_id") == ["2", "2", "1"])
    }
  }

  @Test func aLapsedHoldIsNeverCaptured() async throws {
    try await Story.tell { story in
      let end = await story.instant.adding(.seconds(3))
      try await story.authorize(.order("A", 1, hold: "pi_a", captureBefore: end))
      await story.wait(.seconds(10))
      let context = await story.context()
      #expect(try await story.read { try $0.chargesDue(context: context) }.isEmpty)
      #expect(try await story.claim().isLast)
      #expect(try await story.state("A") == "REQUESTED, due 2026-11-20")
    }
  }

  @Test func eachPaymentIsClaimedOnceAndOnlyWhenItIsDue() async throws {
    try await Story.tell { story in
      try await story.authorize(.order("A", 1))
      await story.next(days: -1)
      #expect(try await story.claim().isLast)
      await story.next()
      #expect(try await story.claim().attempts.count == 1)
      #expect(try await story.claim().isLast)
      try await story.charged("A")
      #expect(try await story.claim().isLast)
    }
  }

  @Test func anotherMerchantsPaymentsAreLeftAlone() async throws {
    try await Story.tell { story in
      try await story.authorize(.order("A", 1))
      try await story.store.execute("UPDATE payments SET merchant = 'shop'")
      #expect(try await story.claim().isLast)
      try await story.store.execute("UPDATE payments SET merchant = 'default', processor = 'other'")
      #expect(try await story.claim().isLast)
    }
  }

  @Test func aPaymentThatWasTriedIsConfirmedAgainAndAHoldIsCaptured() async throws {
    try await Story.tell { story in
      try await story.authorize(.order("A", 1), .order("B", 1, hold: "pi_b"), .order("C", 1))
      try await story.claim()
      try await story.declined("A", made: "pi_A")
      try await story.declined("C")
      try await story.authorize(.order("A", 1, method: "pm_b"), .order("C", 1, method: "pm_b"))
      try await story.claim()
      #expect(
        try await story.store.rows(
          """
          SELECT order_reference, attempt::text, operation, request_body
          FROM charge_attempts JOIN payments USING (payment_id) ORDER BY order_reference, attempt
          """) == [
            "A 1 charge charge 0.01 USD", "A 2 confirm confirm pi_A 0.01 USD", "B 1 capture capture pi_b 0.01 USD",
            "C 1 charge charge 0.01 USD", "C 2 charge charge 0.01 USD",
          ])
    }
  }

  @Test func paymentRequestedIsToldOnceAPayment() async throws {
    let customer = "7c1d5a38-2b0e-4f6a-9d54-0ec38621f7b9"
    try await Story.tell { story in
      try await story.authorize(.order("A", 1_000, customer: customer), .order("B", 500, "JPY", customer: "plain text"))
      try await story.claim()
      let requested = await story.instant
      try await story.declined("A")
      try await story.authorize(.order("A", 1_000, customer: customer, method: "pm_b"))
      await story.next()
      try await story.claim()
      func event(_ order: String, _ fields: String) -> String {
        #"{"amount": \#(fields), "paymentId": "\#(story.payment(order))", "requestedAt": "\#(requested)"}"#
      }
      let told = try await story.store.rows("SELECT type, payload::text FROM outbox ORDER BY payload ->> 'amount'")
      #expect(
        told.map { $0.replacing(#", "customerId": "\#(customer)""#, with: "") } == [
          "PaymentRequested " + event("A", #"1000, "orderId": "\#(OrderID(reference: "A"))", "currency": "USD""#),
          "PaymentRequested " + event("B", #"500, "orderId": "\#(OrderID(reference: "B"))", "currency": "JPY""#),
        ])
      #expect(told.filter { $0.contains(customer) }.count == 1)
      #expect(!told.joined().contains("plain text"))
    }
  }

  @Test func whatCannotBeAskedForFailsWithItsReason() async throws {
    try await Story.tell { story in
      try await story.authorize(.order("A", 1), .order("B", 1))
      let batch = try await story.claim(refusing: ["A", "B"])
      #expect(batch.attempts.isEmpty)
      #expect(batch.unsendable == 2)
      #expect(!batch.isLast)
      #expect(try await story.claim().isLast)
      #expect(try await story.state("A") == "FAILED no payment method was given")
      #expect(try await story.attempts("A") == [])
      #expect(try await story.store.rows("SELECT type FROM outbox") == [])
      // With a payment method it is a first attempt, and announced as one.
      try await story.authorize(.order("A", 1, method: "pm_b"))
      #expect(try await story.claim().attempts.map(\.attempt) == [1])
      #expect(try await story.store.rows("SELECT type FROM outbox") == ["PaymentRequested"])
    }
  }

  @Test func otherErrorsOfTheAdapterClaimNothing() async throws {
    struct Defect: Error {}
    try await Story.tell { story in
      try await story.authorize(.order("A", 1))
      let before = try await story.fingerprint()
      let (context, run) = (await story.context(), story.run)
      await #expect(throws: Defect.self) {
        try await story.write { db in
          _ = try db.claimBatch(of: 9, run: run, context: context, keyLife: .seconds(82_800)) { _ in throw Defect() }
        }
      }
      #expect(try await story.fingerprint() == before)
    }
  }

  @Test func aDryRunSaysWhatAClaimWouldTake() async throws {
    try await Story.tell { story in
      try await story.authorize(
        .order("A", 1_000), .order("B", 500), .order("C", 70, "JPY"),
        .order("D", 1, hold: "pi_d", captureBefore: Self.at("2026-11-20T00:00:00Z")))
      let context = await story.context()
      let due = try await story.read { try $0.chargesDue(context: context) }
      #expect(due.map { "\($0.count) \($0.amount)" } == ["1 70 JPY", "2 15.00 USD"])
      #expect(try await story.claim().attempts.count == 3)
    }
  }

  @Test func theDatabaseItselfRefusesASecondOpenAttempt() async throws {
    try await Story.tell { story in
      try await story.authorize(.order("A", 1))
      try await story.claim()
      try await story.store.execute("UPDATE payments SET charge_due_on = recorded_on")
      await #expect(throws: (any Error).self) { try await story.claim() }
      #expect(try await story.attempts("A") == ["1 open"])
    }
  }
}
