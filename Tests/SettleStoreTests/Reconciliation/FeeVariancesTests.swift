import Postgres
import SettleModel
import SettleTesting
import Testing

@testable import SettleStore

@Suite struct FeeVariancesTests {
  private static func term(
    _ percent: String = "0", _ fixed: Int64 = 0, kind: FeeTerm.Kind = .charge, method: String? = nil,
    _ code: String? = "USD", tolerance: Int64 = 0
  ) -> FeeTerm {
    FeeTerm(
      processor: "stripe", kind: kind, method: method, currency: code.map { .named($0) },
      percent: Percent(percent) ?? .zero, fixed: fixed, tolerance: tolerance)
  }

  private func charged(_ story: Story, _ orders: String...) async throws {
    for order in orders { try await story.authorize(.order(order, 1_000)) }
    try await story.claim()
    for order in orders { try await story.charged(order) }
  }

  /// SQL and the pure schedule expect the same of any amount, to the last unit.
  @Test func sqlExpectsWhatTheScheduleDoes() async throws {
    var dice = Dice(seed: 20)
    var terms: [FeeTerm] = []
    var rows: [Reported] = []
    var expected: [String] = []
    for number in 0..<200 {
      let code = ["USD", "JPY", "KWD"][number % 3]
      let bound = Int64.random(in: 0...40_000, using: &dice)
      let term = FeeTerm(
        processor: "stripe", kind: FeeTerm.Kind.allCases[number % 2], method: "m\(number)", currency: .named(code),
        // Halves are common among few decimals of round amounts.
        percent: Percent(number % 4 == 0 ? "0.5" : "\(Int.random(in: 0...99, using: &dice)).\(number % 10)") ?? .zero,
        rounding: FeeTerm.Rounding.allCases[number / 2 % 2], fixed: Int64.random(in: 0...100, using: &dice),
        minimum: number % 5 == 0 ? bound : nil, cap: number % 7 == 0 ? bound + 100 : nil)
      terms.append(term)
      let digits = Int64.random(in: 1...12, using: &dice)
      let gross =
        Int64.random(in: 1...Money.largest, using: &dice) / (0..<digits).reduce(1) { power, _ in power * 10 } * 50
      let fee = try #require(term.expected(of: gross))
      let order = "order \(1_000 + number)"
      let row: Reported =
        term.kind == .refund ? .refund(order, -gross, code, re: "re_\(number)") : .charge(order, gross, code)
      rows.append(row.fee(fee + 1).by("m\(number)").changed { $0.references.order = order })
      expected.append("\(order) \(Money(fee, code))/\(Money(fee + 1, code))")
    }
    try await Story.tell { story in
      try await story.report(rows)
      let counts = try await story.reconcile(fees: terms)
      #expect(counts.fees == JudgedCounts(judged: 200, notJudged: 0))
      let found = try await story.breaks().filter { $0.hasPrefix("fee_variance") }
        .map { $0.replacing("fee_variance ", with: "").replacing("open ", with: "") }
      #expect(found.sorted() == expected)
    }
  }

  /// What the records of one night say of their fees, and what a schedule makes of it.
  struct Judged: Sendable, CustomTestStringConvertible {
    var testDescription: String
    var terms: [FeeTerm]
    var rows: [Reported]
    var breaks: [String] = []
    var counts: JudgedCounts
  }

  static let judged: [Judged] = [
    Judged(
      testDescription: "the agreed fee", terms: [term("2.9", 30)], rows: [.charge("A", 1_000).fee(59)],
      counts: .init(judged: 1, notJudged: 0)),
    Judged(
      testDescription: "a cent more", terms: [term("2.9", 30)], rows: [.charge("A", 1_000).fee(60)],
      breaks: ["A 0.59 USD/0.60 USD"], counts: .init(judged: 1, notJudged: 0)),
    Judged(
      testDescription: "a cent less", terms: [term("2.9", 30)], rows: [.charge("A", 1_000).fee(58)],
      breaks: ["A 0.59 USD/0.58 USD"], counts: .init(judged: 1, notJudged: 0)),
    Judged(
      testDescription: "the tolerance is still fair", terms: [term("2.9", 30, tolerance: 2)],
      rows: [.charge("A", 1_000).fee(61)], counts: .init(judged: 1, notJudged: 0)),
    Judged(
      testDescription: "and no more than that", terms: [term("2.9", 30, tolerance: 2)],
      rows: [.charge("A", 1_000).fee(62)], breaks: ["A 0.59 USD/0.62 USD"], counts: .init(judged: 1, notJudged: 0)),
    Judged(
      testDescription: "the first term that fits counts",
      terms: [term("1", method: "visa"), term("2"), term("3")],
      rows: [
        .charge("A", 1_000).by("visa").fee(11), .charge("B", 1_000).by("jcb").fee(21), .charge("C", 1_000).fee(20),
      ],
      breaks: ["A 0.10 USD/0.11 USD", "B 0.20 USD/0.21 USD"], counts: .init(judged: 3, notJudged: 0)),
    Judged(
      testDescription: "another method, kind, currency or a fee of its own is not judged",
      terms: [term("1", method: "visa")],
      rows: [
        .charge("A", 1_000).fee(99), .charge("B", 1_000).by("jcb").fee(99),
        .charge("C", 1_000, "EUR").by("visa").fee(99),
        .refund("D", -1_000, re: "re_D").by("visa").fee(99), .other(.fee, -500, row: "f"),
      ], counts: .init(judged: 0, notJudged: 4)),
    Judged(
      testDescription: "no currency is any currency", terms: [term("1", 0, nil)],
      rows: [.charge("A", 1_000, "JPY").fee(11), .charge("B", 1_000, "KWD").fee(10)],
      breaks: ["A 10 JPY/11 JPY"], counts: .init(judged: 2, notJudged: 0)),
    Judged(
      testDescription: "refunds and disputes have fees of their own",
      terms: [term("0", 25, kind: .refund), term("0", 1_500, kind: .dispute)],
      rows: [.refund("A", -1_000, re: "re_A").fee(30), .dispute("B", -1_000, dp: "dp_B").fee(1_500)],
      breaks: ["A 0.25 USD/0.30 USD"], counts: .init(judged: 2, notJudged: 0)),
    Judged(
      testDescription: "an event that names no fee says nothing of it", terms: [term("2.9", 30)],
      rows: [.charge("A", 1_000).row(nil), .charge("B", 1_000).row(nil).fee(60), .charge("C", 1_000)],
      breaks: ["B 0.59 USD/0.60 USD", "C 0.59 USD/0.00 USD"], counts: .init(judged: 2, notJudged: 1)),
    Judged(
      testDescription: "the part of a hold that came back is judged with its charge", terms: [term("2.9", 30)],
      rows: [.charge("A", 1_000).fee(59), .captureReversal("A", -200).fee(-6)],
      counts: .init(judged: 1, notJudged: 0)),
    Judged(
      testDescription: "a fee that did not come back with it", terms: [term("2.9", 30)],
      rows: [.charge("A", 1_000).fee(59), .captureReversal("A", -200)],
      breaks: ["A 0.53 USD/0.59 USD"], counts: .init(judged: 1, notJudged: 0)),
  ]

  @Test(arguments: judged)
  func judges(_ night: Judged) async throws {
    try await Story.tell { story in
      try await charged(story, "A")
      try await story.report(
        night.rows.map { row in
          row.changed { $0.references.order = $0.references.processorCharge.map { String($0.dropFirst("ch_".count)) } }
        })
      let counts = try await story.reconcile(fees: night.terms)
      #expect(counts.fees == night.counts)
      let found = try await story.breaks().filter { $0.hasPrefix("fee_variance") }
      let wanted = night.breaks.map { "fee_variance \($0.replacing(" ", with: " open ", maxReplacements: 1))" }
      #expect(found.sorted() == wanted)
    }
  }

  /// The money is matched, whatever was kept of it: each item stays in the bucket that it has without a schedule, and
  /// the whole store holds together.
  @Test func aFeeLeavesTheTotalsAlone() async throws {
    try await Story.tell { story in
      try await charged(story, "A", "B", "C")
      try await story.report(
        .charge("A", 1_000).fee(65), .charge("B", 1_500).fee(65), .charge("C", 1_000).fee(65),
        .charge("C", 1_000).fee(65).under("C2").changed { $0.references.payment = story.payment("C") },
        .refund("A", -100, re: "re_A").fee(7), .dispute("B", -100, dp: "dp_B").fee(7))
      try await story.reconcile()
      let without = try await story.totals()
      let terms = [Self.term("0", 1), Self.term("0", 1, kind: .refund), Self.term("0", 1, kind: .dispute)]
      #expect(try await story.reconcile(fees: terms).opened == 6)
      #expect(try await story.totals() == without)
      #expect(try await story.matches() == ["charge A 10.00 USD processor_id", "charge C 10.00 USD processor_id"])
      for _ in 0..<2 {
        await story.next()
        try await story.reconcile(fees: terms)
        let with = try await story.totals()
        #expect(try await story.store.faults() == [])
        #expect(with.contains { $0.contains("fee_variance") } == false)
      }
      let context = await story.context()
      let candidates = try await story.read { try $0.refundCandidates(for: BreakReason.allCases, context: context) }
      #expect(candidates.allSatisfy { !BreakReason.ofRecords.contains($0.subject.reason) })
    }
  }

  @Test func theEvidenceIsTheOrderAndTheRow() async throws {
    try await Story.tell { story in
      try await story.authorize(.order("A", 1_000), file: "orders.csv")
      try await story.charge("A")
      try await story.report(.charge("A", 1_000).by("visa").fee(65), file: "report.csv")
      try await story.reconcile(fees: [Self.term("2.9", 30, method: "visa")])
      let row = try #require(try await story.breakRows().first)
      #expect(row.evidence == ["orders.csv:2", "report.csv:2"])
      #expect(row.rule == "visa 2.9% + 0.30 USD")
      #expect(row.processorReference == "ch_A")
      #expect(row.delta == Money(6, "USD"))
    }
  }

  /// The break goes with its record when the payment becomes known, and stays one.
  @Test func anOrphansFeeMovesWithIt() async throws {
    try await Story.tell { story in
      let terms = [Self.term("2.9", 30)]
      try await story.report(.charge("A", 1_000).fee(65).changed { $0.references.order = "A" })
      try await story.reconcile(fees: terms)
      let before = try #require(try await story.breakRows().first { $0.reason == .feeVariance })
      #expect(before.payment == nil)
      await story.next()
      try await story.authorize(.order("A", 1_000))
      try await story.reconcile(fees: terms)
      let after = try #require(try await story.breakRows().first { $0.reason == .feeVariance })
      #expect((after.id, after.firstSeen, after.payment) == (before.id, before.firstSeen, story.payment("A")))
      #expect(after.evidence.count == 2)
      #expect(try await story.store.faults() == [])
    }
  }

  /// What was judged under an older agreement is not judged again under a newer one; what is open is.
  @Test func aNewAgreementLeavesOldFeesAlone() async throws {
    try await Story.tell { story in
      try await charged(story, "A", "B")
      try await story.report(.charge("A", 1_000).fee(59), .charge("B", 1_000).fee(65))
      try await story.reconcile(fees: [Self.term("2.9", 30)])
      #expect(try await story.breaks() == ["fee_variance B open 0.59 USD/0.65 USD"])
      await story.next()
      try await story.reconcile(fees: [Self.term("0", 10)])
      #expect(try await story.breaks() == ["fee_variance B open 0.10 USD/0.65 USD"])
      // Neither that nobody judges any more, nor that nothing fits, explains anything.
      try await story.reconcile()
      try await story.reconcile(fees: [Self.term("0", 10, method: "visa")])
      #expect(try await story.breaks() == ["fee_variance B open 0.10 USD/0.65 USD"])
      // The schedule was wrong.
      try await story.reconcile(fees: [Self.term("0", 65)])
      #expect(try await story.breaks() == ["fee_variance B resolved 0.10 USD/0.65 USD"])
      #expect(try await story.store.faults() == [])
    }
  }

  /// A correction of the processor's, on a later night, under the row's own id.
  @Test(arguments: [(59, "resolved 0.59 USD/0.65 USD"), (70, "open 0.59 USD/0.70 USD")] as [(Int64, String)])
  func aNewVersionOfTheRowIsJudged(fee: Int64, ends: String) async throws {
    try await Story.tell { story in
      let terms = [Self.term("2.9", 30)]
      try await charged(story, "A", "B")
      try await story.report(.charge("A", 1_000).fee(65), .charge("B", 1_000).fee(59))
      try await story.reconcile(fees: terms)
      await story.next()
      try await story.report(.charge("A", 1_000).fee(fee), .charge("B", 1_000).fee(60))
      try await story.reconcile(fees: terms)
      #expect(try await story.breaks() == ["fee_variance A \(ends)", "fee_variance B open 0.59 USD/0.60 USD"])
    }
  }

  /// The rest of a hold that comes back a night later is judged with its charge, which had been in order.
  @Test func aLateReversalIsJudgedWithItsCharge() async throws {
    try await Story.tell { story in
      let terms = [Self.term("2.9", 30)]
      try await charged(story, "A")
      try await story.report(.charge("A", 1_200).fee(65))
      try await story.reconcile(fees: terms)
      #expect(try await story.breaks() == ["amount_mismatch A open 10.00 USD/12.00 USD"])
      await story.next()
      try await story.report(.captureReversal("A", -200))
      try await story.reconcile(fees: terms)
      #expect(
        try await story.breaks() == [
          "amount_mismatch A resolved 10.00 USD/12.00 USD", "fee_variance A open 0.59 USD/0.65 USD",
        ])
    }
  }

  @Test func rowsThatTellStatesAloneAreNotJudged() async throws {
    try await Story.tell { story in
      try await charged(story, "A")
      try await story.report(.charge("A", 1_000).fee(65), money: false)
      let counts = try await story.reconcile(waiting: 9, fees: [Self.term("2.9", 30)])
      #expect(counts.fees == JudgedCounts(judged: 0, notJudged: 0))
      #expect(try await story.breaks() == [])
    }
  }
}
