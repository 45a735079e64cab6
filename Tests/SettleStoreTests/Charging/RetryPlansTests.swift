import Postgres
import SettleModel
import SettleStore
import SettleTesting
import Testing

@Suite struct RetryPlansTests {
  static let policy = RetryPolicy(rules: [
    .init(when: .reason(.insufficientFunds), afterDays: [3, 4]), .init(when: .reason(.cardDeclined), afterDays: [1]),
  ])

  /// Order A, whose first attempt was declined for want of money.
  private func declined(_ body: (Story) async throws -> Void) async throws {
    try await Story.tell { story in
      try await story.authorize(.order("A", 1_000))
      try await story.claim()
      try await Self.decline(story)
      try await body(story)
    }
  }

  private static func decline(_ story: Story, attempt: Int = 1, made: String? = "pi_A") async throws {
    try await story.declined(
      "A", attempt: attempt, .insufficientFunds, code: "insufficient_funds", made: made, retry: policy)
  }

  private func events(_ story: Story) async throws -> [String] {
    try await story.read { db in
      _ = try db.numberEvents()
      var types: [String] = []
      try db.forEachEvent(after: 0) { types.append($0.type.rawValue) }
      return types
    }
  }

  @Test func aPaymentFailsOnlyWhenNoRetryRemains() async throws {
    try await declined { story in
      #expect(try await story.state("A") == "REQUESTED, due 2026-11-23")
      #expect(try await story.attempts("A") == ["1 declined insufficient_funds"])
      #expect(try await events(story) == ["AuthorizePayment", "PaymentRequested"])
      for day in ["2026-11-21", "2026-11-22"] {
        await story.next()
        #expect(try await story.claim().isLast, "\(day)")
      }
      await story.next()
      var claimed = try await story.claim()
      #expect(claimed.attempts.map(\.request.body) == ["confirm pi_A 10.00 USD"])
      #expect(claimed.attempts.map(\.request.idempotencyKey) == ["\(story.payment("A"))-2"])
      try await Self.decline(story, attempt: 2)
      #expect(try await story.state("A") == "REQUESTED, due 2026-11-27")
      await story.next(days: 4)
      claimed = try await story.claim()
      #expect(claimed.attempts.map(\.attempt) == [3])
      try await Self.decline(story, attempt: 3)
      #expect(try await story.state("A") == "FAILED insufficient_funds")
      #expect(try await events(story) == ["AuthorizePayment", "PaymentRequested", "PaymentFailed"])
      #expect(try await story.reserveCancellations().map(\.processorPayment) == ["pi_A"])
    }
  }

  @Test func aPlannedRetryIsAnOpenItemOfEachDate() async throws {
    try await declined { story in
      for _ in 0..<3 {
        #expect(try await story.totals() == ["expected all 1 10.00 USD", "expected retrying 1 10.00 USD"])
        await story.next()
      }
      #expect(try await story.totals() == ["expected all 1 10.00 USD", "expected retrying 1 10.00 USD"])
      try await story.claim()
      #expect(try await story.totals() == ["expected all 1 10.00 USD", "expected unknown 1 10.00 USD"])
      try await story.charged("A", attempt: 2)
      #expect(try await story.totals() == ["expected all 1 10.00 USD", "expected awaited 1 10.00 USD"])
      // The dates before, shown again, are as they were.
      await story.next(days: -1)
      #expect(try await story.totals() == ["expected all 1 10.00 USD", "expected retrying 1 10.00 USD"])
      await story.next(days: -2)
      #expect(try await story.totals() == ["expected all 1 10.00 USD", "expected retrying 1 10.00 USD"])
    }
  }

  private func retries(_ story: Story) async throws -> [String] {
    let date = await story.date
    return try await story.read { db in
      var rows: [String] = []
      try db.forEachRetry(on: date) { row in
        rows.append(
          "\(row.orderReference) \(row.amount) \(row.reason?.rawValue ?? "-") after \(row.attempts),"
            + " last on \(row.lastAttemptOn), next on \(row.retryOn?.description ?? "-")")
      }
      return rows
    }
  }

  @Test func theListOfRetriesTellsWhatWasPlannedWhenItsDateEnded() async throws {
    try await declined { story in
      let planned = ["A 10.00 USD INSUFFICIENT_FUNDS after 1, last on 2026-11-20, next on 2026-11-23"]
      #expect(try await retries(story) == planned)
      await story.next()
      #expect(try await retries(story) == planned)
      // Another card does not wait; what the day before had planned stays what it was.
      try await story.authorize(.order("A", 1_000, method: "pm_b"))
      #expect(
        try await retries(story) == [
          "A 10.00 USD INSUFFICIENT_FUNDS after 1, last on 2026-11-20, next on 2026-11-21"
        ])
      await story.next(days: -1)
      #expect(try await retries(story) == planned)
      await story.next()
      try await story.claim()
      #expect(try await retries(story).isEmpty)
      try await story.charged("A", attempt: 2)
      #expect(try await retries(story).isEmpty)
      await story.next(days: -1)
      #expect(try await retries(story) == planned)
      #expect(try await story.totals().contains("expected retrying 1 10.00 USD"))
    }
  }

  @Test func whatFailedForGoodIsNotOnTheListOfRetries() async throws {
    try await declined { story in
      let day = await story.date
      await story.next(days: 3)
      try await story.claim()
      try await Self.decline(story, attempt: 2)
      #expect(
        try await retries(story) == [
          "A 10.00 USD INSUFFICIENT_FUNDS after 2, last on 2026-11-23, next on 2026-11-27"
        ])
      await story.next(days: 4)
      try await story.claim()
      try await Self.decline(story, attempt: 3)
      #expect(try await retries(story).isEmpty)
      await story.next(days: Int(day.days(since: await story.date)))
      #expect(
        try await retries(story) == [
          "A 10.00 USD INSUFFICIENT_FUNDS after 1, last on 2026-11-20, next on 2026-11-23"
        ])
    }
  }

  @Test func whatIsForbiddenOrRefusedIsFinal() async throws {
    try await Story.tell { story in
      for order in ["A", "B"] { try await story.authorize(.order(order, 1_000)) }
      try await story.claim()
      try await story.declined("A", .cardDeclined, code: "lost_card", mayRetry: false, retry: Self.policy)
      try await story.record(
        [AttemptResult(payment: story.payment("B"), attempt: 1, outcome: .ended(.refused(code: "parameter_invalid")))],
        retry: Self.policy)
      #expect(try await story.state("A") == "FAILED lost_card")
      #expect(try await story.state("B") == "FAILED parameter_invalid")
    }
  }

  /// No attempt is open, so another card simply is what the next attempt asks for, and it need not wait.
  @Test func anotherPaymentMethodDoesNotWaitForTheOldOnesRetry() async throws {
    try await declined { story in
      await story.next()
      try await story.authorize(.order("A", 1_000, method: "pm_b"))
      #expect(try await story.state("A") == "REQUESTED, due 2026-11-21")
      #expect(try await story.claim().attempts.map(\.request.body) == ["confirm pi_A 10.00 USD"])
      // It is another card to the networks, so its attempts are counted anew.
      try await story.declined(
        "A", attempt: 2, .insufficientFunds, code: "insufficient_funds", retry: Self.policy)
      #expect(try await story.state("A") == "REQUESTED, due 2026-11-24")
    }
  }

  /// An export that dates the same agreement anew asks no declined card before its time.
  @Test func theSamePaymentMethodWaitsOn() async throws {
    try await declined { story in
      await story.next()
      var again = Authorization.order("A", 1_000)
      again.authorizedAt = await story.instant
      try await story.authorize(again)
      #expect(try await story.state("A") == "REQUESTED, due 2026-11-23")
      #expect(try await story.quarantined() == [])
    }
  }

  /// An outcome file tells of the decline that settle has been answered itself.
  @Test func aFileThatRepeatsTheDeclineEndsNothing() async throws {
    try await declined { story in
      try await story.report(.failed("A", reason: "INSUFFICIENT_FUNDS").at(await story.instant), money: false)
      #expect(try await story.state("A") == "REQUESTED, due 2026-11-23")
      await story.next(days: 3)
      try await story.claim()
      // And of one that settle has not been answered: which code it had is not known, so it is final.
      try await story.report(
        .failed("A", reason: "INSUFFICIENT_FUNDS").row("txn_2").at(await story.instant), money: false)
      #expect(try await story.state("A") == "FAILED INSUFFICIENT_FUNDS")
      #expect(try await story.attempts("A").last == "2 declined INSUFFICIENT_FUNDS")
      // What the import has told is cancelled by the next date's run, so that this one's is a fixpoint.
      #expect(try await story.reserveCancellations().isEmpty)
      await story.next()
      #expect(try await story.reserveCancellations().map(\.processorPayment) == ["pi_A"])
    }
  }

  @Test func recordingItTwiceOrReleasingItChangesNoPlan() async throws {
    try await declined { story in
      let before = try await story.fingerprint()
      try await Self.decline(story)
      #expect(try await story.fingerprint() == before)
      await story.next(days: 3)
      let claimed = try await story.claim()
      let context = await story.context()
      try await story.write { db in try db.release(claimed.attempts, context: context) }
      #expect(try await story.state("A") == "REQUESTED, due 2026-11-23")
      #expect(try await story.totals() == ["expected all 1 10.00 USD", "expected retrying 1 10.00 USD"])
      // What was never sent is no attempt to the networks.
      try await story.claim()
      try await Self.decline(story, attempt: 3)
      #expect(try await story.state("A") == "REQUESTED, due 2026-11-27")
    }
  }

  /// A failed payment's new card may be declined in a way that is tried again; the payment stays failed meanwhile.
  @Test func aFailedPaymentsRetryIsNoNewFailure() async throws {
    try await declined { story in
      await story.next()
      try await story.authorize(.order("A", 1_000, method: "pm_b"))
      try await story.claim()
      try await story.declined("A", attempt: 2, code: "lost_card", mayRetry: false, retry: Self.policy)
      await story.next()
      try await story.authorize(.order("A", 1_000, method: "pm_c"))
      try await story.claim()
      try await story.declined("A", attempt: 3, code: "do_not_honor", retry: Self.policy)
      #expect(try await story.state("A") == "FAILED lost_card, due 2026-11-23")
      #expect(try await story.totals() == ["expected all 1 10.00 USD", "expected retrying 1 10.00 USD"])
      #expect(try await story.reserveCancellations().isEmpty)
      await story.next()
      try await story.claim()
      try await story.declined("A", attempt: 4, code: "do_not_honor", retry: Self.policy)
      #expect(try await story.state("A") == "FAILED do_not_honor")
      #expect(try await events(story).filter { $0 == "PaymentFailed" }.count == 1)
    }
  }

  @Test func whatIsDueOrPlannedCanBeCounted() async throws {
    try await declined { story in
      var context = await story.context()
      func counts(_ context: LoadContext) async throws -> [String] {
        try await story.read { db in
          let planned = try db.retriesPlanned(context: context)
          return try db.retriesDue(context: context).map { "\($0.reason.rawValue) \($0.count) \($0.amount)" }
            + ["\(planned.count) \(planned.next?.description ?? "-")"]
        }
      }
      #expect(try await counts(context) == ["1 2026-11-23"])
      let backlog = try await story.read { try $0.backlog() }
      #expect(backlog.due.isEmpty)
      #expect(backlog.retries.map { "\($0.payments) \($0.amount) \($0.next)" } == ["1 10.00 USD 2026-11-23"])
      await story.next(days: 3)
      context = await story.context()
      #expect(try await counts(context) == ["INSUFFICIENT_FUNDS 1 10.00 USD", "0 -"])
    }
  }
}
