import Postgres
import SettleModel
import SettleTesting
import Testing

@testable import SettleStore

@Suite struct AuthorizationLoadTests {
  @Test func aNewAuthorizationBecomesAPaymentThatIsDue() async throws {
    try await Story.tell { story in
      let customer = "7c1d5a38-2b0e-4f6a-9d54-0ec38621f7b9"
      try await story.authorize(.order("A", 1_000, customer: customer), file: "a.csv")
      #expect(try await story.state("A") == "REQUESTED, due 2026-11-20")
      #expect(
        try await story.store.rows(
          """
          SELECT p.payment_id::text, merchant, processor, order_reference, order_id::text, customer_reference,
            amount::text, currency, recorded_on::text, f.name || ':' || line
          FROM payments p JOIN input_files f USING (file_id)
          """) == [
            [
              "\(story.payment("A"))", "default stripe A", "\(OrderID(reference: "A"))", customer,
              "1000 USD 2026-11-20 a.csv:2",
            ].joined(separator: " ")
          ])
    }
  }

  /// Refused rows stand where they stood, several refusals of one row count once, and the sum is what was read.
  @Test func everyRowIsAccountedFor() async throws {
    try await Story.tell { story in
      try await story.authorize(.order("KNOWN", 1))
      let context = await story.context()
      let file = FileIdentity(sha256: Story.digest(of: "b"), name: "b.csv", bytes: 9, layout: "settle-authorizations")
      let counts = try await story.write { db in
        try db.loadAuthorizations(file, context: context) { take in
          func order(_ order: String, _ amount: Int64, line: Int) -> Authorization {
            var row = Authorization.order(order, amount)
            row.line = line
            return row
          }
          try take(.accepted(order("A", 1, line: 2)))
          try take(
            .refused([
              Quarantined(line: 3, field: "amount", reason: .zeroAmount, detail: "an amount of 0 asks for nothing"),
              Quarantined(line: 3, reason: .missingValue, detail: "order_id is required"),
            ]))
          try take(.ignored)
          try take(.accepted(order("KNOWN", 1, line: 5)))
          try take(.accepted(order("KNOWN", 2, line: 6)))
          try take(.accepted(order("A", 1, line: 7)))
        }
      }
      #expect(counts == FileCounts(read: 6, accepted: 1, quarantined: 2, ignored: 3, leftOut: 1))
      #expect(
        try await story.quarantined() == [
          "3 amount zero_amount: an amount of 0 asks for nothing", "3 - missing_value: order_id is required",
          "6 amount conflict: known with another amount: one authorization has one set of terms",
        ])
      // Why rows were ignored is told once.
      let kept = FileCounts(read: 6, accepted: 1, quarantined: 2, ignored: 3)
      #expect(try await story.read { try $0.knownFile(file) } == kept)
    }
  }

  @Test func aFileIsKnownByItsBytesAndLayout() async throws {
    try await Story.tell { story in
      let counts = try await story.authorize(.order("A", 1), file: "a.csv")
      func known(_ name: String, layout: String = "settle-authorizations") async throws -> FileCounts? {
        let file = FileIdentity(sha256: Story.digest(of: name), name: "copy.csv", bytes: 5, layout: layout)
        return try await story.read { try $0.knownFile(file) }
      }
      #expect(try await known("a.csv") == counts)
      #expect(try await known("a.csv", layout: "settle-outcomes") == nil)
      #expect(try await known("b.csv") == nil)
      // Even if asked to, the same bytes are not published twice.
      await #expect(throws: (any Error).self) { try await story.authorize(.order("B", 1), file: "a.csv") }
      #expect(try await story.state("B") == "none")
    }
  }

  @Test func anEmptyFileIsKnownToo() async throws {
    try await Story.tell { story in
      let authorizations = try await story.authorize()
      let outcomes = try await story.report([])
      #expect(
        [authorizations, outcomes].allSatisfy { $0 == FileCounts(read: 0, accepted: 0, quarantined: 0, ignored: 0) })
    }
  }

  @Test func overlappingFilesLoadOnlyTheirNewRows() async throws {
    try await Story.tell { story in
      try await story.authorize(.order("A", 1), .order("B", 2))
      let counts = try await story.authorize(.order("B", 2), .order("C", 3), .order("A", 1))
      #expect(counts == FileCounts(read: 3, accepted: 1, quarantined: 0, ignored: 2))
    }
  }

  /// Each later row is compared with what the earlier ones made of the payment.
  @Test func changesWithinOneFileApplyInItsOrder() async throws {
    try await Story.tell { story in
      let counts = try await story.authorize(
        .order("A", 1, method: "pm_a"), .order("A", 1, method: "pm_b"), .order("A", 1, method: "pm_b"),
        .order("A", 9, method: "pm_b"), .order("A", 1, method: "pm_a"), .order("A", 1, method: "pm_c"),
        .order("A", 1, method: "pm_c"), .order("B", 1, method: "pm_z"), .order("B", 1, method: "pm_y"))
      #expect(counts == FileCounts(read: 9, accepted: 6, quarantined: 1, ignored: 2))
      #expect(
        try await story.store.rows("SELECT payment_method FROM payments ORDER BY order_reference") == ["pm_c", "pm_y"])
    }
  }

  @Test func aFailureInTheMiddleLeavesNothing() async throws {
    struct Stop: Error {}
    try await Story.tell { story in
      let before = try await story.fingerprint()
      let context = await story.context()
      let file = FileIdentity(sha256: Story.digest(of: "b"), name: "b.csv", bytes: 9, layout: "settle-authorizations")
      await #expect(throws: Stop.self) {
        try await story.write { db in
          _ = try db.loadAuthorizations(file, context: context) { take in
            try take(.accepted(.order("A", 1)))
            throw Stop()
          }
        }
      }
      #expect(try await story.fingerprint() == before)
    }
  }

  /// A rehearsal loads several files of both kinds in one transaction.
  @Test func severalFilesFitInOneTransaction() async throws {
    try await Story.tell { story in
      let context = await story.context()
      let counts = try await story.write { db in
        try (1...2).map { number in
          let file = FileIdentity(sha256: Story.digest(of: "\(number)"), name: "\(number)", bytes: 1, layout: "a")
          let loaded = try db.loadAuthorizations(file, context: context) { take in
            try take(.accepted(.order("A\(number)", 1, hold: "pi_\(number)")))
            try take(.accepted(.order("A1", 7)))
          }
          let outcomes = FileIdentity(sha256: Story.digest(of: "\(number)"), name: "\(number)", bytes: 1, layout: "o")
          let reported = try db.loadOutcomes(outcomes, processor: "stripe", reported: true, context: context) { take in
            try take(.accepted(Reported.charge("A\(number)", 1).record))
            try take(.accepted(Reported.charge("A1", 1).record))
          }
          return loaded.accepted + reported.accepted
        }
      }
      #expect(counts == [2, 2])
    }
  }

  @Test func merchantsAreApart() async throws {
    try await Story.tell(merchant: "shop") { story in
      try await story.authorize(.order("A", 1))
      let context = LoadContext(
        merchant: "default", processor: "stripe", date: await story.date, now: await story.instant)
      let file = FileIdentity(sha256: Story.digest(of: "b"), name: "b.csv", bytes: 9, layout: "settle-authorizations")
      let counts = try await story.write { db in
        try db.loadAuthorizations(file, context: context) { try $0(.accepted(.order("A", 2, id: "x"))) }
      }
      #expect(counts.accepted == 1)
    }
  }
}
