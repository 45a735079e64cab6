import SettleModel
import Testing

@testable import SettleFiles

/// Files whose columns another mark separates than the layouts say.
@Suite struct OtherSeparatorTests {
  struct Case: Sendable, CustomTestStringConvertible {
    var text: String
    var layout: String?
    var reason: FileRefusal.Reason
    var message: String

    var testDescription: String { "\(text.prefix { $0 != "\n" }) as \(layout ?? "auto")" }
  }

  private static let outcomes =
    "the columns are those of settle-outcomes, but a semicolon separates them and not a comma; write a layout that extends"
    + " it with separator: \";\", or export the file with a comma"

  static let cases = [
    Case(
      text: "event;amount;currency;occurred_at;order_id\npayment-succeeded;1250;EUR;2026-11-20T09:00:00Z;A-1\n",
      reason: .unknownLayout, message: outcomes),
    Case(
      text: "\"event\";\"amount\";\"currency\";\"occurred_at\"\n", reason: .unknownLayout, message: outcomes),
    Case(
      text: "event;amount;currency;occurred_at\n", layout: "settle-outcomes", reason: .missingColumn,
      message: outcomes),
    Case(
      text: "balance_transaction_id\treporting_category\tgross\n", reason: .unknownLayout,
      message:
        "the columns are those of stripe-payout-reconciliation, but a tab separates them and not a comma; write a"
        + " layout that extends it with separator: tab (and decimal: \",\" where its amounts are written 12,34), or"
        + " export the file with a comma"),
    Case(
      text: "Vorgang;Betrag\nx;12,34\n", reason: .unknownLayout,
      message:
        "a semicolon separates the columns of this file, and a comma those of the layouts that settle knows; write"
        + " a layout that names its columns with separator: \";\" (and decimal: \",\" where its amounts are written"
        + " 12,34), or export the file with a comma"),
  ]

  @Test(arguments: cases) func isSaid(_ example: Case) throws {
    let refusal = try #require(try refusal(example.text.utf8, layout: example.layout))
    #expect(refusal.message == example.message)
    #expect(refusal.reason == example.reason)
    #expect(refusal.line == 1)
  }

  /// What has none of a layout's marks is told as before.
  @Test(arguments: ["what\n", "a,b\n", "order_id,amount\nA;1,2\n"])
  func anythingElseIsNot(_ text: String) throws {
    let refusal = try #require(try refusal(text.utf8))
    #expect(refusal.message.hasPrefix("the file has no layout that settle knows"))
  }
}
