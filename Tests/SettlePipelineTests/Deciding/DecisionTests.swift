import Postgres
import SettleModel
import SettleStore
import SettleTesting
import Testing

@testable import SettlePipeline

@Suite struct DecisionTests {
  @Test(arguments: [
    ("accept", "accepted"), ("Write-Off", "written_off"),
  ])
  func whatIsAcceptedOrWrittenOffIsResolvedAndStaysSo(_ word: String, _ resolution: String) async throws {
    try await Story.tell { story in
      try await story.overcharged()
      let totals = try await story.totals()
      #expect(try await story.decideAll(word, "as agreed").first?.hasPrefix("2 decided") == true)
      #expect(try await story.store.rows("SELECT resolution FROM breaks") == [resolution])
      #expect(try await story.changesNothing())
      // The day's proof is the same: the item stays in its reason's bucket, resolved or not.
      #expect(try await story.totals() == totals)
      try await story.seal()
      #expect(try await story.store.faults() == [])
      await story.next()
      #expect(try await story.changesNothing())
      #expect(try await story.breaks() == [])
      #expect(try await story.totals() == [])
    }
  }

  @Test func theReportShowsWhatStandsSoThatAFileCanBeEditedAgain() async throws {
    try await Story.tell { story in
      try await story.overcharged()
      let before = try await story.sheet()
      try await story.decideAll("wait", "=ask Bob")
      let after = try await story.sheet()
      #expect(after.contains(",wait:2026-11-27,\"'=ask Bob\","))
      #expect(try await story.decide(after) == ["2 known"])
      // Without decisions the bytes are as they always were.
      #expect(before == after.replacing("wait:2026-11-27,\"'=ask Bob\"", with: ","))
      #expect(try await story.decide(before) == [])
    }
  }

  @Test func theSameFileTwiceChangesNothing() async throws {
    try await Story.tell { story in
      try await story.overcharged()
      try await story.report(.charge("X", 700))
      try await story.reconcile()
      let sheet = try await story.sheet { .says($0.reason == .amountMismatch ? "accept" : "wait") }
      #expect(try await story.decide(sheet) == ["2 decided accept", "3 decided wait:2026-11-27"])
      let stored = try await story.fingerprint()
      #expect(try await story.decide(sheet) == ["2 known", "3 known"])
      #expect(try await story.fingerprint() == stored)
      // Days later, too, when its week is over.
      await story.next(days: 9)
      #expect(try await story.result(of: sheet).rows.map(\.asked?.description) == ["accept", "wait:2026-11-27"])
      #expect(try await story.decide(sheet) == ["2 known", "3 known"])
      #expect(try await story.fingerprint() == stored)
    }
  }

  @Test func rowsThatCannotBeTakenDoNotKeepTheOthersFromIt() async throws {
    try await Story.tell { story in
      for order in ["A", "B", "C", "D"] { try await story.overcharged(order) }
      var lines = try await story.sheet { _ in .says("accept") }.split(separator: "\r\n").map(String.init)
      lines[1].replace("15.00", with: "16.00")
      lines[2] = "1.2E+35" + lines[2].dropFirst(36)
      lines[3].replace("accept", with: "acept")
      let result = try await story.result(of: lines.joined(separator: "\r\n"))
      #expect(result.exitStatus == .exceeded)
      #expect(Set(result.refused.map(\.why.reason)) == [.stale, .invalidID, .unknownDecision])
      #expect(result.counts.first { $0.name == "decided" }?.value == 1)
      #expect(!result.refused.contains { $0.why.detail.contains("16.00") || $0.why.detail.contains("E+35") })
      #expect(try await story.store.rows("SELECT count(*)::text FROM decisions") == ["1"])
    }
  }

  struct Edit: Sendable, CustomTestStringConvertible {
    var from: String
    var to: String
    var refused: String?
    var testDescription: String { "\(from) → \(to)" }
  }

  /// What a spreadsheet rewrites is the same; what a person or another night changed is not.
  @Test(arguments: [
    Edit(from: "10.00,15.00,5.00", to: "\"10,0\",15,\"5,00 $\"", refused: nil),
    Edit(from: "2026-11-20,2026-11-20,0", to: "20.11.2026,11/20/26,0", refused: nil),
    Edit(from: ",open,", to: ",Open,", refused: nil), Edit(from: "A,stripe", to: "A ,stripe", refused: nil),
    Edit(from: "15.00", to: "15.01", refused: "stale"), Edit(from: "15.00", to: "", refused: "stale"),
    Edit(from: ",open,", to: ",resolved,", refused: "stale"), Edit(from: "A,stripe", to: "7,stripe", refused: "stale"),
    Edit(from: "amount_mismatch", to: "dispute", refused: "stale"), Edit(from: "USD", to: "EUR", refused: "stale"),
    Edit(from: "accept", to: "duplicate_of:1e4f6a3c-0000-4000-8000-000000000001", refused: "unknown_other"),
    Edit(from: "accept", to: "accept,,,,,x", refused: "wrong_column_count"),
    Edit(from: "accept,", to: "accept,4242 4242 4242 4242", refused: "card_number"),
  ])
  func aRowIsAboutWhatThePersonSaw(_ edit: Edit) async throws {
    try await Story.tell { story in
      try await story.overcharged()
      let sheet = try await story.sheet { _ in .says("accept") }
      let edited = sheet.replacing(edit.from, with: edit.to)
      #expect(edited != sheet)
      #expect(try await story.decide(edited) == [edit.refused.map { "2 refused \($0)" } ?? "2 decided accept"])
    }
  }

  @Test func whatIsResolvedByNowIsNotDecided() async throws {
    try await Story.tell { story in
      try await story.overcharged()
      let sheet = try await story.sheet { _ in .says("write_off") }
      await story.next()
      try await story.report(.charge("A", 1_000))
      try await story.reconcile()
      let refused = try await story.result(of: sheet).refused
      #expect(refused.map(\.why.reason) == [.alreadyResolved])
      #expect(refused.first?.why.detail.contains("explained on 2026-11-21") == true)
    }
  }

  @Test func aFileThatContradictsItselfIsNotTakenForThatBreak() async throws {
    try await Story.tell { story in
      try await story.overcharged()
      let once = try await story.sheet { _ in .says("accept") }
      let row = String(once.split(separator: "\r\n")[1])
      #expect(
        try await story.decide(once + row.replacing("accept", with: "write_off"))
          == ["2 refused contradiction", "3 refused contradiction"])
      // Of two equal rows each is told what became of it: where the first was refused, nothing is decided yet.
      let wrong = row.replacing("15.00", with: "16.00")
      let header = String(once.split(separator: "\r\n")[0]) + "\r\n"
      #expect(
        try await story.decide(header + wrong + "\r\n" + wrong) == ["2 refused stale", "3 refused stale"])
      #expect(try await story.decide(once + row) == ["2 decided accept", "3 known"])
    }
  }

  /// A file of ids and decisions alone does not show what the person saw.
  @Test func theSameFileSaysNothingOfOtherAmounts() async throws {
    try await Story.tell { story in
      try await story.overcharged()
      let id = try #require(try await story.breakRows().first?.id)
      let file = "break_id,decision\n\(id),wait\n"
      #expect(try await story.decide(file) == ["2 decided wait:2026-11-27"])
      await story.next()
      try await story.report(.charge("A", 51_000))
      try await story.reconcile()
      await story.next()
      #expect(try await story.decide(file) == ["2 refused stale"])
      #expect(try await story.decide(file + "\n") == ["2 decided wait:2026-11-29"])
    }
  }

  /// An order may be called like a formula, or like one that is kept from running.
  @Test(arguments: ["'=q", "=1+1", "X;=cmd|calc!A0;", "'x"])
  func ordersOfEveryNameAreDecided(_ order: String) async throws {
    try await Story.tell { story in
      try await story.overcharged(order)
      #expect(try await story.decideAll("accept", "a; =b") == ["2 decided accept"])
      #expect(try await story.store.rows("SELECT note FROM decisions") == ["a; =b"])
    }
  }

  /// A refund that failed is asked for again when somebody writes so, not because the file came back for other rows.
  @Test func whatFailedIsNotFilledInAgain() async throws {
    try await Story.tell { story in
      try await story.overcharged()
      try await story.decideAll("refund", "please")
      let before = try await story.sheet()
      try await story.refund(.amountMismatch, answer: .failed(reference: "re_1", why: "lost_or_stolen_card"))
      // Of a later run than the decision.
      let owner = try await Connection.open(story.store.settings)
      try await owner.transaction { db in _ = try db.execute("UPDATE refunds SET token = token + 1") }
      #expect(try await story.decisions() == [""])
      #expect(try await story.decide(try await story.sheet()) == [])
      #expect(before.contains(",refund,please,"))
      #expect(try await story.decide(before + "\r\n") == ["2 refused stale"])
      #expect(try await story.decideAll("refund", "once more") == ["2 decided refund"])
      await owner.close()
    }
  }

  /// What was decided about money of nobody's has no payment's chain; its run's seal keeps it.
  @Test func aDecisionThatWasChangedIsSeenAfterLaterSeals() async throws {
    try await Story.tell { story in
      try await story.report(.charge("X", 700))
      try await story.reconcile()
      try await story.decideAll("accept")
      try await story.seal()
      #expect(try await story.store.faults() == [])
      let owner = try await Connection.open(story.store.settings)
      try await owner.transaction { db in _ = try db.execute("UPDATE decisions SET decided_by = 'bob', note = 'x'") }
      await owner.close()
      await story.next()
      try await story.report(.charge("Y", 700))
      try await story.reconcile()
      try await story.seal()
      #expect(try await story.store.faults().contains { $0.hasPrefix("seals: ") })
    }
  }

  @Test func aLaterDecisionTakesThePlaceOfAnEarlierUntilTheDateIsOver() async throws {
    try await Story.tell { story in
      try await story.overcharged()
      let saw = try await story.sheet { _ in .says("wait") }
      try await story.decideAll("accept")
      #expect(try await story.decide(saw, by: "bob") == ["2 decided wait:2026-11-27"])
      #expect(try await story.breaks() == ["amount_mismatch A open 10.00 USD/15.00 USD"])
      try await story.decideAll("write_off")
      try await story.seal()
      #expect(try await story.store.faults() == [])
      await story.next()
      #expect(
        try await story.decide(saw.replacing("wait,", with: "accept,after all")) == ["2 refused already_resolved"])
      #expect(
        try await story.store.rows("SELECT action || ' ' || decided_by FROM decisions ORDER BY number")
          == ["accept alice", "wait bob", "write_off alice"])
    }
  }

  @Test func whoWaitsIsAskedAgainWhenTheTimeIsOver() async throws {
    try await Story.tell { story in
      try await story.overcharged()
      try await story.decideAll("wait:2026-11-22")
      func open() async throws -> Int64 {
        let date = await story.date
        return try await story.read { try $0.exceptions(on: date).openBreaks }
      }
      #expect(try await open() == 0)
      #expect(try await story.candidates() == 0)
      await story.next()
      #expect(try await story.decisions() == ["wait:2026-11-22"])
      #expect(try await open() == 0)
      await story.next()
      #expect(try await story.decisions() == [""])
      #expect(try await open() == 1)
      #expect(try await story.candidates() == 1)
      // What an earlier date knew, it still tells.
      await story.next(days: -1)
      #expect(try await story.decisions() == ["wait:2026-11-22"])
    }
  }

  /// Earlier reports stay: the difference with other amounts is another break, which follows the first.
  @Test func otherAmountsOpenABreakThatFollows() async throws {
    try await Story.tell { story in
      try await story.overcharged()
      try await story.decideAll("accept", "small change")
      let (first, totals) = (try await story.breaks(), try await story.totals())
      await story.next()
      try await story.report(.charge("A", 1_700))
      #expect(try await story.reconcile().opened == 1)
      #expect(try await story.changesNothing())
      #expect(try await story.breaks() == ["amount_mismatch A open 10.00 USD/17.00 USD"])
      #expect(try await story.decisions() == [""])
      // A person has accepted a part of it: no rule gives all of it back.
      #expect(try await story.candidates() == 0)
      #expect(
        try await story.totals() == [
          "expected all 1 10.00 USD", "expected amount_mismatch 1 10.00 USD", "reported all 1 17.00 USD",
          "reported amount_mismatch 1 17.00 USD",
        ])
      await story.next(days: -1)
      #expect(try await story.breaks() == first)
      #expect(try await story.decisions() == ["accept small change"])
      await story.next()
      try await story.decideAll("write_off")
      await story.next()
      // The amount that was accepted once is there again: that is decided.
      try await story.report(.charge("A", 1_500))
      #expect(try await story.changesNothing())
      #expect(try await story.breaks() == [])
      #expect(try await story.totals() == [])
      try await story.report(.charge("A", 1_600))
      try await story.reconcile()
      #expect(try await story.breaks() == ["amount_mismatch A open 10.00 USD/16.00 USD"])
      try await story.seal()
      #expect(try await story.store.faults() == [])
      #expect(totals.count == 4)
    }
  }

  @Test func moneyOfNobodysIsDecidedToo() async throws {
    try await Story.tell { story in
      try await story.report(.charge("X", 700).changed { $0.references.order = "X" })
      try await story.reconcile()
      #expect(try await story.decideAll("refund") == ["2 refused not_refundable"])
      #expect(try await story.decideAll("accept", "from the other shop") == ["2 decided accept"])
      // Its payment comes to be known: the break goes with it, and so does what was decided.
      await story.next()
      try await story.authorize(.order("X", 700))
      try await story.reconcile()
      #expect(try await story.breaks() == [])
      #expect(try await story.totals().filter { $0.contains("matched") }.count == 2)
      #expect(try await story.store.rows("SELECT resolution FROM breaks") == ["accepted"])
      try await story.seal()
      #expect(try await story.store.faults() == [])
    }
  }
}
