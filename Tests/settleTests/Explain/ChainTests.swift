import Foundation
import Postgres
import SettleModel
import SettleStore
import SettleTesting
import Testing

@testable import settle

/// A payment's whole way through orders, processor and bank, each step with the file and line that says so.
@Suite struct ChainTests {
  private typealias World = SettleTesting.Story

  private static func stories(_ id: String, _ world: World) async throws -> [settle.Story] {
    settle.Story.all(try await world.read { try $0.withRestatements($0.explanations(of: id)) })
  }

  /// `kind source` of each entry but the messages.
  private static func steps(_ story: settle.Story) -> [String] {
    story.entries.filter { $0.kind != "event" }.map { "\($0.kind) \($0.source ?? "-")" }
  }

  /// A is declined, gets another card, is taken twice and refunded; its payout comes 0.10 short, which finance accepts.
  private static func threeWays(_ body: (World) async throws -> Void) async throws {
    try await World.tell { world in
      try await world.authorize(.order("A", 2_000), .order("B", 1_000), file: "authorizations/a.csv")
      try await world.claim()
      try await world.declined("A", code: "insufficient_funds", made: "pi_A")
      try await world.charged("B")
      await world.next()
      try await world.authorize(.order("A", 2_000, method: "pm_other"), file: "authorizations/b.csv")
      try await world.claim()
      try await world.charged("A", attempt: 2)
      try await world.report(
        .charge("A", 2_000).by("visa").fee(60).payout("po_week1"), .charge("B", 1_000).fee(30).payout("po_week1"),
        .charge("A", 2_000).naming(
          .init(payment: world.payment("A"), processorPayment: "pi_D", processorCharge: "ch_D")
        ).row("txn_D").fee(60).payout("po_week1"),
        Reported.other(.payout, -4_850, row: "txn_po").payout("po_week1"), file: "outcomes/s.csv")
      try await world.book(
        .line(4_840, on: "2026-11-21", text: "STRIPE po_week1", reference: "BANK-1"), file: "bank/b.csv")
      try await world.reconcile()
      try await world.journal(.done, of: "reconcile")
      try await world.refund(.duplicateCharge, captured: 2_000)
      try await accept(.payoutMismatch, world)
      try await body(world)
    }
  }

  private static func accept(_ reason: BreakReason, _ world: World) async throws {
    let row = try #require(try await world.breakRows().first { $0.reason == reason })
    let source = DecisionSource(
      by: "alice", login: "finance", fileName: "breaks.csv", sha256: World.digest(of: "breaks.csv"))
    let context = await world.context()
    try await world.write { db in
      let matter = try #require(try db.decidableBreaks([row.id], processor: "stripe")[row.id])
      try db.decide(
        .accept, note: "a correspondent bank's charges", about: matter, line: 7, refund: nil, by: source,
        context: context)
    }
  }

  @Test func aPaymentIsToldFromItsOrderToTheBankAndBack() async throws {
    try await Self.threeWays { world in
      await world.next()
      try await world.report(.refund("A", -2_000, re: "re_1").under("D"), file: "outcomes/t.csv")
      try await world.reconcile()
      let story = try #require(try await Self.stories("A", world).first)
      #expect(
        Self.steps(story) == [
          "authorized authorizations/a.csv:2", "attempt -", "answer -", "method authorizations/b.csv:2", "attempt -",
          "answer -", "reported outcomes/s.csv:2", "reported outcomes/s.csv:4", "matched outcomes/s.csv:2",
          "payout outcomes/s.csv:5", "bank line bank/b.csv:2", "in the bank -", "break outcomes/s.csv:4",
          "break outcomes/s.csv:5, bank/b.csv:2", "refund -", "refund -", "resolved -", "decision breaks.csv:7",
          "resolved -", "reported outcomes/t.csv:2", "matched outcomes/t.csv:2",
        ])
      let text = story.text(Style(isOn: false))
      for words in [
        "method       pm_other named instead for 2026-11-21  [authorizations/b.csv:2]",
        "attempt 2 for 2026-11-21: confirm of pm_other asked for",
        "charge of 20.00 USD, fee 0.60 USD, net 19.40 USD at 2026-11-20T12:00:00Z: visa, ch_A, payout po_week1,",
        "matched      charge of 20.00 USD by processor id  [outcomes/s.csv:2]",
        "payout       po_week1: 48.50 USD paid out on 2026-11-20, 3 lines of net 48.50 USD  [outcomes/s.csv:5]",
        "bank line    48.40 USD booked on 2026-11-21, account ACCOUNT: BANK-1, STRIPE po_week1  [bank/b.csv:2]",
        "in the bank  po_week1 by reference, -0.10 USD against what was paid",
        "payout_mismatch (po_week1): Payout does not add up, expected 48.50 USD, reported 48.40 USD, break ",
        "decision     accept, by alice, for 2026-11-21: payout_mismatch, break ",
        "; note: a correspondent bank's charges  [breaks.csv:7]",
      ] { #expect(text.contains(words), "\(words)\n\(text)") }
    }
  }

  /// Whatever names a part of the chain leads to it.
  @Test func thePayoutIsToldFromItsLinesToTheBank() async throws {
    try await Self.threeWays { world in
      let mismatch = try #require(try await world.breakRows().first { $0.reason == .payoutMismatch }).id
      let side = ["payout outcomes/s.csv:5", "bank line bank/b.csv:2", "in the bank -"]
      let rest = ["break outcomes/s.csv:5, bank/b.csv:2", "decision breaks.csv:7", "resolved -"]
      for id in ["po_week1", "\(mismatch)"] {
        let story = try #require(try await Self.stories(id, world).first)
        #expect(Self.steps(story) == ["lines outcomes/s.csv:2"] + side + rest, "\(id)")
        let text = story.text(Style(isOn: false))
        #expect(
          text.hasPrefix(
            "payout po_week1\n  48.50 USD  in the bank\n  stripe, 3 lines: gross 50.00 USD, fees 1.50 USD, net 48.50 USD\n"
          ), "\(text)")
        #expect(
          text.contains(
            "po_week1: 3 lines of charge, gross 50.00 USD, fees 1.50 USD, net 48.50 USD  [outcomes/s.csv:2]"))
      }
      let line = try #require(try await Self.stories("BANK-1", world).first)
      #expect(Self.steps(line) == side + rest)
    }
  }

  /// An order that a file proves paid is told before what the file says of the past.
  @Test func whatHappenedBeforeItWasKnownStandsWhereItBecameKnown() async throws {
    try await World.tell { world in
      try await world.authorize(.order("A", 1_000), file: "a.csv")
      try await world.report(.charge("A", 1_000).naming(.init(payment: world.payment("A"))), file: "s.csv")
      try await world.reconcile()
      let story = try #require(try await Self.stories("A", world).first)
      #expect(
        story.entries.map(\.kind) == ["authorized", "event", "reported", "matched", "event"],
        "\(story.text(Style(isOn: false)))")
      #expect(
        story.text(Style(isOn: false)).contains(
          "event       PaymentSucceeded of 2026-11-20T12:00:00Z, not published yet"))
    }
  }

  /// A line that may be several payouts shows them.
  @Test func theCandidatesOfAnAmbiguousLineAreTold() async throws {
    try await World.tell { world in
      try await world.report(
        Reported.other(.payout, -500, row: "txn_1").payout("po_first1"),
        Reported.other(.payout, -500, row: "txn_2").payout("po_second2"),
        Reported.other(.payout, -900, row: "txn_3").payout("po_third3"), file: "s.csv")
      try await world.book(.line(500, reference: "BANK-1"), file: "b.csv")
      try await world.reconcile()
      let story = try #require(try await Self.stories("BANK-1", world).first)
      #expect(story.subject == .bankLine)
      #expect(
        Self.steps(story).sorted() == ["bank line b.csv:2", "break b.csv:2", "payout s.csv:2", "payout s.csv:3"])
    }
  }

  @Test func aStatementAndAMissingFileHaveTheirOwnSides() async throws {
    try await World.tell { world in
      try await world.book(
        .line(100), statement: .of("2026-11-19", number: 1, opening: 0, closing: 100), file: "bank/1.csv")
      try await world.book(statement: .of("2026-11-20", number: 3, opening: 150, closing: 150), file: "bank/3.csv")
      try await world.authorize(.order("A", 1_000), file: "a.csv")
      try await world.charge("A")
      try await world.reconcile(files: [ExpectedFiles(processor: "stripe", calendar: BankingCalendar(.none))])
      let breaks = try await world.breakRows()
      let gap = try #require(breaks.first { $0.reason == .statementGap })
      let statement = try #require(try await Self.stories("\(gap.id)", world).first)
      #expect(statement.subject == .statement)
      #expect(
        Self.steps(statement).filter { $0.hasPrefix("statement") } == [
          "statement bank/1.csv:0", "statement bank/3.csv:0",
        ])
      #expect(Self.steps(statement).contains("break bank/3.csv:0"))
      let file = try #require(breaks.first { $0.reason == .fileMissing })
      let missing = try #require(try await Self.stories("\(file.id)", world).first)
      #expect(missing.subject == .missingFile)
      #expect(
        missing.text(Style(isOn: false)).contains(
          "file_missing (no file of stripe came on 2026-11-20, so 1 payment of 2026-11-20 cannot be told: 10.00 USD)"))
      // The payment that waits for it says so.
      #expect(
        try #require(try await Self.stories("A", world).first).text(Style(isOn: false)).contains("file_missing ("))
    }
  }

  @Test func whatAReportRestatedIsToldAsItWasPublished() async throws {
    try await World.tell { world in
      try await world.authorize(.order("A", 1_000), file: "a.csv")
      let (payment, at) = (world.payment("A"), await world.context().now)
      let rows = """
        report_date,file,key,order_reference,column,from,to,currency,evidence,last_report_date\r
        2026-11-20,totals.csv,\(payment),A,bucket,awaited,matched,USD,"outcomes/late, and last.csv:3",2026-11-21\r
        2026-11-20,totals.csv,\(world.payment("B")),B,bucket,awaited,matched,USD,other.csv:4,2026-11-20\r

        """
      let date = try #require(BusinessDate("2026-11-22"))
      try await world.write { db in
        var left: [UInt8]? = Array(rows.utf8)
        _ = try db.keepEdition(of: "restatements.csv", on: date, sha256: World.digest(of: rows), at: at) {
          defer { left = nil }
          return left
        }
      }
      let story = try #require(try await Self.stories("A", world).first)
      #expect(
        story.text(Style(isOn: false)).contains(
          "2026-11-22            restated    totals.csv of 2026-11-20 to 2026-11-21: bucket from awaited to matched"
            + "  [outcomes/late, and last.csv:3]\n"))
      #expect(Self.steps(story) == ["authorized a.csv:2", "restated outcomes/late, and last.csv:3"])
    }
  }

  @Test func anIdThatNamesSeveralThingsListsThem() async throws {
    try await World.tell { world in
      try await world.authorize(.order("A", 1_000, id: "first"), .order("A", 700, id: "second"))
      let stories = try await Self.stories("A", world)
      let lines = settle.Story.list("A", stories).split(separator: "\n").map(String.init)
      #expect(lines[0] == "\"A\" names 2 things:")
      #expect(
        Set(lines.dropFirst())
          == Set(
            [("first", "10.00"), ("second", "7.00")].map { id, amount in
              "  payment \(PaymentID(merchant: "default", authorizationID: id, orderReference: "A")): \(amount) USD"
                + " REQUESTED, order A"
            }))
    }
  }

  @Test func aPartOfAnIdLeadsToWholeOnes() async throws {
    try await Self.threeWays { world in
      let payment = "\(world.payment("A"))"
      for (part, whole) in [("WEEK", ["po_week1"]), ("wee", []), ("bank-", []), (String(payment.prefix(8)), [payment])]
      {
        let found = try await world.read { try $0.idsHolding(part) }
        #expect(found == whole, "\(part)")
      }
    }
    #expect(
      ExplainCommand.unknown("week", near: ["po_week1"]).hasSuffix(
        "\"week\"; it is a part of po_week1: give one of these whole"))
  }

  /// The members of an entry are those of its kind, whatever is known.
  @Test func theSchemaOfTheJSONIsFixed() async throws {
    var found: [String: Set<[String]>] = [:]
    try await Self.threeWays { world in
      for id in ["A", "B", "po_week1"] {
        let json = settle.Story.json(id, try await Self.stories(id, world)).compact
        let object = try JSONSerialization.jsonObject(with: Data(json.utf8)) as? [String: Any]
        for story in object?["found"] as? [[String: Any]] ?? [] {
          #expect(story.keys.sorted() == ["chain", "id", "payment", "subject", "trail"])
          for entry in story["chain"] as? [[String: Any]] ?? [] {
            found[entry["kind"] as? String ?? "", default: []].insert(entry.keys.sorted())
          }
        }
      }
    }
    let head = ["at", "kind", "source"]
    #expect(found == Self.schema.mapValues { [($0.split(separator: " ").map(String.init) + head).sorted()] })
  }

  private static let schema = [
    "authorized": "amount business_date currency",
    "method": "business_date hold payment_method",
    "attempt": "attempt business_date idempotency_key instrument operation state unknown_why",
    "answer": "attempt business_date code idempotency_key instrument operation processor_payment reason state",
    "reported": "amount business_date currency exchange_rate fee linked_by method net occurred_at outcome outcome_id"
      + " payout_id processor_reference reason replaced_on settled settlement_currency",
    "matched": "amount business_date currency item outcome_id rule tolerated",
    "lines": "currency fees gross lines net outcome payout_id",
    "payout": "fees gross lines net net_currency paid payout_id processor remainder sent_on",
    "bank line": "account amount booked_on currency end_to_end line_id reference statement text",
    "in the bank":
      "booked booked_currency business_date difference paid paid_currency payout_id rule with",
    "break": "about break_id business_date corrected_by evidence expected_amount expected_currency held_back reason"
      + " refused_places refused_rows reported_amount reported_currency rule status",
    "resolved": "about break_id business_date expected_amount expected_currency held_back reason reported_amount"
      + " reported_currency resolution rule",
    "decision":
      "amount approves break_id business_date by currency decision login needs_approval note number same_login",
    "refund": "amount currency processor_charge processor_reference processor_state reason refund_id rule state",
    "event": "occurred_at sequence type",
  ]
}
