import Postgres
import SettleModel
import SettleStore
import SettleTesting
import Testing

@Suite struct ChargePairingTests {
  private func charged(_ body: (Story) async throws -> Void) async throws {
    try await Story.tell { story in
      try await story.authorize(.order("A", 1_000))
      try await story.charge("A")
      try await body(story)
    }
  }

  /// A partial capture is two rows, in whatever order and files they come.
  @Test(arguments: [[0, 1, 2], [2, 1, 0], [1, 0, 2]])
  func partialCapturesAreSummed(order: [Int]) async throws {
    let rows: [Reported] = [
      .charge("A", 1_500).fee(50), .captureReversal("A", -300).fee(-10),
      Reported.captureReversal("A", -200).row("txn_A_2"),
    ]
    try await charged { story in
      for index in order {
        #expect(try await story.matches() == [])
        try await story.report(rows[index])
        try await story.reconcile()
      }
      #expect(try await story.matches() == ["charge A 10.00 USD processor_id"])
      #expect(
        try await story.totals() == [
          "expected all 1 10.00 USD", "expected matched 1 10.00 USD", "reported all 3 10.00 USD",
          "reported matched 3 10.00 USD",
        ])
    }
  }

  /// The rows of one broken charge stand together, on its date and on every later one.
  @Test func theRowsOfABrokenChargeStayTogether() async throws {
    try await charged { story in
      try await story.report(.charge("A", 1_500), .captureReversal("A", -300))
      for _ in 0..<3 {
        try await story.reconcile()
        #expect(
          try await story.totals() == [
            "expected all 1 10.00 USD", "expected amount_mismatch 1 10.00 USD", "reported all 2 12.00 USD",
            "reported amount_mismatch 2 12.00 USD",
          ])
        await story.next()
      }
    }
  }

  /// The payment's own charge counts, though a duplicate was earlier, was reported before it, or is of another amount.
  @Test(arguments: [[0, 1], [1, 0]], [1_000, 700] as [Int64])
  func theOwnChargeCounts(order: [Int], duplicate: Int64) async throws {
    try await charged { story in
      let rows: [Reported] = [
        .charge("A", 1_000),
        .charge("A", duplicate).under("B").at(Timestamp(seconds: 1_600_000_000)).changed {
          $0.references.payment = story.payment("A")
        },
      ]
      for index in order {
        try await story.report(rows[index])
        try await story.reconcile(waiting: 9)
      }
      #expect(try await story.matches() == ["charge A 10.00 USD processor_id"])
      #expect(try await story.breaks() == ["duplicate_charge A open -/\(Money(duplicate, "USD"))"])
    }
  }

  /// Another system charged for the same order, earlier: ours is ours, and theirs is for a person.
  @Test func whatIsProvenCountsBeforeWhatAnOrderSuggests() async throws {
    try await Story.tell { story in
      try await story.authorize(.order("A", 1_000))
      try await story.claim()
      try await story.unknown("A")
      try await story.report(
        .charge("A", 1_000).under("B").at(Timestamp(seconds: 1_600_000_000)).naming(
          .init(order: "A", processorPayment: "pi_B", processorCharge: "ch_B")))
      try await story.reconcile()
      try await story.report(.charge("A", 1_000).changed { $0.references.payment = story.payment("A") })
      try await story.reconcile()
      #expect(try await story.matches() == ["charge A 10.00 USD processor_id"])
      let open = try await story.read { db in
        try db.breaks(reason: nil, open: true, limit: nil).map {
          "\($0.reason.rawValue) \($0.rule ?? "-") \($0.processorReference ?? "-")"
        }
      }
      #expect(open == ["duplicate_charge order_reference ch_B"])
    }
  }

  /// A match that was made with another charge, because it came first, moves to the own one.
  @Test func aMatchMovesToTheOwnCharge() async throws {
    try await Story.tell { story in
      try await story.authorize(.order("A", 1_000))
      try await story.claim()
      try await story.report(
        .charge("A", 1_000).under("B").naming(.init(order: "A", processorCharge: "ch_B")))
      try await story.charged("A")
      try await story.reconcile(waiting: 9)
      #expect(try await story.matches() == ["charge A 10.00 USD order_reference"])
      await story.next()
      try await story.report(.charge("A", 1_000))
      try await story.reconcile(waiting: 9)
      #expect(
        try await story.store.rows("SELECT row_id FROM matches JOIN outcome_records USING (outcome_id)") == ["txn_A"])
      #expect(try await story.breaks() == ["duplicate_charge A open -/10.00 USD"])
    }
  }

  @Test func severalDuplicatesAreSeveralBreaks() async throws {
    try await charged { story in
      let duplicate = Reported.charge("A", 1_000).changed { $0.references.payment = story.payment("A") }
      try await story.report(.charge("A", 1_000), duplicate.under("B"), duplicate.under("C"))
      try await story.reconcile()
      let rows = try await story.breakRows()
      #expect(rows.map(\.reason) == [.duplicateCharge, .duplicateCharge])
      #expect(Set(rows.map(\.id)).count == 2)
      #expect(
        try await story.totals() == [
          "expected all 1 10.00 USD", "expected matched 1 10.00 USD", "reported all 3 30.00 USD",
          "reported duplicate_charge 2 20.00 USD", "reported matched 1 10.00 USD",
        ])
    }
  }

  @Test func aDuplicateWithoutTheOwnChargeLeavesThatMissing() async throws {
    try await charged { story in
      try await story.report(.charge("A", 1_000).under("B").changed { $0.references.payment = story.payment("A") })
      try await story.reconcile()
      #expect(
        try await story.breaks() == [
          "duplicate_charge A open -/10.00 USD", "missing_at_processor A open 10.00 USD/-",
        ])
    }
  }

  /// The same charge in settle's own format and in the processor's is one charge, told twice.
  @Test(arguments: [false, true])
  func oneChargeInTwoFormatsIsNotTwoCharges(eventLast: Bool) async throws {
    try await charged { story in
      let event = Reported.charge("A", 1_000).row(nil).naming(
        .init(payment: story.payment("A"), processorPayment: "pi_A"))
      for row in eventLast ? [.charge("A", 1_000), event] : [event, .charge("A", 1_000)] {
        try await story.report(row)
        try await story.reconcile()
        #expect(try await story.breaks() == [])
        #expect(try await story.matches() == ["charge A 10.00 USD processor_id"])
        _ = try await story.totals()
      }
      let before = try await story.fingerprint()
      try await story.reconcile()
      #expect(try await story.fingerprint() == before)
    }
  }

  @Test func presentmentIsComparedAndNotSettlement() async throws {
    try await charged { story in
      try await story.report(.charge("A", 930, "EUR").fee(30).changed { $0.presentment = Money(1_000, "USD") })
      try await story.reconcile()
      #expect(try await story.matches() == ["charge A 10.00 USD processor_id"])
      let date = await story.date
      let kept = try await story.read { db in
        var rows: [String] = []
        try db.forEachMatched(on: date) { rows.append("\($0.fee) \($0.net)") }
        return rows
      }
      #expect(kept == ["0.30 EUR 9.00 EUR"])
    }
  }

  /// Two currencies under one charge are no sum.
  @Test func mixedCurrenciesAreAMismatch() async throws {
    try await charged { story in
      try await story.report(.charge("A", 1_000), .captureReversal("A", -100, "EUR"))
      try await story.reconcile()
      let rows = try await story.breakRows()
      #expect(rows.map(\.reason) == [.currencyMismatch])
    }
  }
}
