import SettleModel

/// What stands between the digits of the decimal amounts of a CSV file, as its layout says.
struct NumberMarks: Sendable, Equatable {
  /// `decimal`: what stands before the decimals.
  var decimal = UInt8(ascii: ".")
  /// `thousands`: what may stand between groups of three digits.
  var thousands: String?

  /// Whether numbers are written as settle writes them itself.
  var isPlain: Bool { self == NumberMarks() }

  /// What an amount must look like, for whoever mends the file.
  var example: String { String(decoding: Array("12".utf8) + [decimal] + Array("34".utf8), as: UTF8.self) }

  init() {}

  /// Reads `decimal` and `thousands`. Throws ``ConfigurationError``.
  init(_ yaml: YAMLMapping) throws {
    switch try yaml.string("decimal") {
    case nil, ".": break
    case ",": decimal = UInt8(ascii: ",")
    default: throw yaml.error("decimal", "must be \".\" or \",\"")
    }
    guard let mark = try yaml.string("thousands") else { return }
    guard [".", ",", " ", "'", "\u{A0}", "\u{202F}", "’"].contains(mark), Array(mark.utf8) != [decimal]
    else { throw yaml.error("thousands", "must be \".\", \",\", \" \" or \"'\", and another than \"decimal\"") }
    thousands = mark
  }

  /// The number without the marks between its thousands; nil where they stand elsewhere.
  func ungrouped(_ text: Substring) -> String? {
    guard let mark = thousands, text.contains(mark) else { return String(text) }
    let point = Character(Unicode.Scalar(decimal))
    let halves = text.split(separator: point, maxSplits: 1, omittingEmptySubsequences: false)
    let groups = halves[0].split(separator: mark, omittingEmptySubsequences: false)
    guard (1...3).contains(groups[0].utf8.count), groups.dropFirst().allSatisfy({ $0.utf8.count == 3 }) else {
      return nil
    }
    return groups.joined() + (halves.count == 2 ? "\(point)\(halves[1])" : "")
  }

  /// The same number with a point alone, its sign kept; nil where a mark stands where it may not.
  func plain(_ bytes: Bytes) -> [UInt8]? {
    let text = String(decoding: bytes, as: UTF8.self)
    let sign = text.prefix { $0 == "-" || $0 == "+" }
    guard sign.utf8.count <= 1, let number = ungrouped(text.dropFirst(sign.count)) else { return nil }
    var plain = Array(sign.utf8) + Array(number.utf8)
    let point = UInt8(ascii: ".")
    guard decimal != point else { return plain }
    // A point that is no mark of thousands may be anything.
    guard !plain.contains(point) else { return nil }
    if let place = plain.firstIndex(of: decimal) { plain[place] = point }
    return plain
  }
}
