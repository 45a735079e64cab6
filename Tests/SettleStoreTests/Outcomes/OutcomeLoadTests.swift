import Postgres
import SettleModel
import SettleStore
import SettleTesting
import Testing

@Suite struct OutcomeLoadTests {
  private static func counts(_ read: Int64, accepted: Int64) -> FileCounts {
    FileCounts(read: read, accepted: accepted, quarantined: 0, ignored: read - accepted)
  }

  private static let records: SQL = """
    SELECT coalesce(row_id, 'no id'), kind, gross::text, version::text, coalesce(payout, 'no payout')
    FROM outcome_records ORDER BY row_id, occurred_at, outcome_id
    """

  @Test func aRowIsKeptWithEverythingItSays() async throws {
    try await Story.tell { story in
      try await story.authorize(.order("A", 1_000))
      try await story.charge("A")
      let row = Reported.charge("A", 1_080, "EUR").fee(50).payout("po_1").changed {
        $0.presentment = Money(1_000, "USD")
        $0.references.order = "A"
        $0.availableOn = Timestamp(seconds: 1_800_000_000)
        $0.reason = "why"
        $0.method = "visa"
        $0.exchangeRate = ExchangeRate("1.080")
        $0.batch = "7"
      }
      #expect(try await story.report(row) == Self.counts(1, accepted: 1))
      #expect(
        try await story.store.rows(
          """
          SELECT (o.payment_id = p.payment_id AND k.payment_id = o.payment_id AND o.reported)::text, linked_by, kind,
            gross::text, fee::text, net::text, o.currency, compared_amount::text, compared_currency, payout,
            o.order_reference, o.processor, reason, business_date::text, o.line::text, method, exchange_rate::text,
            batch
          FROM outcome_records o JOIN outcome_keys k USING (outcome_id) CROSS JOIN payments p
          """) == [
            "true processor_id charge 1080 50 1030 EUR 1000 USD po_1 A stripe why 2026-11-20 2 visa 1.08 7"
          ])
    }
  }

  @Test func theSameRowsInAnotherFileAreIgnored() async throws {
    try await Story.tell { story in
      try await story.report(.charge("A", 1_000), .charge("B", 2_000))
      let before = try await story.fingerprint(but: ["input_files", "file_digests", "arrivals"])
      let again = try await story.report(.charge("B", 2_000), .charge("A", 1_000))
      #expect(again == Self.counts(2, accepted: 0))
      #expect(try await story.fingerprint(but: ["input_files", "file_digests", "arrivals"]) == before)
      #expect(try await story.report(.charge("C", 1), .charge("A", 1_000)) == Self.counts(2, accepted: 1))
    }
  }

  /// Rows without an id: two equal partial refunds are legitimate twins, in each file that shows both.
  @Test func twinsAreNotDuplicates() async throws {
    try await Story.tell { (story) async throws in
      let refund = Reported.refund("A", -100, re: "x").row(nil).naming(.init(order: "A"))
      #expect(try await story.report(refund) == Self.counts(1, accepted: 1))
      #expect(try await story.report(refund, refund) == Self.counts(2, accepted: 1))
      #expect(try await story.report(refund, refund) == Self.counts(2, accepted: 0))
      #expect(try await story.report(refund) == Self.counts(1, accepted: 0))
      #expect(try await story.report(refund, refund, refund) == Self.counts(3, accepted: 1))
      #expect(try await story.store.rows("SELECT count(*)::text FROM outcome_records") == ["3"])
    }
  }

  /// What differs in anything but its line is another record.
  @Test func rowsWithoutAnIDDifferByTheirContent() async throws {
    try await Story.tell { (story) async throws in
      let row = Reported.refund("A", -100, re: "x").row(nil)
      let others: [Reported] = [
        row, row.payout("po_1"), row.fee(1), row.at(Timestamp(seconds: 1_700_000_000)),
        row.changed { $0.reason = "r" }, row.changed { $0.references.order = "r" },
        row.changed { $0.presentment = Money(-100, "EUR") }, row.changed { $0.references.refund = nil },
        row.changed { $0.method = "1" }, row.changed { $0.exchangeRate = ExchangeRate("1") },
        row.changed { $0.batch = "1" },
      ]
      #expect(try await story.report(others) == Self.counts(11, accepted: 11))
      #expect(try await story.report(others.reversed()) == Self.counts(11, accepted: 0))
    }
  }

  @Test func theSameContentOfTwoProcessorsIsTwoRecords() async throws {
    try await Story.tell { (story) async throws in
      let fee = Reported.other(.fee, -100, row: "1").row(nil)
      #expect(try await story.report(fee).accepted == 1)
      #expect(try await story.report([fee], of: "adyen").accepted == 1)
      let sameID = Reported.other(.fee, -100, row: "1")
      #expect(try await story.report(sameID).accepted == 1)
      #expect(try await story.report([sameID], of: "adyen").accepted == 1)
      #expect(try await story.report([fee, sameID], of: "adyen").accepted == 0)
    }
  }

  /// A payout's id is filled in when it is paid: the record goes on under its id, and what it said before is kept.
  @Test func newContentUnderAKnownIDIsTheNextVersion() async throws {
    try await Story.tell { story in
      try await story.report(.charge("A", 1_000), .charge("B", 1_000))
      await story.next()
      #expect(
        try await story.report(.charge("A", 1_000).payout("po_1"), .charge("B", 1_000)) == Self.counts(2, accepted: 1))
      #expect(
        try await story.store.rows(Self.records) == ["txn_A charge 1000 2 po_1", "txn_B charge 1000 1 no payout"])
      #expect(
        try await story.store.rows(
          "SELECT version::text, record ->> 'payout', record ->> 'row_id', replaced_on::text FROM outcome_versions")
          == ["1 - txn_A 2026-11-21"])
      // The date on which it was first taken is when its money was reported.
      #expect(
        try await story.store.rows("SELECT DISTINCT business_date::text FROM outcome_records") == ["2026-11-20"])
    }
  }

  /// An export made before the payout and loaded after it says nothing new.
  @Test func whatARecordSaidBeforeIsNotNews() async throws {
    try await Story.tell { story in
      try await story.report(.charge("A", 1_000))
      try await story.report(.charge("A", 1_000).payout("po_1"))
      let before = try await story.fingerprint(but: ["input_files", "file_digests", "arrivals"])
      #expect(try await story.report(.charge("A", 1_000), file: "late.csv") == Self.counts(1, accepted: 0))
      #expect(try await story.fingerprint(but: ["input_files", "file_digests", "arrivals"]) == before)
      try await story.report(.charge("A", 1_000).payout("po_2"))
      #expect(try await story.store.rows(Self.records) == ["txn_A charge 1000 3 po_2"])
    }
  }

  /// The same of a record that has found its payment in between.
  @Test func whatAnOrphanSaidBeforeIsNotNewsEither() async throws {
    try await Story.tell { story in
      let row = Reported.charge("A", 1_000).changed { $0.references.order = "A" }
      try await story.report(row)
      try await story.report(row.payout("po_1"))
      try await story.authorize(.order("A", 1_000))
      try await story.reconcile()
      let before = try await story.fingerprint(but: ["input_files", "file_digests", "arrivals"])
      #expect(try await story.report(row, file: "late.csv").accepted == 0)
      #expect(try await story.fingerprint(but: ["input_files", "file_digests", "arrivals"]) == before)
    }
  }

  @Test func refusedAndIgnoredRowsAreCounted() async throws {
    try await Story.tell { story in
      let context = await story.context()
      let file = FileIdentity(sha256: Story.digest(of: "o"), name: "o.csv", bytes: 1, layout: "stripe")
      let counts = try await story.write { db in
        try db.loadOutcomes(file, processor: "stripe", reported: true, context: context) { take in
          try take(.accepted(Reported.charge("A", 1_000).changed { $0.line = 2 }.record))
          try take(.refused([Quarantined(line: 3, field: "amount", reason: .invalidAmount, detail: "not a number")]))
          try take(.ignored)
          try take(.accepted(Reported.charge("A", 1_000).changed { $0.line = 5 }.record))
        }
      }
      #expect(counts == FileCounts(read: 4, accepted: 1, quarantined: 1, ignored: 2, leftOut: 1))
      #expect(try await story.quarantined() == ["3 amount invalid_amount: not a number"])
    }
  }

  /// Versions bring new words about a state, too: a charge that was reported as failed and did happen.
  @Test func aNewVersionTellsItsState() async throws {
    try await Story.tell { story in
      try await story.authorize(.order("A", 1_000))
      try await story.claim()
      try await story.unknown("A", lookUp: true, reference: "pi_A")
      try await story.report(Reported.failed("A").row("txn_1").at(await story.instant))
      #expect(try await story.state("A") == "FAILED CARD_DECLINED")
      try await story.report(Reported.charge("A", 1_000).row("txn_1"))
      #expect(try await story.state("A") == "SUCCEEDED by outcome")
    }
  }

  /// Where the money of a matched record changes, the pair is made anew.
  @Test func aNewAmountIsMatchedAnew() async throws {
    try await Story.tell { story in
      try await story.authorize(.order("A", 1_000))
      try await story.charge("A")
      try await story.report(.charge("A", 1_000))
      try await story.reconcile()
      #expect(try await story.matches() == ["charge A 10.00 USD processor_id"])
      // A payout's id alone leaves the match and its date alone.
      await story.next()
      try await story.report(.charge("A", 1_000).payout("po_1"))
      try await story.reconcile()
      #expect(try await story.matches() == [])
      #expect(try await story.breaks() == [])
      try await story.report(.charge("A", 900).payout("po_1"))
      try await story.reconcile()
      #expect(try await story.breaks() == ["amount_mismatch A open 10.00 USD/9.00 USD"])
      try await story.report(.charge("A", 1_000).payout("po_2"))
      try await story.reconcile()
      #expect(try await story.breaks() == ["amount_mismatch A resolved 10.00 USD/9.00 USD"])
      #expect(try await story.matches() == ["charge A 10.00 USD processor_id"])
    }
  }
}
