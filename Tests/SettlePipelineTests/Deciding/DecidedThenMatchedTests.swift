import Postgres
import SettleModel
import SettleStore
import SettleTesting
import Testing

@testable import SettlePipeline

/// What a person had settled, and the files brought after all: it is an item of that date again, on both sides.
@Suite struct DecidedThenMatchedTests {
  private func matched(_ amount: String, reported rows: Int = 1) -> [String] {
    [
      "expected all 1 \(amount) USD", "expected matched 1 \(amount) USD", "reported all \(rows) \(amount) USD",
      "reported matched \(rows) \(amount) USD",
    ]
  }

  /// The date has this proof, which stays as it is; the next one has none, and the store holds.
  private func expect(_ totals: [String], in story: Story) async throws {
    #expect(try await story.totals() == totals)
    #expect(try await story.changesNothing())
    #expect(try await story.totals() == totals)
    await story.next(days: -1)
    _ = try await story.totals()
    await story.next(days: 2)
    #expect(try await story.changesNothing())
    #expect(try await story.totals() == [])
    try await story.seal()
    #expect(try await story.store.faults() == [])
  }

  @Test(arguments: ["write_off", "accept"])
  func whatWasMissing(_ word: String) async throws {
    try await Story.tell { story in
      try await story.authorize(.order("A", 1_000))
      try await story.charge("A")
      try await story.reconcile()
      await story.next()
      try await story.decideAll(word)
      await story.next(days: 2)
      #expect(try await story.totals() == [])
      try await story.report(.charge("A", 1_000))
      #expect(try await story.reconcile().matched == 1)
      try await expect(matched("10.00"), in: story)
    }
  }

  @Test func whatNobodyKnew() async throws {
    try await Story.tell { story in
      try await story.report(.charge("X", 700).changed { $0.references.order = "X" })
      try await story.reconcile()
      try await story.decideAll("accept")
      await story.next()
      try await story.authorize(.order("X", 700))
      #expect(try await story.reconcile().matched == 1)
      try await expect(matched("7.00"), in: story)
    }
  }

  /// The second row comes before or behind the first in time, so that either speaks for the charge.
  @Test(arguments: [-3_600, 3_600] as [Int64])
  func theRestOfACharge(later seconds: Int64) async throws {
    try await Story.tell { story in
      try await story.authorize(.order("A", 1_000))
      try await story.charge("A")
      try await story.report(.charge("A", 800))
      try await story.reconcile()
      try await story.decideAll("accept")
      await story.next()
      let other = story.noon.adding(.seconds(seconds))
      try await story.report(.charge("A", 200).row("txn_A2").at(other))
      #expect(try await story.reconcile().matched == 1)
      try await expect(matched("10.00", reported: 2), in: story)
    }
  }

  @Test func aRefundThatWasMissing() async throws {
    try await Story.tell { story in
      try await story.overcharged()
      let refund = try await story.refund(.amountMismatch)
      await story.next()
      try await story.reconcile()
      await story.next()
      try await story.reconcile()
      #expect(try await story.breaks() == ["missing_refund A open -5.00 USD/-"])
      try await story.decideAll("write_off")
      await story.next()
      try await story.report(.refund("A", -refund.order.amount.minor, re: "re_1"))
      #expect(try await story.reconcile().matched == 1)
      try await expect(matched("-5.00"), in: story)
    }
  }

  @Test func whatWasNotKnownToHaveHappened() async throws {
    try await Story.tell { story in
      try await story.authorize(.order("A", 1_000))
      try await story.claim(keyLife: .seconds(1))
      try await story.unknown("A")
      await story.next()
      try await story.reconcile()
      #expect(try await story.breaks() == ["outcome_unknown A open 10.00 USD/-"])
      try await story.decideAll("accept")
      await story.next()
      let payment = story.payment("A")
      try await story.report(.charge("A", 1_000).changed { $0.references.payment = payment })
      #expect(try await story.reconcile().matched == 1)
      try await expect(matched("10.00"), in: story)
    }
  }

  /// What was missing comes as too much: another break, with the payment on both sides.
  @Test func whatCameAfterAllAndDiffers() async throws {
    try await Story.tell { story in
      try await story.authorize(.order("A", 1_000))
      try await story.charge("A")
      try await story.reconcile()
      try await story.decideAll("write_off")
      await story.next()
      try await story.report(.charge("A", 1_500))
      try await story.reconcile()
      #expect(
        try await story.totals() == [
          "expected all 1 10.00 USD", "expected amount_mismatch 1 10.00 USD", "reported all 1 15.00 USD",
          "reported amount_mismatch 1 15.00 USD",
        ])
      try await story.seal()
      #expect(try await story.store.faults() == [])
    }
  }
}
