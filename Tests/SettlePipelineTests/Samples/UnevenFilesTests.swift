import Foundation
import Postgres
import SettleModel
import SettleStore
import SettleTesting
import Testing

@testable import SettlePipeline

/// Files that are right in themselves and easily taken wrong: fractions of a cent, ids that repeat, disputes in parts.
@Suite(.serialized) struct UnevenFilesTests {
  private static let checkout =
    "Type,Payment ID,Reference,Processed On,Available On,Holding Currency,Payout ID,Gross In Holding Currency,"
    + "Deduction In Holding Currency,Net In Holding Currency,Processing Currency,Gross In Processing Currency,"
    + "FX Rate Applied,Payment Method\n"

  /// Checkout.com rounds only what it pays out.
  @Test func aPayoutIsWhatItsLinesComeToBeforeTheyAreRounded() async throws {
    try await Night.with { night in
      let lines = (0..<1_000).map { number in
        "Charge,pay_\(number),,2026-11-20T09:15:00.000,,EUR,P1,10,-0.024,9.976,EUR,10,1,VISA\n"
      }
      try night.put(Self.checkout + lines.prefix(600).joined(), "outcomes/a.csv")
      try night.put(Self.checkout + lines.suffix(600).joined(), "outcomes/b.csv")
      let result = try await night.run(.importing, .reconcile, .report)
      #expect(result.stages.flatMap(\.files).map(\.counts.accepted) == [600, 400])
      let payout = try #require(try night.rows("payouts.csv").first)
      #expect(["lines", "gross", "fees", "net"].map { payout[$0] ?? "-" } == ["1000", "10000.00", "24.00", "9976.00"])
      let written = try String(contentsOfFile: night.folder + "/out/run_results.json", encoding: .utf8)
      #expect(written.contains("\"known_row\" : 200"))
      try await night.expectFixpoint()
      #expect(
        try await night.run(.importing).json().components(separatedBy: "\"known_file\" : 600").count == 3)
    }
  }

  /// `matched.csv` has a line's net rounded, so that all of them may come to half a cent a line more or less than the
  /// payout, and the fee to a whole one: 9.976 is 9.98 in each, and 19.95 in two.
  @Test func matchedLinesAreRoundedOneByOne() async throws {
    try await Night.with { night in
      let orders = ["A", "B"].map { "\($0),1000,EUR,checkout\n" }.joined()
      try night.put("order_id,amount,currency,processor\n" + orders, "authorizations/a.csv")
      let lines = ["A", "B"].map { order in
        "Charge,pay_\(order),\(order),2026-11-20T09:15:00.000,,EUR,P1,10,-0.024,9.976,EUR,10,1,VISA\n"
      }
      try night.put(Self.checkout + lines.joined(), "outcomes/a.csv")
      try await night.run(.ingest, .importing, .reconcile, .report)
      let columns = ["amount", "fee", "net"]
      #expect(
        try night.rows("matched.csv").map { row in columns.map { row[$0] ?? "-" } }
          == [["10.00", "0.02", "9.98"], ["10.00", "0.02", "9.98"]])
      let payout = try #require(try night.rows("payouts.csv").first)
      #expect(["gross", "fees", "net"].map { payout[$0] ?? "-" } == ["20.00", "0.05", "19.95"])
    }
  }

  /// Two equal refunds of one second have one id, made of all columns that could tell them apart.
  @Test func equalRefundsOfOneSecondAreTwo() async throws {
    try await Night.with { night in
      let refund = "Refund,pay_1,,2026-11-20T09:15:00.000,,EUR,P1,-5,0,-5,EUR,-5,1,VISA\n"
      try night.put(Self.checkout + refund + refund, "outcomes/a.csv")
      try await night.run(.importing, .reconcile, .report)
      #expect(
        try await night.store.rows("SELECT kind, sum(gross)::text FROM outcome_records GROUP BY kind")
          == ["refund -1000"])
      try night.put(Self.checkout + refund + refund + refund, "outcomes/b.csv")
      try await night.run(.importing, .reconcile, .report)
      #expect(try await night.count("outcome_records") == 3)
    }
  }

  private static func payPal(_ rows: [String], credits: Int, debits: Int) -> String {
    """
    "RH",2026/11/21 08:00:00 -0800,"A","SHOPACCOUNT1",009
    "FH",01
    "SH",2026/11/20 00:00:00 -0800,2026/11/20 23:59:59 -0800,"SHOPACCOUNT1",""
    "CH","Transaction ID","Invoice ID","PayPal Reference ID","PayPal Reference ID Type","Transaction Event Code",\
    "Transaction Initiation Date","Transaction Completion Date","Transaction Debit or Credit",\
    "Gross Transaction Amount","Gross Transaction Currency","Fee Debit or Credit","Fee Amount","Fee Currency",\
    "Custom Field","Consumer ID","Payment Tracking ID","Bank Reference ID"
    \(rows.joined(separator: "\n"))
    "SF","USD",\(credits),\(debits),0,0,"CR",0,"CR",0,"CR",0,"CR",0,"CR",0,"CR",0,1
    "SC",\(rows.count)
    "RF","USD",\(credits),\(debits),0,0,"CR",0,"CR",0,"CR",0,"CR",0,"CR",0,"CR",0,1
    "RC",\(rows.count)
    "FF",1

    """
  }

  private static func row(_ id: String, _ code: String, _ side: String, _ amount: Int, of payment: String = "")
    -> String
  {
    let type = payment.isEmpty ? "" : "TXN"
    return "\"SB\",\"\(id)\",\"\",\"\(payment)\",\"\(type)\",\"\(code)\",2026/11/20 09:15:00 -0800,"
      + "2026/11/20 09:15:00 -0800,\"\(side)\",\(amount),\"USD\",\"\",,\"\",\"\",\"\",\"\",\"\""
  }

  /// PayPal holds twice under one transaction's id, and gives a chargeback and its reversal an id each.
  @Test func payPalsHoldsAndDisputes() async throws {
    try await Night.with { night in
      try night.put(
        Self.payPal(
          [
            Self.row("4AB1", "T2101", "DR", 500), Self.row("4AB1", "T2101", "DR", 700),
            Self.row("4AB2", "T1201", "DR", 1_000, of: "4AB9"), Self.row("4AB3", "T1202", "CR", 400, of: "4AB9"),
            Self.row("4AB4", "T1201", "DR", 300, of: "4AB8"), Self.row("4AB5", "T1202", "CR", 300, of: "4AB8"),
          ], credits: 700, debits: 2_500), "outcomes/stl.csv")
      let result = try await night.run(.importing, .reconcile, .report)
      #expect(result.stages.flatMap(\.files).map(\.counts.accepted) == [6])
      #expect(
        try await night.store.rows(
          "SELECT count(*)::text, sum(gross)::text FROM outcome_records WHERE kind = 'reserve'") == ["2 -1200"])
      let breaks = try night.rows("breaks.csv").filter { $0["status"] == "open" }
      #expect(breaks.map { "\($0["reason"] ?? "") \($0["reported_amount"] ?? "")" } == ["dispute -6.00"])
    }
  }
}
