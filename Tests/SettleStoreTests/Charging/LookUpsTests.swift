import Postgres
import SettleModel
import SettleStore
import SettleTesting
import Testing

/// How long an attempt that nobody can tell anything about is looked for.
@Suite struct LookUpsTests {
  /// Looks for what is still looked for, in vain. Returns how many were given up.
  private func look(_ story: Story) async throws -> Int {
    let context = await story.context()
    return try await story.write { db in
      let open = try db.openAttempts(after: nil, limit: 9, lookUp: nil, context: context)
      return try db.notFound(open, enough: 3, patience: .seconds(2 * 86_400), context: context)
    }
  }

  private func count(_ story: Story) async throws -> (open: Int64, givenUp: Int64) {
    let context = await story.context()
    return try await story.read {
      (open: try $0.openAttemptCount(context: context), givenUp: try $0.givenUpCount(context: context))
    }
  }

  @Test func onlyLooksAfterTheKeysEndCount() async throws {
    try await Story.tell { story in
      try await story.authorize(.order("A", 1_000))
      try await story.claim()
      for _ in 0..<5 { #expect(try await look(story) == 0) }
      #expect(try await story.store.rows("SELECT look_ups::text FROM charge_attempts") == ["0"])
      // The key lives for 80,000 s in stories; the reports are awaited for two days after that.
      await story.wait(.seconds(80_000))
      for _ in 0..<5 { #expect(try await look(story) == 0) }
      #expect(try await story.store.rows("SELECT look_ups::text FROM charge_attempts") == ["5"])
      await story.wait(.seconds(2 * 86_400))
      #expect(try await look(story) == 1)
      #expect(try await count(story) == (0, 1))
      let before = try await story.fingerprint()
      #expect(try await look(story) == 0)
      #expect(try await story.fingerprint() == before)
    }
  }

  @Test func threeLooksAtLeastHoweverLate() async throws {
    try await Story.tell { story in
      try await story.authorize(.order("A", 1_000))
      try await story.claim()
      await story.wait(.seconds(9 * 86_400))
      var given: [Int] = []
      for _ in 0..<4 { given.append(try await look(story)) }
      #expect(given == [0, 0, 1, 0])
    }
  }

  @Test func itsBreakStaysOpenUntilAnOutcomeTells() async throws {
    try await Story.tell { story in
      try await story.authorize(.order("A", 1_000))
      try await story.claim()
      try await story.unknown("A", reference: "pi_A")
      await story.wait(.seconds(9 * 86_400))
      for _ in 0..<3 { _ = try await look(story) }
      try await story.reconcile(waiting: 99)
      #expect(try await story.breaks() == ["outcome_unknown A open 10.00 USD/-"])
      #expect(try await story.breakRows().map(\.rule) == ["left_to_person"])
      #expect(try await story.claim().attempts.isEmpty)
      try await story.report(.charge("A", 1_000))
      try await story.reconcile(waiting: 99)
      #expect(try await story.state("A") == "SUCCEEDED by outcome")
      #expect(try await story.breaks() == ["outcome_unknown A resolved 10.00 USD/-"])
      #expect(try await count(story) == (0, 0))
    }
  }

  /// Until when a key is relied on is a fact of the attempt: what its run knew of the processor and the pipeline.
  @Test func theBreakOpensWithTheKeysEnd() async throws {
    try await Story.tell { story in
      try await story.authorize(.order("A", 1_000))
      try await story.claim()
      await story.wait(.seconds(79_990))
      try await story.reconcile(waiting: 99)
      #expect(try await story.breaks() == [])
      await story.wait(.seconds(10))
      try await story.reconcile(waiting: 99)
      #expect(try await story.breaks() == ["outcome_unknown A open 10.00 USD/-"])
    }
  }
}
