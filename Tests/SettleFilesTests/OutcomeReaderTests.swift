import Foundation
import SettleModel
import Testing

@testable import SettleFiles

@Suite struct OutcomeReaderTests {
  static let payment = "550e8400-e29b-41d4-a716-446655440000"
  static let refund = "16fd2706-8baf-433b-82eb-8c7fada847da"
  static let header =
    "event,payment_id,order_id,refund_id,amount,currency,processor_reference,reason,occurred_at\n"

  static func record(
    _ kind: OutcomeKind, _ minor: Int64, reason: String? = nil, _ references: OutcomeRecord.References
  ) throws -> OutcomeRecord {
    let instant = try #require(Timestamp(rfc3339: "2026-11-20T08:05:00Z"))
    return OutcomeRecord(
      kind: kind, occurredAt: instant, gross: try money(minor, "USD"), references: references, reason: reason, line: 2)
  }

  @Test func eventsBecomeOutcomes() throws {
    let payment = PaymentID(Self.payment)
    let refund = RefundID(Self.refund)
    let cases: [(String, OutcomeRecord)] = [
      (
        "payment-succeeded,\(Self.payment),A1,,1250,USD,pi_1,",
        try Self.record(.charge, 1250, .init(payment: payment, order: "A1", processorPayment: "pi_1"))
      ),
      ("payment-succeeded,,,,1250,USD,ch_1,", try Self.record(.charge, 1250, .init(processorCharge: "ch_1"))),
      ("payment-succeeded,,,,1250,USD,psp-7,", try Self.record(.charge, 1250, .init(processorPayment: "psp-7"))),
      (
        "payment-failed,\(Self.payment),,,1250,USD,,CARD_DECLINED",
        try Self.record(.chargeFailed, 1250, reason: "CARD_DECLINED", .init(payment: payment))
      ),
      (
        "payment-failed,,A1,,,USD,,EXPIRED_CARD",
        try Self.record(.chargeFailed, 0, reason: "EXPIRED_CARD", .init(order: "A1"))
      ),
      (
        "refund-processed,\(Self.payment),,\(Self.refund),500,USD,re_1,asked for",
        try Self.record(
          .refund, -500, reason: "asked for", .init(payment: payment, refund: refund, processorRefund: "re_1"))
      ),
      ("refund-processed,,,\(Self.refund),500,USD,,", try Self.record(.refund, -500, .init(refund: refund))),
      ("refund-failed,,,,500,USD,psp-9,", try Self.record(.refundFailure, 500, .init(processorRefund: "psp-9"))),
    ]
    for (row, expected) in cases {
      #expect(try rows(Self.header + row + ",2026-11-20T08:05:00Z\n") == [.outcome(expected)])
    }
  }

  /// Each row is `event,payment_id,order_id,refund_id,amount,currency,processor_reference,reason,occurred_at`.
  @Test(
    arguments: [
      ("payment-pending,,A1,,1,USD,,,2026-11-20T08:05:00Z", QuarantineReason.unknownEvent, "event"),
      ("Payment-succeeded,,A1,,1,USD,,,2026-11-20T08:05:00Z", .unknownEvent, "event"),
      (",,A1,,1,USD,,,2026-11-20T08:05:00Z", .missingValue, "event"),
      ("payment-succeeded,,,,1,USD,,,2026-11-20T08:05:00Z", .missingValue, nil),
      ("payment-succeeded,,,\(refund),1,USD,,,2026-11-20T08:05:00Z", .missingValue, nil),
      ("payment-succeeded,,A1,,1,USD,,,", .missingValue, "occurred_at"),
      ("payment-succeeded,,A1,,,USD,,,2026-11-20T08:05:00Z", .missingValue, "amount"),
      ("payment-succeeded,,A1,,1,,,,2026-11-20T08:05:00Z", .missingValue, "currency"),
      ("payment-succeeded,,A1,,0,USD,,,2026-11-20T08:05:00Z", .zeroAmount, "amount"),
      ("refund-processed,,A1,,-1,USD,,,2026-11-20T08:05:00Z", .invalidAmount, "amount"),
      ("payment-succeeded,,A1,,1.50,USD,,,2026-11-20T08:05:00Z", .invalidAmount, "amount"),
      ("payment-succeeded,,A1,,1,usd,,,2026-11-20T08:05:00Z", .invalidCurrency, "currency"),
      ("payment-succeeded,,A1,,1,USD,,,2026-11-20", .invalidInstant, "occurred_at"),
      ("payment-succeeded,A1,,,1,USD,,,2026-11-20T08:05:00Z", .invalidIdentifier, "payment_id"),
      ("refund-processed,,A1,R1,1,USD,,,2026-11-20T08:05:00Z", .invalidIdentifier, "refund_id"),
      ("payment-failed,,A1,,1,USD,,,2026-11-20T08:05:00Z", .missingValue, "reason"),
      ("payment-failed,,A1,,1,USD,,NO_MONEY,2026-11-20T08:05:00Z", .unknownReason, "reason"),
      ("payment-succeeded,,A1,,1,USD,4242424242424242,,2026-11-20T08:05:00Z", .cardNumber, "processor_reference"),
      ("payment-succeeded,,A1,,1,USD,1.2E+15,,2026-11-20T08:05:00Z", .invalidIdentifier, "processor_reference"),
    ] as [(String, QuarantineReason, String?)])
  func whatIsRefused(_ row: String, _ reason: QuarantineReason, _ field: String?) throws {
    let refused = try #require(try rows(Self.header + row + "\n").first?.quarantined)
    #expect(refused.reason == reason)
    #expect(refused.field == field)
  }

  @Test func whatToFillIsNamed() throws {
    let row = "refund-processed,,,,1,USD,,,2026-11-20T08:05:00Z\n"
    let refused = try #require(try rows(Self.header + row).first?.quarantined)
    #expect(
      refused.detail == "the row does not say what it is about; fill at least one of"
        + " payment_id, order_id, processor_reference, refund_id")
  }

  /// Every reason that a file alone can give must have been seen in the tests of this target.
  @Test func reasonsOfTheStoreAreTheOnlyOthers() {
    let ofTheStore: Set<QuarantineReason> = [.conflict, .alreadyCharged, .attemptOpen, .holdInUse, .exceedsHold]
    let ofFiles: Set<QuarantineReason> = [
      .missingValue, .invalidAmount, .zeroAmount, .invalidCurrency, .invalidInstant, .invalidIdentifier, .invalidText,
      .tooLong, .wrongColumnCount, .invalidJSON, .cutOff, .unknownField, .cardNumber, .unknownEvent, .unknownCategory,
      .unknownReason, .sumsDisagree,
    ]
    // Whose money may be asked for is told by the pipeline.
    let ofThePipeline: Set<QuarantineReason> = [.unknownProcessor]
    #expect(ofTheStore.union(ofFiles).union(ofThePipeline) == Set(QuarantineReason.allCases))
  }
}
