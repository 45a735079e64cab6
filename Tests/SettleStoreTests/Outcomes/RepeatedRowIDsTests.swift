import Postgres
import SettleModel
import SettleStore
import SettleTesting
import Testing

/// One row id several times in a file: which rows are movements of their own, and which contradict each other.
@Suite struct RepeatedRowIDsTests {
  private static let records: SQL = """
    SELECT kind, gross::text, version::text, coalesce(payout, '-') FROM outcome_records o ORDER BY o.gross, version
    """
  private static let facts: Set<String> = ["input_files", "file_digests", "arrivals", "quarantine"]

  private static func held(_ amount: Int64, payout: String? = nil) -> Reported {
    let row = Reported.other(.reserve, amount, row: "4AB/T2101/USD")
    return payout.map { row.payout($0) } ?? row
  }

  private static func counts(_ read: Int64, accepted: Int64, quarantined: Int64 = 0) -> FileCounts {
    FileCounts(read: read, accepted: accepted, quarantined: quarantined, ignored: read - accepted - quarantined)
  }

  /// The processor names each row: two contents under one name contradict each other, and the first stands.
  @Test func contradictionsUnderARowsOwnIDAreRefused() async throws {
    try await Story.tell { story in
      let rows: [Reported] = [
        .charge("A", 1_000), .charge("A", 1_000).payout("po_1"), .charge("A", 1_000), .charge("A", 2_000),
        .charge("B", 5),
      ]
      #expect(try await story.report(rows) == Self.counts(5, accepted: 2, quarantined: 2))
      #expect(try await story.store.rows(Self.records) == ["charge 5 1 -", "charge 1000 1 -"])
      let refused = try await story.quarantined()
      #expect(refused.map { $0.prefix { $0 != ":" } } == ["3 - conflict", "5 - conflict"])
      // Nor does either replace the other where the file comes again with more rows.
      let before = try await story.fingerprint(but: Self.facts)
      #expect(try await story.report(rows + rows) == Self.counts(10, accepted: 0, quarantined: 4))
      #expect(try await story.report([rows[3], rows[0]]) == Self.counts(2, accepted: 0, quarantined: 1))
      #expect(try await story.fingerprint(but: Self.facts) == before)
      #expect(try await story.store.faults() == [])
    }
  }

  /// What was said before in files of their own contradicts nothing.
  @Test func knownVersionsMayStandInOneFile() async throws {
    try await Story.tell { story in
      try await story.report(.charge("A", 1_000))
      try await story.report(.charge("A", 1_000).payout("po_1"))
      let before = try await story.fingerprint(but: Self.facts)
      let both = try await story.report(.charge("A", 1_000).payout("po_1"), .charge("A", 1_000))
      #expect(both == Self.counts(2, accepted: 0))
      #expect(try await story.fingerprint(but: Self.facts) == before)
    }
  }

  /// Several columns make up the id, and do not tell all rows apart.
  @Test func idsOfSeveralColumnsMayRepeat() async throws {
    try await Story.tell { story in
      let first = try await story.report(Self.held(-500), Self.held(-700), Self.held(-500), idsRepeat: true)
      #expect(first == Self.counts(3, accepted: 3))
      let all = ["reserve -700 1 -", "reserve -500 1 -", "reserve -500 1 -"]
      #expect(try await story.store.rows(Self.records) == all)
      let before = try await story.fingerprint(but: Self.facts)
      // Files that overlap need not have all of them, nor in this order.
      for rows in [
        [Self.held(-700)], [Self.held(-700), Self.held(-500)], [Self.held(-500)],
        [Self.held(-500), Self.held(-500), Self.held(-700)],
      ] {
        #expect(try await story.report(rows, idsRepeat: true) == Self.counts(Int64(rows.count), accepted: 0))
      }
      #expect(try await story.fingerprint(but: Self.facts) == before)
      let more = try await story.report(
        Self.held(-500), Self.held(-900), Self.held(-500), Self.held(-700), idsRepeat: true)
      #expect(more == Self.counts(4, accepted: 1))
      #expect(try await story.store.rows(Self.records) == ["reserve -900 1 -"] + all)
      #expect(try await story.store.faults() == [])
    }
  }

  /// A payout that is filled in later finds its own record by the money, wherever the row stands.
  @Test func newContentFindsTheRecordOfItsMoney() async throws {
    try await Story.tell { story in
      try await story.report(Self.held(-500), Self.held(-700), idsRepeat: true)
      let filled = try await story.report(Self.held(-700, payout: "po_1"), idsRepeat: true)
      #expect(filled == Self.counts(1, accepted: 1))
      #expect(try await story.store.rows(Self.records) == ["reserve -700 2 po_1", "reserve -500 1 -"])
      let before = try await story.fingerprint(but: Self.facts)
      let late = try await story.report(Self.held(-700), Self.held(-500), idsRepeat: true)
      #expect(late == Self.counts(2, accepted: 0))
      #expect(try await story.fingerprint(but: Self.facts) == before)
    }
  }

  /// One id, one row, new content: the next version, as ever.
  @Test func aSingleRowGoesOnUnderItsID() async throws {
    try await Story.tell { story in
      try await story.report(Self.held(-500), idsRepeat: true)
      #expect(try await story.report(Self.held(-700), idsRepeat: true) == Self.counts(1, accepted: 1))
      #expect(try await story.store.rows(Self.records) == ["reserve -700 2 -"])
    }
  }

  /// A charge that names its processor's id can happen once only; a refund that says the same twice was made twice.
  @Test func aRepeatedChargeIsTheSameEvent() async throws {
    try await Story.tell { story in
      let charge = Reported.charge("A", 1_000)
      let refund = Reported.refund("A", -100, re: "x").changed { $0.references.processorRefund = nil }
      let counts = try await story.report(charge, refund, charge, refund, idsRepeat: true)
      #expect(counts == Self.counts(4, accepted: 3))
      #expect(try await story.report(charge, refund, charge, refund, idsRepeat: true) == Self.counts(4, accepted: 0))
      #expect(
        try await story.store.rows(Self.records) == ["refund -100 1 -", "refund -100 1 -", "charge 1000 1 -"])
    }
  }
}
