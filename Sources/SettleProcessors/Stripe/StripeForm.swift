/// A form body in a fixed order: the same fields always give the same bytes, which a stored request relies on.
struct StripeForm {
  private(set) var text = ""

  mutating func add(_ name: String, _ value: String) {
    if !text.isEmpty { text += "&" }
    text += name + "=" + Self.encoded(value)
  }

  mutating func add(_ name: String, _ value: some BinaryInteger) { add(name, String(value)) }

  /// Everything but RFC 3986's unreserved characters as `%XX`. A blank is `%20`, which every decoder reads alike.
  static func encoded(_ value: String) -> String {
    let digits = Array("0123456789ABCDEF".utf8)
    var bytes: [UInt8] = []
    bytes.reserveCapacity(value.utf8.count)
    for byte in value.utf8 {
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
        UInt8(ascii: "~"):
        bytes.append(byte)
      default: bytes += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// The value of a field in a body that ``add(_:_:)`` made, where it holds nothing that needed encoding.
  static func plainValue(_ name: String, in body: String) -> String? {
    var body = body
    // Asked several times for each answer.
    return body.withUTF8 { bytes in
      var rest = bytes[...]
      while !rest.isEmpty {
        let field = rest.prefix { $0 != UInt8(ascii: "&") }
        rest = rest[field.endIndex...].dropFirst()
        let value = field.dropFirst(name.utf8.count)
        guard value.first == UInt8(ascii: "="), field.starts(with: name.utf8) else { continue }
        return value.contains(UInt8(ascii: "%")) ? nil : String(decoding: value.dropFirst(), as: UTF8.self)
      }
      return nil
    }
  }
}
