import SettleModel
import SettleStore
import SettleTesting
import Testing

/// An order is known by authorizations of its own or without: never both, since that would be two payments.
@Suite struct MixedIdentityTests {
  @Test func theFirstFormInAFileCounts() async throws {
    try await Story.tell { story in
      let counts = try await story.authorize(
        .order("A", 1), .order("A", 1, id: "x"), .order("A", 1), .order("B", 1, id: "y"), .order("B", 1),
        .order("B", 1, id: "z"), .order("C", 1), .order("D", 1, id: "w"))
      #expect(counts == FileCounts(read: 8, accepted: 5, quarantined: 2, ignored: 1))
      #expect(try await story.quarantined().map { $0.prefix(1) } == ["3", "6"])
    }
  }

  /// The store's form decides, whatever comes first in the file.
  @Test func whatTheStoreKnowsCountsBeforeTheFile() async throws {
    try await Story.tell { story in
      try await story.authorize(.order("A", 1), .order("B", 1, id: "x"))
      let counts = try await story.authorize(
        .order("A", 1, id: "y"), .order("A", 1), .order("B", 1), .order("B", 1, id: "z"))
      #expect(counts == FileCounts(read: 4, accepted: 1, quarantined: 2, ignored: 1))
      #expect(
        try await story.quarantined() == IdentityTableTests.expected(.named, line: 2)
          + IdentityTableTests.expected(.unnamed, line: 4))
    }
  }

  /// The same words as an order and as an authorization are two things.
  @Test func anAuthorizationMayBeNamedAsAnotherOrder() async throws {
    try await Story.tell { story in
      let counts = try await story.authorize(.order("A", 1), .order("B", 1, id: "A"))
      #expect(counts.accepted == 2)
    }
  }
}
