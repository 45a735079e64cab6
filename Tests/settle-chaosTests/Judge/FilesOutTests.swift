import Foundation
import Testing

@testable import settle_chaos

@Suite struct FilesOutTests {
  private static let totals = """
    side,bucket,currency,count,amount
    expected,all,USD,2,30.00
    expected,matched,USD,1,10.00
    expected,amount_mismatch,USD,1,20.00
    reported,all,USD,2,31.00
    reported,matched,USD,1,10.00
    reported,amount_mismatch,USD,1,21.00

    """
  private static let matched = "payment_id,processor_reference\np1,ch_1\n"
  private static let breaks = "break_id,payment_id,processor_reference,evidence\nb1,p2,ch_2,\"a:1, b:2\"\n"
  private static let ledger = Ledger(
    movements: ["ch_1", "ch_2"].map { Ledger.Movement(id: $0, kind: "charge", amount: 1, currency: "usd") })

  private static func files(
    totals: String = totals, matched: String = matched, filesIn: [FilesOut.FileIn] = []
  ) -> FilesOut {
    let texts = ["totals.csv": totals, "matched.csv": matched, "breaks.csv": breaks]
    return FilesOut(files: texts.mapValues { Data($0.utf8) }, filesIn: filesIn)
  }

  @Test func filesThatAddUpHaveNoViolation() {
    let file = FilesOut.FileIn(path: "a.csv", read: 6, accepted: 3, quarantined: 2, ignored: 1)
    #expect(Self.files(filesIn: [file]).violations(against: Self.ledger) == [])
  }

  @Test func itSeesRowsThatDoNotAddUp() {
    let file = FilesOut.FileIn(path: "a.csv", read: 7, accepted: 3, quarantined: 2, ignored: 1)
    #expect(Self.files(filesIn: [file]).violations(against: Self.ledger).map(\.invariant) == [.rows])
  }

  @Test(arguments: [
    ("expected,all,USD,2,30.00", "expected,all,USD,2,30.01"), ("expected,all,USD,2,30.00", "expected,all,USD,3,30.00"),
    ("reported,matched,USD,1,10.00", "reported,matched,USD,1,10.05"),
  ])
  func itSeesTotalsThatDoNotAddUp(_ right: String, _ wrong: String) {
    let files = Self.files(totals: Self.totals.replacing(right, with: wrong))
    #expect(files.violations(against: Self.ledger).contains { $0.invariant == .totals })
  }

  @Test func itSeesAChargeThatNoFileTellsOf() {
    let files = Self.files(matched: "payment_id,processor_reference\np1,ch_9\n")
    #expect(files.violations(against: Self.ledger).map(\.invariant) == [.known])
    #expect(FilesOut(files: [:]).violations(against: Self.ledger).map(\.invariant) == [.known])
  }

  @Test func itSeesOtherBytes() {
    let other = Self.files(matched: Self.matched + "p3,ch_3\n")
    #expect(Self.files().difference(from: other).map(\.invariant) == [.bytes])
    #expect(Self.files().difference(from: Self.files()) == [])
  }
}
