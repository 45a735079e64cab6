import SettleModel
import Testing

@testable import SettleFiles

@Suite struct FileSummaryTests {
  @Test func countsAndSums() throws {
    let text = """
      balance_transaction_id,created_utc,currency,gross,fee,net,reporting_category
      t1,2026-11-20 08:00:00,usd,10,1,9,charge
      t2,2026-11-20 08:00:00,USD,5,0.50,4.50,charge
      t3,2026-11-20 08:00:00,usd,-3,0,-3,refund
      t4,2026-11-20 08:00:00,jpy,500,20,480,charge
      t5,2026-11-20 08:00:00,usd,x,0,0,charge
      t6,2026-11-20 08:00:00,usd,1,0,2,charge
      balance_transaction_id,created_utc,currency,gross,fee,net,reporting_category

      """
    let summary = try FileSummary(try TestFile(text).examine(), keeping: 1)
    #expect(summary.layout == "stripe-payout-reconciliation")
    #expect(
      summary.groups == [
        .init(kind: "charge", count: 1, sum: try money(500, "JPY"), fees: 20, net: 480),
        .init(kind: "charge", count: 2, sum: try money(1500, "USD"), fees: 150, net: 1350),
        .init(kind: "refund", count: 1, sum: try money(-300, "USD"), fees: 0, net: -300),
      ])
    #expect([summary.read, summary.accepted, summary.quarantined, summary.ignored] == [7, 4, 2, 1])
    #expect(summary.reasons == [.invalidAmount: 1, .sumsDisagree: 1])
    #expect(summary.ignoredFor == [.repeatedHeader: 1])
    #expect(summary.statements == 0)
    #expect(summary.firstRefused.map(\.line) == [6])
    #expect(summary.firstRefused.map(\.field) == ["gross"])
  }

  /// Amounts that are finer than their currency are summed as they are written: a hundred fees of 0.0245 are 2.45, and
  /// a hundred of 0.0004 are 0.04, though none of them is a cent.
  @Test func sumsAreRoundedOnce() throws {
    var text =
      "Type,Payment ID,Reference,Processed On,Available On,Holding Currency,Payout ID,Gross In Holding Currency,"
      + "Deduction In Holding Currency,Net In Holding Currency,Processing Currency,Gross In Processing Currency,"
      + "FX Rate Applied,Payment Method\n"
    for number in 0..<100 {
      text += "Charge,pay_\(number),,2026-11-20T09:15:00.000,,EUR,P1,10.003,-0.0245,9.9785,EUR,10.003,1,VISA\n"
      text += "Network Token Update,,,2026-11-20T09:15:00.000,,EUR,P1,0,-0.0004,-0.0004,EUR,0,1,VISA\n"
    }
    let file = try TestFile(text).examine()
    let summary = try FileSummary(file)
    #expect(
      summary.groups == [
        .init(kind: "charge", count: 100, sum: try money(100_030, "EUR"), fees: 245, net: 99_785),
        .init(kind: "fee", count: 100, sum: try money(-4, "EUR"), fees: 0, net: -4),
      ])
    let row = try #require(try file.rows.first)
    guard case .outcome(let record) = row else { throw NotAnOutcome() }
    #expect((record.gross.minor, record.fee, record.net) == (1_000, 2, 998))
    #expect(record.rest == OutcomeRecord.Rest(gross: 300_000, net: -150_000))
  }

  private struct NotAnOutcome: Error {}

  /// As a run counts: a statement is a row of its own beside its lines.
  @Test func aStatementIsARow() throws {
    let summary = try FileSummary(try TestFile(StatementFiles.mt940).examine())
    #expect([summary.read, summary.accepted, summary.quarantined, summary.ignored] == [4, 4, 0, 0])
    #expect(summary.statements == 2)
    #expect(summary.groups.map(\.count) == [2])
  }

  @Test func authorizationsToo() throws {
    let summary = try FileSummary(try TestFile("order_id,amount,currency\nA,1,USD\nB,2,USD\n").examine())
    #expect(summary.groups == [.init(kind: "authorization", count: 2, sum: try money(3, "USD"), fees: 0, net: 3)])
  }
}
