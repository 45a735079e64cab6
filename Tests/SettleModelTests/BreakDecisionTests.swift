import Foundation
import SettleModel
import Testing

@Suite struct BreakDecisionTests {
  private static let today = BusinessDate("2026-11-21") ?? BusinessDate(daysSinceEpoch: 0)
  private static let id = "1e4f6a3c-0000-4000-8000-00000000000a"

  @Test(arguments: [
    ("accept", "accept"), ("ACCEPT", "accept"), ("write_off", "write_off"), ("Write off", "write_off"),
    ("write-off", "write_off"), ("Refund", "refund"), ("wait", "wait:2026-11-28"),
    ("wait:2026-12-01", "wait:2026-12-01"),
    ("Wait: 2026-12-01", "wait:2026-12-01"), ("wait:1.12.2026", "wait:2026-12-01"),
    ("wait:2027-11-22", "wait:2027-11-22"), ("duplicate_of:\(id)", "duplicate_of:\(id)"),
    ("Duplicate of: \(id.uppercased())", "duplicate_of:\(id)"),
  ])
  func whatFinanceWritesIsRead(_ text: String, _ meant: String) throws {
    let decision = try BreakDecision(text, on: Self.today)
    #expect(decision.description == meant)
    #expect(try BreakDecision(decision.description, on: Self.today) == decision)
  }

  @Test(arguments: [
    ("acept", DecisionRefusal.Reason.unknownDecision, "did you mean \"accept\"?"), ("yes", .unknownDecision, "none of"),
    ("accept:now", .unknownDecision, "did you mean \"accept\"?"),
    ("duplicate_of", .unknownDecision, "as duplicate_of:ID"),
    ("Wait 2026-12-01", .unknownDecision, "the date behind a colon, as wait:2026-12-01"),
    ("wait until May", .unknownDecision, "none of accept, write_off, refund, wait, duplicate_of:ID; write the date"),
    ("wiat 2026-12-01", .unknownDecision, "did you mean \"wait\"?"),
    ("duplicate of 1e4f6a3c", .unknownDecision, "the other's whole id behind a colon"),
    ("refund, please", .unknownDecision, "did you mean \"refund\"?"),
    ("writeoff please", .unknownDecision, "did you mean \"write_off\"?"),
    ("duplicate_of:1.2E+35", .invalidID, "copy the whole id"), ("wait:12/01/2026", .invalidDate, "wait:2026-12-01"),
    ("wait:2026-11-21", .invalidDate, "not after 2026-11-21"), ("wait:2026-02-30", .invalidDate, "no date"),
    ("wait:2027-11-23", .invalidDate, "more than a year"), ("wait:", .invalidDate, "no date"),
  ])
  func anythingElseIsRefusedInWords(_ text: String, _ reason: DecisionRefusal.Reason, _ says: String) {
    do throws(DecisionRefusal) {
      _ = try BreakDecision(text, on: Self.today)
      Issue.record("\(text) was read")
    } catch {
      #expect(error.reason == reason)
      #expect(error.detail.contains(says))
    }
  }

  @Test func whatResolvesABreakIsKnown() throws {
    let words = ["accept", "write_off", "refund", "wait", "duplicate_of:\(Self.id)"]
    #expect(
      try words.map { try BreakDecision($0, on: Self.today).resolution }
        == ["accepted", "written_off", nil, nil, "duplicate"])
  }

  /// Asking again by the same decision is asking for the same refund; by a later one, for another.
  @Test func aRefundBelongsToItsDecision() {
    let id = BreakID(naming: "test")
    func refund(_ decision: Int32) -> RefundID {
      RefundID(charge: "ch_1", reason: .amountMismatch, askedFor: id, decision: decision)
    }
    #expect(refund(1) == refund(1))
    #expect(refund(1) != refund(2))
    #expect(refund(1) != RefundID(charge: "ch_1", reason: .amountMismatch, askedFor: id))
  }
}
