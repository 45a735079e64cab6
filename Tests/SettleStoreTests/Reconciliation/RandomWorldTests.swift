import Postgres
import SettleModel
import SettleTesting
import Testing

@testable import SettleStore

/// Random small worlds, against the matcher that anybody can check by eye. A failing seed is the test's argument.
@Suite struct RandomWorldTests {
  private func live(_ world: RandomWorld, in story: Story) async throws {
    try await story.authorize(world.orders.map { .order($0.name, $0.amount.minor, $0.amount.currency.code) })
    try await story.claim(keyLife: .seconds(1_000_000))
    for order in world.orders {
      switch order.answer {
      case .charged: try await story.charged(order.name)
      case .declined: try await story.declined(order.name, made: "pi_\(order.name)")
      case .unknown: try await story.unknown(order.name)
      }
    }
  }

  private func sums(_ totals: [String], _ side: String) -> [String] {
    totals.filter { $0.hasPrefix("\(side) all ") }.map { String($0.dropFirst(side.count + 5)) }
  }

  @Test(arguments: 0..<24 as Range<UInt64>)
  func everyDifferenceIsFoundAndEveryItemStandsInOneBucket(seed: UInt64) async throws {
    try await Story.tell { story in
      let world = RandomWorld(seed: seed) { story.payment($0) }
      try await live(world, in: story)
      for file in world.files {
        try await story.report(file)
        try await story.reconcile()
      }
      let open = try await story.breaks().filter { $0.contains(" open ") }
      #expect(open.sorted() == world.breaks { story.payment($0) })

      // Each item once: as many payments as were authorized, and as many rows as were reported.
      let totals = try await story.totals()
      #expect(sums(totals, "expected") == Self.sums(world.orders.map(\.amount)))
      #expect(sums(totals, "reported") == Self.sums(world.rows.map(\.record.gross)))
      let before = try await story.fingerprint()
      #expect(try await story.reconcile() == ReconcileCounts())
      #expect(try await story.fingerprint() == before)
      try await story.journal(.done, of: "reconcile")
      #expect(try await story.store.faults() == [])
    }
  }

  /// The same rows in one file, in reverse, give the same breaks, matches and totals.
  @Test(arguments: 0..<8 as Range<UInt64>)
  func theOrderOfFilesAndRowsDoesNotMatter(seed: UInt64) async throws {
    var nights: [[String]] = []
    for isReversed in [false, true] {
      try await Story.tell { story in
        let world = RandomWorld(seed: seed) { story.payment($0) }
        try await live(world, in: story)
        for file in isReversed ? [Array(world.files.joined().reversed())] : world.files { try await story.report(file) }
        try await story.reconcile()
        let (breaks, matches, totals) = (try await story.breaks(), try await story.matches(), try await story.totals())
        nights.append(breaks.sorted() + matches + totals)
      }
    }
    #expect(nights[0] == nights[1])
  }

  /// On later dates nothing is lost: what was open is carried, what was closed is gone, and each night balances.
  @Test(arguments: 0..<8 as Range<UInt64>)
  func laterNightsCarryJustWhatIsOpen(seed: UInt64) async throws {
    try await Story.tell { story in
      let world = RandomWorld(seed: seed) { story.payment($0) }
      try await live(world, in: story)
      for file in world.files {
        try await story.report(file)
        try await story.reconcile()
        _ = try await story.totals()
        await story.next()
      }
      for _ in 0..<2 {
        try await story.reconcile()
        // Attempts that had been given up for unknown are asked for again: their breaks explain themselves.
        let breaks = try await story.breaks()
        #expect(breaks.filter { $0.contains(" open ") }.sorted() == world.breaks { story.payment($0) })
        let totals = try await story.totals()
        // Breaks of a payment stand on both sides, the others on the reported one.
        for reason in BreakReason.allCases {
          let lines = breaks.filter { $0.hasPrefix(reason.rawValue + " ") }
          let expected = lines.filter { !$0.contains(" -/") }.count
          #expect(count(totals, "expected", reason.rawValue) == expected, "\(reason)")
        }
        #expect(count(totals, "expected", "matched") == 0)
        #expect(count(totals, "reported", "matched") == 0)
        #expect(count(totals, "reported", "unmatched") == 0)
        await story.next()
      }
    }
  }

  private func count(_ totals: [String], _ side: String, _ bucket: String) -> Int {
    totals.filter { $0.hasPrefix("\(side) \(bucket) ") }.reduce(0) { $0 + (Int($1.split(separator: " ")[2]) ?? 0) }
  }

  private static func sums(_ amounts: [Money]) -> [String] {
    let currencies = Set(amounts.map(\.currency)).sorted()
    return currencies.map { currency in
      let some = amounts.filter { $0.currency == currency }
      return "\(some.count) \(Money(minor: some.reduce(0) { $0 + $1.minor }, currency: currency))"
    }
  }
}
