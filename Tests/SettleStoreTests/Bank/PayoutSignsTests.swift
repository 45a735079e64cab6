import Postgres
import SettleModel
import SettleStore
import SettleTesting
import Testing

/// Every difference of a payout has one sign: what came less what should have come.
@Suite struct PayoutSignsTests {
  struct Case: Sendable, CustomTestStringConvertible {
    /// What its lines come to, what its own row says was paid, and what the bank has booked.
    var net: Int64
    var paid: Int64?
    var bank: Int64?
    /// `reason expected reported delta` of each break.
    var breaks: [String]
    var remainder: Int64?

    var testDescription: String { "\(net) \(paid.map(String.init) ?? "-") \(bank.map(String.init) ?? "-")" }
  }

  static let cases = [
    // What no row says was paid: the bank should show what the lines come to.
    Case(net: 950, breaks: ["payout_not_in_bank 9.50 - -"]),
    Case(net: -950, breaks: ["payout_not_in_bank -9.50 - -"]),
    Case(net: 950, bank: 940, breaks: ["payout_mismatch 9.50 9.40 -0.10"], remainder: -10),
    Case(net: -950, bank: -940, breaks: ["payout_mismatch -9.50 -9.40 0.10"], remainder: 10),
    Case(net: 950, paid: 950, breaks: ["payout_not_in_bank 9.50 - -"], remainder: 0),
    Case(net: 950, paid: 940, bank: 940, breaks: ["payout_mismatch 9.50 9.40 -0.10"], remainder: -10),
    Case(net: 950, paid: 960, bank: 960, breaks: ["payout_mismatch 9.50 9.60 0.10"], remainder: 10),
    Case(net: 950, paid: 950, bank: 940, breaks: ["payout_mismatch 9.50 9.40 -0.10"], remainder: -10),
    Case(
      net: 950, paid: 940, bank: 920,
      breaks: ["payout_mismatch 9.40 9.20 -0.20", "payout_mismatch 9.50 9.40 -0.10"], remainder: -30),
    Case(
      net: 950, paid: 940, breaks: ["payout_mismatch 9.50 9.40 -0.10", "payout_not_in_bank 9.40 - -"], remainder: -10),
  ]

  @Test(arguments: cases)
  func theRemainderIsTheSumOfTheDeltas(_ world: Case) async throws {
    try await Story.tell { story in
      try await story.report(Reported.other(.adjustment, world.net, row: "line").payout("po_signs1"))
      if let paid = world.paid {
        try await story.report(Reported.other(.payout, -paid, row: "txn").payout("po_signs1"))
      }
      try await story.book(.line(77, on: "2026-11-19"))
      if let bank = world.bank { try await story.book(.line(bank, text: "po_signs1")) }
      await story.next(days: 9)
      try await story.reconcile()
      let rows = try await story.breakRows().filter { $0.reason != .bankUnexplained }
      let told = rows.map { row in
        ([row.reason.rawValue] + [row.expected, row.reported, row.delta].map { $0?.major ?? "-" })
          .joined(separator: " ")
      }
      #expect(told.sorted() == world.breaks)
      let date = await story.context().date
      let payout = try #require(try await story.read { try $0.payouts(on: date) }.first { $0.payout == "po_signs1" })
      #expect(payout.remainder == world.remainder)
      #expect(rows.compactMap(\.delta?.minor).reduce(0, +) == world.remainder ?? 0)
    }
  }
}
