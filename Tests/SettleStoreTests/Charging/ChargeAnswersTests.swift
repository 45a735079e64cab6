import Postgres
import SettleModel
import SettleStore
import SettleTesting
import Testing

@Suite struct ChargeAnswersTests {
  private func claimed(_ orders: Int = 1, _ body: (Story) async throws -> Void) async throws {
    try await Story.tell { story in
      for order in ["A", "B", "C"].prefix(orders) { try await story.authorize(.order(order, 1_000)) }
      try await story.claim()
      try await body(story)
    }
  }

  @Test func aSuccessIsKeptWithItsProofAndReferences() async throws {
    try await claimed(2) { story in
      try await story.charged("A")
      try await story.charged("B", proof: .lookUp)
      #expect(try await story.state("A") == "SUCCEEDED by answer")
      #expect(try await story.state("B") == "SUCCEEDED by look_up")
      #expect(try await story.attempts("A") == ["1 succeeded"])
      #expect(
        try await story.store.rows(
          "SELECT value, kind FROM payment_references WHERE payment_id = \(story.payment("A")) ORDER BY value")
          == ["ch_A charge", "pi_A payment"])
      #expect(
        try await story.store.rows(
          "SELECT processor_payment, processor_charge FROM payments WHERE payment_id = \(story.payment("A"))")
          == ["pi_A ch_A"])
    }
  }

  @Test func declinesAndRefusalsKeepTheProcessorsWord() async throws {
    try await claimed(2) { story in
      try await story.declined("A", .insufficientFunds, code: "insufficient_funds", made: "pi_A")
      try await story.record([
        AttemptResult(
          payment: story.payment("B"), attempt: 1, outcome: .ended(.refused(code: "parameter_invalid")))
      ])
      #expect(try await story.state("A") == "FAILED insufficient_funds")
      #expect(try await story.attempts("A") == ["1 declined insufficient_funds"])
      #expect(try await story.state("B") == "FAILED parameter_invalid")
      #expect(try await story.attempts("B") == ["1 refused parameter_invalid"])
      #expect(
        try await story.store.rows("SELECT failure_reason, failed_on::text FROM payments ORDER BY order_reference")
          == ["INSUFFICIENT_FUNDS 2026-11-20", "PROCESSING_ERROR 2026-11-20"])
      #expect(try await story.store.rows("SELECT value, kind FROM payment_references") == ["pi_A payment"])
    }
  }

  /// A crash after the commit has the same answers recorded again, perhaps on another day.
  @Test func recordingAnAnswerTwiceChangesNothing() async throws {
    try await claimed(3) { story in
      func tell() async throws {
        try await story.charged("A")
        try await story.declined("B", made: "pi_B")
        try await story.unknown("C")
      }
      try await tell()
      let before = try await story.fingerprint()
      try await tell()
      await story.next()
      try await tell()
      #expect(try await story.fingerprint() == before)
    }
  }

  /// The answer to an old attempt says nothing about a newer one.
  @Test func aLateDeclineOfAnEarlierAttemptChangesNothing() async throws {
    try await claimed { story in
      try await story.declined("A", code: "first", made: "pi_A")
      try await story.authorize(.order("A", 1_000, method: "pm_b"))
      try await story.claim()
      let before = try await story.fingerprint()
      try await story.declined("A", attempt: 1, code: "first again")
      #expect(try await story.fingerprint() == before)
      try await story.charged("A", attempt: 2)
      try await story.declined("A", attempt: 2, code: "never")
      #expect(try await story.state("A") == "SUCCEEDED by answer")
      #expect(try await story.attempts("A") == ["1 declined first", "2 succeeded"])
    }
  }

  @Test func whatIsNotKnownStaysOpen() async throws {
    try await claimed { story in
      try await story.unknown("A")
      #expect(try await story.attempts("A") == ["1 open timeout"])
      #expect(try await story.state("A") == "REQUESTED")
      #expect(try await story.claim().isLast)
      try await story.unknown("A", why: "saved 500", lookUp: true)
      // Once only a look-up helps, a stage that stops does not make a repeat helpful again.
      try await story.unknown("A", why: "the stage stopped")
      #expect(try await story.attempts("A") == ["1 open the stage stopped"])
      let context = await story.context()
      let toLookUp = try await story.read {
        try $0.openAttempts(after: nil, limit: 9, lookUp: true, context: context)
      }
      #expect(toLookUp.map(\.payment) == [story.payment("A")])
      try await story.charged("A", proof: .lookUp)
      #expect(try await story.attempts("A") == ["1 succeeded"])
    }
  }

  /// A payment that the processor still decides about can be found by its id from then on, also by an outcome file.
  @Test func aPendingPaymentsReferenceIsKept() async throws {
    try await claimed { story in
      try await story.unknown("A", why: "processing", lookUp: true, reference: "pi_A")
      let context = await story.context()
      let open = try await story.read { try $0.openAttempts(after: nil, limit: 9, lookUp: nil, context: context) }
      #expect(open.map(\.processorPayment) == ["pi_A"])
      try await story.report(.charge("A", 1_000).naming(.init(processorPayment: "pi_A")))
      #expect(try await story.state("A") == "SUCCEEDED by outcome")
    }
  }

  @Test func openAttemptsComeInPagesOfOnePassage() async throws {
    try await Story.tell { story in
      let orders = (0..<7).map { "O\($0)" }
      for order in orders { try await story.authorize(.order(order, 1)) }
      try await story.claim()
      try await story.unknown("O3", lookUp: true)
      try await story.charged("O5")
      let context = await story.context()
      func page(after: PaymentID?, lookUp: Bool?) async throws -> [PaymentID] {
        try await story.read { db in
          try db.openAttempts(after: after, limit: 2, lookUp: lookUp, context: context).map(\.payment)
        }
      }
      var seen: [PaymentID] = []
      while case let page = try await page(after: seen.last, lookUp: nil), !page.isEmpty { seen += page }
      #expect(seen == orders.filter { $0 != "O5" }.map(story.payment).sorted())
      seen = []
      while case let page = try await page(after: seen.last, lookUp: false), !page.isEmpty { seen += page }
      #expect(seen == orders.filter { $0 != "O5" && $0 != "O3" }.map(story.payment).sorted())
      #expect(try await page(after: nil, lookUp: true) == [story.payment("O3")])
      #expect(try await story.read { try $0.openAttemptCount(context: context) } == 6)
    }
  }

  @Test func aGroupOfAnswersIsRecordedTogether() async throws {
    try await claimed(3) { story in
      let charge = ProcessorCharge(
        processorPayment: "pi_A", processorCharge: nil, state: .succeeded, amount: Money(1_000, "USD"), captured: 1_000,
        refunded: 0, disputed: false, payment: nil, attempt: 1, createdAt: await story.instant)
      try await story.record([])
      try await story.record([
        AttemptResult(payment: story.payment("A"), attempt: 1, outcome: .ended(.succeeded(charge, proof: .answer))),
        AttemptResult(payment: story.payment("B"), attempt: 1, outcome: .ended(.refused(code: "x"))),
        AttemptResult(
          payment: story.payment("C"), attempt: 1, outcome: .open(why: "reset", lookUp: false, processorPayment: nil)),
      ])
      #expect(try await story.state("A") == "SUCCEEDED by answer")
      #expect(try await story.state("B") == "FAILED x")
      #expect(try await story.attempts("C") == ["1 open reset"])
      #expect(try await story.store.rows("SELECT value FROM payment_references") == ["pi_A"])
    }
  }
}
