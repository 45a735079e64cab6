import Foundation
import SettleModel
import Testing

/// The expected identities were computed by another implementation of RFC 9562 (Python's `uuid.uuid5`). Should one of
/// these fail, known authorizations would be charged again.
@Suite struct IdentifiersTests {
  static let subject = "7c1d5a38-2b0e-4f6a-9d54-0ec38621f7b9"

  static let payments: [(String, String?, String, String)] = [
    ("default", nil, "A-1", "a63b64b5-2d8e-5492-be67-c713a0a017a4"),
    ("default", "A-1", "another order", "24191ea5-e1c1-5dc0-a949-d34fd8dbdfde"),
    ("shop", nil, "A-1", "245088c4-ed9e-5365-bf13-0d2f6adcc3d0"),
    ("default", nil, "Größe", "f715ed46-442e-53dc-b718-2ef73d8e8c39"),
  ]

  @Test(arguments: payments)
  func paymentsAreNamedByMerchantKindAndID(merchant: String, authorization: String?, order: String, id: String) {
    let payment = PaymentID(merchant: merchant, authorizationID: authorization, orderReference: order)
    #expect(payment.description == id)
    if authorization == nil { #expect(PaymentID(merchant: merchant, order: order) == payment) }
  }

  @Test func refundsAreNamedByChargeReasonAndWhatAskedForThem() throws {
    let asked = try #require(BreakID(Self.subject))
    let refund = RefundID(charge: "ch_1", reason: .duplicateCharge, askedFor: asked)
    #expect(refund.description == "8b2e875b-502f-59eb-b176-7487188f7656")
    #expect(RefundID(charge: "ch_2", reason: .duplicateCharge, askedFor: asked) != refund)
    #expect(RefundID(charge: "ch_1", reason: .amountMismatch, askedFor: asked) != refund)
  }

  @Test func ordersKeepTheirUUIDs() {
    #expect(OrderID(reference: Self.subject).description == Self.subject)
    #expect(OrderID(reference: "A-1").description == "1dfdae46-5564-5bd0-ad5e-dad51be1d93f")
  }

  @Test func partsCannotRunIntoEachOther() {
    #expect(OutcomeID(naming: "ab", "c") != OutcomeID(naming: "a", "bc"))
    #expect(OutcomeID(naming: "a", "", "b") != OutcomeID(naming: "a", "b"))
    #expect(OutcomeID(naming: "a", "") != OutcomeID(naming: "a"))
  }

  @Test func derivedIdentitiesAreOfVersion5() {
    let bytes = OutcomeID(naming: "anything").rawValue.uuid
    #expect(bytes.6 >> 4 == 5)
    #expect(bytes.8 >> 6 == 0b10)
  }

  @Test func readsEitherCaseAndWritesLowerCase() {
    #expect(PaymentID(Self.subject.uppercased())?.description == Self.subject)
    #expect(PaymentID("no uuid") == nil)
    #expect(PaymentID(" \(Self.subject)") == nil)
  }

  /// Reports are sorted in Swift here and in SQL there: both must mean the same order.
  @Test func areOrderedAsTheirText() {
    let ids = (0..<200).map { OutcomeID(naming: "order", "\($0)") }
    #expect(ids.sorted().map(\.description) == ids.map(\.description).sorted())
  }
}
