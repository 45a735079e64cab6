/// Stripe's ids, checked before they become part of an address.
enum StripeReference {
  case payment, charge, refund

  /// `py_` names the charges that are not by card.
  private var prefixes: [String] {
    switch self {
    case .payment: ["pi_"]
    case .charge: ["ch_", "py_"]
    case .refund: ["re_", "pyr_"]
    }
  }

  /// Whether a text is such an id: its prefix, then letters, digits and underscores, 255 in all at most, as Stripe says.
  func matches(_ text: String) -> Bool {
    guard text.utf8.count <= 255, let prefix = prefixes.first(where: text.hasPrefix) else { return false }
    let rest = text.utf8.dropFirst(prefix.utf8.count)
    return !rest.isEmpty
      && rest.allSatisfy { byte in
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
          UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"):
          true
        default: false
        }
      }
  }
}
