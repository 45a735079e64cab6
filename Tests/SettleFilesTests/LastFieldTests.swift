import SettleModel
import Testing

@testable import SettleFiles

/// A file that ends without a line end: its last row counts only where its last value cannot be a part of another.
@Suite struct LastFieldTests {
  static let authorizations: [(text: String, isBelieved: Bool)] = [
    ("order_id,amount,currency\nA-1,1250,USD", true),
    ("order_id,currency,amount\nA-1,USD,1250", false),
    ("amount,currency,order_id\n1250,USD,A-1", false),
    ("amount,currency,order_id\n1250,USD,0d9c1f7e-1c7b-4e35-8a31-77f0b6ad0001", true),
    ("order_id,amount,currency,authorization_id\nA-1,1250,USD,auth_1", false),
    ("order_id,amount,currency,authorization_id\nA-1,1250,USD,", false),
    ("order_id,amount,currency,customer_id\nA-1,1250,USD,C1", false),
    ("order_id,amount,currency,processor_reference\nA-1,1250,USD,pi_1", false),
    ("order_id,amount,currency,payment_method\nA-1,1250,USD,pm_card_visa", true),
    ("order_id,amount,currency,payment_method\nA-1,1250,USD,", false),
    ("order_id,amount,currency,authorized_at\nA-1,1250,USD,2026-11-20T08:05:00Z", true),
    ("order_id,amount,currency,authorized_at\nA-1,1250,USD,", false),
  ]

  @Test(arguments: authorizations)
  func anAuthorization(_ text: String, _ isBelieved: Bool) throws {
    let cut = try #require(try rows(text).first)
    #expect((cut.authorization != nil) == isBelieved)
    if !isBelieved { #expect(cut.quarantined?.reason == .cutOff) }
    #expect(try rows(text + "\n").first?.authorization != nil)
    #expect(try rows(text + "\r\n").first?.authorization != nil)
  }

  static let outcomes: [(column: String, value: String, isBelieved: Bool)] = [
    ("balance_transaction_id", "txn_1", false), ("net", "48.15", false), ("charge_id", "ch_1", false),
    ("automatic_payout_id", "", false), ("currency", "usd", true), ("reporting_category", "charge", true),
    ("created_utc", "2026-11-20 23:05:00", true), ("description", "anything", true), ("description", "", true),
    ("dispute_reason", "", true), ("payment_metadata[order_id]", "A-1", false),
    ("payment_metadata[payment_id]", "0d9c1f7e-1c7b-5e35-8a31-77f0b6ad0001", true),
  ]

  @Test(arguments: outcomes)
  func aProcessorsRow(_ column: String, _ value: String, _ isBelieved: Bool) throws {
    var columns = [
      ("balance_transaction_id", "txn_1"), ("created_utc", "2026-11-20 23:05:00"), ("currency", "usd"),
      ("gross", "49.90"), ("fee", "1.75"), ("net", "48.15"), ("reporting_category", "charge"), ("source_id", "ch_1"),
    ].filter { $0.0 != column }
    columns.append((column, value))
    let text = columns.map(\.0).joined(separator: ",") + "\n" + columns.map(\.1).joined(separator: ",")
    let cut = try #require(try rows(text).first)
    #expect((cut.outcome != nil) == isBelieved)
    if !isBelieved {
      #expect(cut.quarantined?.reason == .cutOff)
      #expect(cut.quarantined?.field == column)
    }
    #expect(try rows(text + "\n").first?.outcome != nil)
  }
}
