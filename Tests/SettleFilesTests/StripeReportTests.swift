import Foundation
import SettleModel
import Testing

@testable import SettleFiles

@Suite struct StripeReportTests {
  static let columns = [
    "balance_transaction_id", "created_utc", "available_on_utc", "currency", "gross", "fee", "net",
    "reporting_category", "source_id", "charge_id", "payment_intent_id", "automatic_payout_id",
    "customer_facing_amount", "customer_facing_currency", "description", "payment_metadata[payment_id]",
    "payment_metadata[order_id]", "refund_metadata[refund_id]", "dispute_reason",
  ]

  /// A report of one row: a charge of 25 dollars, changed by `changes`; an empty column is left out.
  static func report(_ changes: [String: String] = [:], without left: Set<String> = []) -> String {
    var values = [
      "balance_transaction_id": "txn_1", "created_utc": "2026-11-20 10:11:12", "currency": "usd", "gross": "25",
      "fee": "0.95", "net": "24.05", "reporting_category": "charge",
    ]
    values.merge(changes) { $1 }
    let names = columns.filter { !left.contains($0) } + changes.keys.filter { !columns.contains($0) }.sorted()
    return names.joined(separator: ",") + "\n" + names.map { values[$0] ?? "" }.joined(separator: ",") + "\n"
  }

  static func outcome(_ changes: [String: String] = [:]) throws -> OutcomeRecord {
    try #require(try rows(report(changes)).first?.outcome)
  }

  @Test func aChargeWithEverything() throws {
    let payment = "550e8400-e29b-41d4-a716-446655440000"
    let record = try Self.outcome([
      "available_on_utc": "2026-11-22 00:00:00", "source_id": "ch_1", "charge_id": "ch_1", "payment_intent_id": "pi_1",
      "automatic_payout_id": "po_1", "customer_facing_amount": "22.10", "customer_facing_currency": "EUR",
      "description": "\"Order, \"\"A1\"\"\nand a second line\"", "payment_metadata[payment_id]": payment,
      "payment_metadata[order_id]": "A1",
    ])
    let expected = OutcomeRecord(
      kind: .charge, rowID: "txn_1", occurredAt: try #require(Timestamp(rfc3339: "2026-11-20T10:11:12Z")),
      availableOn: Timestamp(rfc3339: "2026-11-22T00:00:00Z"), gross: try money(2500, "USD"), fee: 95, net: 2405,
      presentment: try money(2210, "EUR"),
      references: .init(
        payment: PaymentID(payment), order: "A1", processorPayment: "pi_1", processorCharge: "ch_1", payout: "po_1"),
      line: 2)
    #expect(record == expected)
  }

  @Test(arguments: [
    ("charge", OutcomeKind.charge), ("charge_failure", .captureReversal),
    ("partial_capture_reversal", .captureReversal),
    ("refund", .refund), ("refund_failure", .refundFailure), ("dispute", .dispute),
    ("dispute_reversal", .disputeReversal), ("fee", .fee), ("network_cost", .networkCost), ("payout", .payout),
    ("payout_reversal", .payoutReversal), ("topup", .transfer), ("transfer", .transfer),
    ("risk_reserved_funds", .reserve), ("other_adjustment", .adjustment),
  ])
  func categories(_ category: String, _ kind: OutcomeKind) throws {
    #expect(try Self.outcome(["reporting_category": category]).kind == kind)
  }

  @Test(arguments: [
    ("refund", "re_1", OutcomeRecord.References(processorRefund: "re_1")),
    ("refund", "pyr_1", .init(processorRefund: "pyr_1")), ("dispute", "du_1", .init(processorDispute: "du_1")),
    ("dispute_reversal", "dp_1", .init(processorDispute: "dp_1")), ("payout", "po_1", .init(payout: "po_1")),
    ("charge", "ch_1", .init(processorCharge: "ch_1")), ("charge", "odd-1", .init(processorCharge: "odd-1")),
    ("partial_capture_reversal", "re_1", .init(processorRefund: "re_1")), ("topup", "tu_1", .init()),
  ])
  func sources(_ category: String, _ source: String, _ expected: OutcomeRecord.References) throws {
    #expect(try Self.outcome(["reporting_category": category, "source_id": source]).references == expected)
  }

  @Test func aColumnOfItsOwnSaysMoreThanTheSource() throws {
    let record = try Self.outcome(["source_id": "ch_1", "charge_id": "ch_2"])
    #expect(record.references.processorCharge == "ch_2")
  }

  @Test(arguments: [
    ("usd", "12.50", 1250), ("USD", "-0.5", -50), ("jpy", "500", 500), ("JPY", "500.00", 500), ("kwd", "1.250", 1250),
    ("isk", "100.00", 100), ("ugx", "7", 7), ("huf", "100.50", 10050), ("usd", "12.500", 1250),
  ])
  func amountsInTheCurrencysDigits(_ currency: String, _ gross: String, _ minor: Int64) throws {
    let record = try Self.outcome(["currency": currency, "gross": gross, "fee": "0", "net": gross])
    #expect(record.gross == (try money(minor, currency.uppercased())))
  }

  @Test func costsAreRowsWithoutAPayment() throws {
    let record = try Self.outcome(["gross": "-0.5", "fee": "0", "net": "-0.5", "reporting_category": "fee"])
    #expect(record.gross.minor == -50)
    #expect(record.references == .init())
  }

  /// Reports differ in the sign of what the customer saw; ours is always that of `gross`.
  @Test(
    arguments: [
      ("-10", "-9", "EUR", -900), ("-10", "9", "EUR", -900), ("10", "9", "EUR", 900), ("-10", "10", "usd", nil),
      ("10", "10.00", "USD", nil), ("10", "", "", nil), ("10", "\"\"", "", nil), ("10", "9", "usd", 900),
    ] as [(String, String, String, Int64?)])
  func presentment(_ gross: String, _ seen: String, _ currency: String, _ minor: Int64?) throws {
    let record = try Self.outcome([
      "gross": gross, "fee": "0", "net": gross, "customer_facing_amount": seen, "customer_facing_currency": currency,
    ])
    #expect(record.presentment == (try minor.map { try money($0, currency.uppercased()) }))
  }

  @Test func metadataOfOthersIsNoReference() throws {
    let record = try Self.outcome([
      "payment_metadata[payment_id]": "24315.1", "payment_metadata[order_id]": String(repeating: "x", count: 300),
      "refund_metadata[refund_id]": "7", "dispute_reason": "\"a\tb\"",
    ])
    #expect(record.references == .init())
    #expect(record.reason == nil)
    #expect(record.gross.minor == 2500)
  }

  @Test(
    arguments: [
      (["reporting_category": "loan"], QuarantineReason.unknownCategory, "reporting_category"),
      (["reporting_category": ""], .missingValue, "reporting_category"),
      (["net": "24.06"], .sumsDisagree, "net"),
      (["gross": "1,025.00"], .wrongColumnCount, nil),
      (["gross": "\"1,025.00\""], .invalidAmount, "gross"),
      (["gross": "2.5e1"], .invalidAmount, "gross"),
      (["gross": "25.001"], .invalidAmount, "gross"),
      (["gross": ""], .missingValue, "gross"),
      (["fee": ""], .missingValue, "fee"),
      (["currency": "jpy", "gross": "25.5"], .invalidAmount, "gross"),
      (["currency": "usdx"], .invalidCurrency, "currency"),
      (["created_utc": "20/11/2026"], .invalidInstant, "created_utc"),
      (["balance_transaction_id": ""], .missingValue, "balance_transaction_id"),
      (["balance_transaction_id": "1.23E+15"], .invalidIdentifier, "balance_transaction_id"),
      (["charge_id": "4.5E+12"], .invalidIdentifier, "charge_id"),
      (["description": "paid with 4242424242424242"], .cardNumber, "description"),
      (["shipping_note": "4242-4242-4242-4242"], .cardNumber, "shipping_note"),
      (["customer_facing_amount": "9"], .missingValue, "customer_facing_currency"),
    ] as [([String: String], QuarantineReason, String?)])
  func whatIsRefused(_ changes: [String: String], _ reason: QuarantineReason, _ field: String?) throws {
    let refused = try #require(try rows(Self.report(changes)).first?.quarantined)
    #expect(refused.reason == reason)
    #expect(refused.field == field)
  }

  @Test func theGuardLeavesTheProcessorsIDsAlone() throws {
    #expect(try Self.outcome(["charge_id": "4242424242424242"]).references.processorCharge == "4242424242424242")
  }

  @Test func timesInTheReportsOwnZone() throws {
    let text = Self.report(
      ["created": "2026-11-20 05:11:12", "available_on": "2026-11-22"], without: ["created_utc", "available_on_utc"])
    let record = try #require(try rows(text, zone: "America/New_York").first?.outcome)
    #expect(record.occurredAt.description == "2026-11-20T10:11:12Z")
    #expect(record.availableOn?.description == "2026-11-22T05:00:00Z")
    let inUTC = try #require(try rows(text, zone: "UTC").first?.outcome)
    #expect(inUTC.occurredAt.description == "2026-11-20T05:11:12Z")
  }

  @Test func aZoneThatDoesNotExistIsTheCallersMistake() throws {
    let local = Self.report(["created": "2026-11-20 05:11:12"], without: ["created_utc", "available_on_utc"])
    let error = try #require(throws: ConfigurationError.self) { try rows(local, zone: "CET") }
    #expect(
      error.description == "zone CET: there is no such zone; write UTC or an IANA name such as Europe/Berlin")
    #expect(try rows(Self.report(), zone: "CET").first?.outcome != nil)
  }
}
