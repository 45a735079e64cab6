import Crypto
package import Foundation

/// A UUID that can only stand for one kind of thing.
package protocol Identifier: RawRepresentable, Hashable, Sendable, Comparable, CustomStringConvertible
where RawValue == UUID {
  init(rawValue: UUID)
}

extension Identifier {
  /// Reads the canonical form, in either case.
  package init?(_ text: some StringProtocol) {
    guard let uuid = UUID(canonical: text) else { return nil }
    self.init(rawValue: uuid)
  }

  /// Lower-case canonical form.
  package var description: String { rawValue.canonical }

  package static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
}

/// One intent to take money for one order.
package struct PaymentID: Identifier {
  package let rawValue: UUID
  package init(rawValue: UUID) { self.rawValue = rawValue }
}

/// One intent to give money back.
package struct RefundID: Identifier {
  package let rawValue: UUID
  package init(rawValue: UUID) { self.rawValue = rawValue }
}

/// One difference that a person or a rule must resolve.
package struct BreakID: Identifier {
  package let rawValue: UUID
  package init(rawValue: UUID) { self.rawValue = rawValue }
}

/// One line of a processor's file or API about money.
package struct OutcomeID: Identifier {
  package let rawValue: UUID
  package init(rawValue: UUID) { self.rawValue = rawValue }
}

/// The namespace of every identity that settle derives. Changing it would let a known authorization be charged again.
private let namespace: [UInt8] = [
  0x7c, 0x1d, 0x5a, 0x38, 0x2b, 0x0e, 0x4f, 0x6a, 0x9d, 0x54, 0x0e, 0xc3, 0x86, 0x21, 0xf7, 0xb9,
]

extension Identifier {
  /// The name-based identity (RFC 9562, version 5) of the parts, joined by the ASCII unit separator.
  ///
  /// Every part must be normalised before: see ``IdentityText``.
  package init(naming parts: String...) { self.init(naming: Array(parts.joined(separator: "\u{1F}").utf8)) }

  /// The same of parts that have been joined, in UTF-8.
  package init(naming joined: [UInt8]) {
    var hash = Insecure.SHA1()
    hash.update(data: namespace)
    joined.withUnsafeBytes { hash.update(bufferPointer: $0) }
    self.init(rawValue: UUID(version5: hash.finalize()))
  }
}

extension UUID {
  /// The first sixteen bytes of a SHA-1 digest, marked as version 5 and as the RFC's variant.
  fileprivate init(version5 digest: Insecure.SHA1.Digest) {
    self = digest.withUnsafeBytes { bytes in
      UUID(
        uuid: (
          bytes[0], bytes[1], bytes[2], bytes[3], bytes[4], bytes[5], bytes[6] & 0x0F | 0x50, bytes[7],
          bytes[8] & 0x3F | 0x80, bytes[9], bytes[10], bytes[11], bytes[12], bytes[13], bytes[14], bytes[15]
        ))
    }
  }
}

extension PaymentID {
  /// The payment of an authorization: its own identity where it carries one, else its order's.
  ///
  /// The same authorization can never become two payments, however often it is loaded.
  package init(merchant: String, authorizationID: String?, orderReference: String) {
    if let authorizationID {
      self.init(naming: merchant, "authorization", authorizationID)
    } else {
      self.init(merchant: merchant, order: orderReference)
    }
  }

  /// The payment that an order without authorizations of its own has.
  package init(merchant: String, order: String) { self.init(naming: merchant, "order", order) }
}

extension RefundID {
  /// The refund of a charge that a break or a decision asked for. Asking again yields the same refund.
  package init(charge: String, reason: BreakReason, askedFor: BreakID) {
    self.init(naming: "refund", charge, reason.rawValue, askedFor.description)
  }
}

/// An order, as the contract's messages name it.
package struct OrderID: Identifier {
  package let rawValue: UUID
  package init(rawValue: UUID) { self.rawValue = rawValue }

  /// The reference itself where it is a UUID, else a name-based one over it.
  package init(reference: String) {
    if let uuid = UUID(canonical: reference) {
      self.init(rawValue: uuid)
    } else {
      self.init(naming: "order", reference)
    }
  }
}
