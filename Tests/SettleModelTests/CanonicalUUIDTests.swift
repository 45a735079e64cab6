import Foundation
import SettleModel
import Testing

@Suite struct CanonicalUUIDTests {
  @Test func readsWhatFoundationWrites() {
    for _ in 0..<1_000 {
      let uuid = UUID()
      #expect(UUID(canonical: uuid.uuidString) == uuid)
      #expect(UUID(canonical: uuid.uuidString.lowercased()) == uuid)
      #expect(uuid.canonical == uuid.uuidString.lowercased())
    }
  }

  /// Foundation's own parser takes the first four.
  @Test(arguments: [
    "+1234567-89ab-cdef-0123-456789abcdef", " 1234567-89ab-cdef-0123-456789abcdef",
    "0x234567-89ab-cdef-0123-456789abcdef", "-1234567-89ab-cdef-0123-456789abcdef",
    "", "12345678-89ab-cdef-0123-456789abcde", "12345678-89ab-cdef-0123-456789abcdeg",
    "1234567889abcdef0123456789abcdef", "123456789-9ab-cdef-0123-456789abcdef",
    "{2345678-89ab-cdef-0123-456789abcde}", "12345678-89ab-cdef-0123-456789abcdef ",
  ])
  func whatIsNoUUID(_ text: String) {
    #expect(UUID(canonical: text) == nil)
    #expect(PaymentID(text) == nil)
  }

  @Test func blanksAroundAUUIDDoNotMakeItAnother() {
    let upper = " 550E8400-E29B-41D4-A716-446655440000 "
    #expect(IdentityText.normalised(upper) == "550e8400-e29b-41d4-a716-446655440000")
    #expect(IdentityText.normalised("+50E8400-E29B-41D4-A716-446655440000").first == "+")
  }
}
