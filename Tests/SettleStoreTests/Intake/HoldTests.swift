import SettleModel
import SettleStore
import SettleTesting
import Testing

/// One hold, one payment.
@Suite struct HoldTests {
  static let inUse = "processor_reference hold_in_use: this hold already belongs to another payment"

  @Test func theFirstRowOfAFileThatNamesAHoldCounts() async throws {
    try await Story.tell { story in
      let counts = try await story.authorize(
        .order("A", 1, hold: "pi_1"), .order("B", 1, hold: "pi_1"), .order("C", 1, hold: "pi_2"),
        .order("A", 1, hold: "pi_1"))
      #expect(counts == FileCounts(read: 4, accepted: 2, quarantined: 1, ignored: 1))
      #expect(try await story.quarantined() == ["3 \(Self.inUse)"])
    }
  }

  @Test func aHoldOfAnotherPaymentIsRefused() async throws {
    try await Story.tell { story in
      try await story.authorize(.order("A", 1, hold: "pi_1"))
      #expect(try await story.authorize(.order("B", 1, hold: "pi_1")).quarantined == 1)
      #expect(try await story.quarantined() == ["2 \(Self.inUse)"])
      #expect(try await story.state("B") == "none")
    }
  }

  /// What charging has made is no hold either.
  @Test func aProcessorPaymentOfAnotherPaymentIsRefused() async throws {
    try await Story.tell { story in
      try await story.authorize(.order("A", 1))
      try await story.charge("A")
      #expect(try await story.authorize(.order("B", 1, hold: "pi_A")).quarantined == 1)
    }
  }

  @Test func aPaymentKeepsTheHoldsThatItHasHad() async throws {
    try await Story.tell { story in
      try await story.authorize(.order("A", 1, hold: "pi_1"))
      try await story.authorize(.order("A", 1, hold: "pi_2"))
      #expect(try await story.authorize(.order("B", 1, hold: "pi_1")).quarantined == 1)
      #expect(try await story.authorize(.order("C", 1, hold: "pi_2")).quarantined == 1)
      // It may go back to its own.
      #expect(try await story.authorize(.order("A", 1, hold: "pi_1")).accepted == 1)
    }
  }

  @Test func aRefusedRowClaimsNoHold() async throws {
    try await Story.tell { story in
      try await story.authorize(.order("A", 1))
      #expect(try await story.authorize(.order("A", 2, hold: "pi_1")).quarantined == 1)
      #expect(try await story.authorize(.order("B", 1, hold: "pi_1")).accepted == 1)
    }
  }
}
