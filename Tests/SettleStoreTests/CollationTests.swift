import Postgres
import SettleModel
import SettleStore
import SettleTesting
import Testing

/// The same files give the same bytes, whatever collation the database was made with.
@Suite struct CollationTests {
  @Test func everyTextIsComparedByItsBytes() async throws {
    let store = try await Store.test()
    #expect(
      try await store.rows(
        """
        SELECT c.relname, a.attname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
        WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND a.attnum > 0
          AND NOT a.attisdropped AND a.attcollation <> 0 AND a.attcollation <> '"C"'::regcollation
        ORDER BY 1, 2
        """) == [], "a migration after 0022 gives each of its text columns COLLATE \"C\"")
    await store.close()
  }

  @Test func reportsDoNotDependOnTheDatabase() async throws {
    let english = Store(try await TestCluster.databaseOrderedAsInEnglish(), connections: 4)
    _ = try await english.migrate()
    #expect(try await english.rows("SELECT ('b' < 'C')::text") == ["true"])
    let bytes = try await Store.test()
    #expect(try await bytes.rows("SELECT ('b' < 'C')::text") == ["false"])
    let expected = try await Self.reports(in: bytes)
    #expect(try await Self.reports(in: english) == expected)
    #expect(expected.contains { $0.hasPrefix("C_po") } && expected.contains { $0.hasPrefix("b-po") })
    #expect(try await english.faults() == [])
    await english.close()
    await bytes.close()
  }

  /// Names that an alphabet and their bytes order differently, in everything that reports are sorted by.
  private static let names = ["b", "C", "a_1", "a-1", "A1", "_z", "\u{e9}", "f", "B10", "B-9"]

  private static func reports(in store: Store) async throws -> [String] {
    var lines: [String] = []
    try await Story.tell(in: store, on: BusinessDate(daysSinceEpoch: 20_777)) { story in
      for (index, name) in names.enumerated() {
        let amount = Int64(100 * (index + 1))
        try await story.authorize(.order(name, amount))
        try await story.report(
          Reported.charge(name, amount + (index % 3 == 0 ? 50 : 0)).payout("\(name)-po")
            .changed { $0.references.order = name },
          Reported.dispute(name, -amount, dp: "dp_\(name)").payout("\(name)_po"),
          Reported.other(.fee, -30, ["USD", "EUR", "JPY"][index % 3], row: "fee_\(name)").payout("\(name)po"),
          file: "\(name).csv")
      }
      try await story.reconcile()
      lines += try await story.payouts()
      lines += try await story.totals()
      lines += try await story.breakRows().map { "\($0.id) \($0.reason) \($0.evidence)" }
      await story.next()
      for name in names {
        try await story.report(
          Reported.charge(name, 1).payout("\(name)po").changed { $0.references.order = name }, file: "\(name)-2.csv")
      }
      try await story.reconcile()
      lines += try await story.payouts()
      lines += try await story.totals()
      lines += try await story.breakRows().map { "\($0.id) \($0.reason) \($0.evidence)" }
    }
    return lines
  }
}
