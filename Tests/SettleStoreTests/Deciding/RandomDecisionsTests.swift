import Postgres
import SettleModel
import SettleTesting
import Testing

@testable import SettleStore

/// Random worlds in which people decide about some of the breaks each night: whatever comes later, each night is proved.
@Suite struct RandomDecisionsTests {
  @Test(arguments: 100..<110 as Range<UInt64>)
  func everyNightIsProved(seed: UInt64) async throws {
    try await Story.tell { story in
      var dice = Dice(seed: seed)
      let world = RandomWorld(seed: seed) { story.payment($0) }
      // Some are authorized only when their money has been reported.
      let late = world.orders.filter { _ in dice.rolls(1, in: 5) }.map(\.name)
      try await live(world.orders.filter { !late.contains($0.name) }, in: story)
      var files = world.files
      // Every row in a file of its own date, at times: what is settled meanwhile comes in pieces.
      if dice.rolls(1, in: 2) { files = files.flatMap { $0.map { [$0] } }.shuffled(using: &dice).prefix(4) + files }
      for (number, file) in files.enumerated() {
        try await story.report(file)
        if number == files.count - 2 {
          try await live(world.orders.filter { late.contains($0.name) }, in: story)
        }
        try await night(&dice, story)
      }
      try await night(&dice, story)
      try await story.journal(.done, of: "reconcile")
      #expect(try await story.store.faults() == [])
    }
  }

  /// Reconciles, proves, decides, and proves again: this date and the one before.
  private func night(_ dice: inout Dice, _ story: Story) async throws {
    try await story.reconcile()
    let totals = try await story.totals()
    try await matchedAddsUp(totals, story)
    try await story.decideSome(&dice)
    // What was decided on the date changes nothing of its proof.
    #expect(try await story.totals() == totals)
    #expect(try await story.reconcile() == ReconcileCounts())
    await story.next(days: -1)
    _ = try await story.totals()
    await story.next(days: 2)
  }

  /// Everything that was matched on the date is an item of it, and nothing else stands as matched.
  private func matchedAddsUp(_ totals: [String], _ story: Story) async throws {
    let date = await story.date
    let matches = try await story.store.rows(
      """
      SELECT count(*) || ' ' || currency FROM matches WHERE business_date = \(date) GROUP BY currency ORDER BY currency
      """)
    let told = totals.filter { $0.hasPrefix("expected matched ") }.map { line in
      let words = line.split(separator: " ")
      return "\(words[2]) \(words[4])"
    }
    #expect(told == matches)
  }

  private func live(_ orders: [RandomWorld.Order], in story: Story) async throws {
    try await story.authorize(orders.map { .order($0.name, $0.amount.minor, $0.amount.currency.code) })
    try await story.claim(keyLife: .seconds(1_000_000))
    let open = Set(try await story.store.rows("SELECT payment_id::text FROM charge_attempts WHERE state = 'open'"))
    for order in orders where open.contains(story.payment(order.name).description) {
      switch order.answer {
      case .charged: try await story.charged(order.name)
      case .declined: try await story.declined(order.name, made: "pi_\(order.name)")
      case .unknown: try await story.unknown(order.name)
      }
    }
  }
}

extension Story {
  /// Decides about a third of the open breaks, as finance would.
  func decideSome(_ dice: inout Dice) async throws {
    for id in try await breakRows().filter(\.open).map(\.id) where dice.rolls(1, in: 3) {
      let decision: BreakDecision =
        dice.rolls(1, in: 2) ? .accept : dice.rolls(1, in: 3) ? .wait(until: date.adding(days: 2)) : .writeOff
      try await decide(decision) { $0 == id }
    }
  }

  /// Decides about the open breaks of the date.
  func decide(
    _ decision: BreakDecision, by name: String = "alice", about isMeant: (BreakID) -> Bool = { _ in true }
  ) async throws {
    let (context, processor) = (context(), processor)
    let source = DecisionSource(
      by: name, login: "finance", fileName: "breaks.csv", sha256: String(repeating: "a", count: 64))
    for id in try await breakRows().filter(\.open).map(\.id) where isMeant(id) {
      try await write { db in
        guard let matter = try db.decidableBreaks([id], processor: processor)[id], matter.isOpen, !matter.hasRefund
        else { return }
        try db.decide(decision, note: nil, about: matter, line: 2, by: source, context: context)
      }
    }
  }
}
