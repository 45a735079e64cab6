/// What `:86:` tells, in the ways that banks structure it: German subfields (`?20…`), tags between slashes
/// (`/EREF/…/REMI/…`), or plain words.
struct MT940Information {
  /// The payer's own reference, where it is marked as one.
  private(set) var endToEnd: String?
  /// The other party's name and its words.
  private(set) var text = ""

  init(_ lines: [String]) {
    let joined = Self.joined(lines)
    if let subfields = Self.subfields(joined) {
      readSubfields(subfields)
    } else {
      endToEnd = Self.slashed("EREF", in: joined)
      text = joined
    }
    if endToEnd == "NOTPROVIDED" { endToEnd = nil }
  }

  /// A line that is full was broken wherever it ended; a shorter one ends with a word.
  private static func joined(_ lines: [String]) -> String {
    var text = ""
    var wasFull = true
    for line in lines {
      text += (wasFull ? "" : " ") + line
      wasFull = line.utf8.count >= 65
    }
    return text
  }

  /// Three digits for what kind of booking it is, then subfields of two digits each, behind a mark of the bank's
  /// choice (`?` as a rule).
  private static func subfields(_ text: String) -> [(number: Int, text: Substring)]? {
    let bytes = Array(text.utf8.prefix(6))
    guard bytes.count == 6, bytes[..<3].allSatisfy(CardNumber.isDigit), bytes[4...].allSatisfy(CardNumber.isDigit),
      !CardNumber.isDigit(bytes[3]), bytes[3] < 0x80, bytes[3] != 0x20
    else { return nil }
    let mark = Character(Unicode.Scalar(bytes[3]))
    return text.dropFirst(3).split(separator: mark).compactMap { part in
      Int(part.prefix(2)).map { (number: $0, text: part.dropFirst(2)) }
    }
  }

  private mutating func readSubfields(_ subfields: [(number: Int, text: Substring)]) {
    func all(_ numbers: ClosedRange<Int>) -> String {
      subfields.filter { numbers.contains($0.number) }.map(\.text).joined()
    }
    let words = all(20...29) + all(60...63)
    let tagged = Self.tagged(words)
    endToEnd = tagged["EREF"]?.trimmed
    text =
      [all(32...33).trimmed, (tagged["SVWZ"] ?? words).trimmed, all(0...0).trimmed].first(where: { !$0.isEmpty })
      .map { first in
        let purpose = (tagged["SVWZ"] ?? words).trimmed
        return purpose.isEmpty || purpose == first ? first : "\(first); \(purpose)"
      } ?? ""
  }

  /// The parts of German words: `EREF+…SVWZ+…`.
  private static func tagged(_ words: String) -> [String: String] {
    let tags = ["EREF", "KREF", "MREF", "CRED", "DEBT", "COAM", "OAMT", "SVWZ", "ABWA", "ABWE", "IBAN", "BIC"]
    let starts = tags.compactMap { tag in words.firstRange(of: "\(tag)+").map { (tag: tag, range: $0) } }
      .sorted { $0.range.lowerBound < $1.range.lowerBound }
    var parts: [String: String] = [:]
    for (index, start) in starts.enumerated() {
      let end = index + 1 < starts.count ? starts[index + 1].range.lowerBound : words.endIndex
      parts[start.tag] = String(words[start.range.upperBound..<end])
    }
    return parts
  }

  /// What stands behind a tag between slashes, up to the next slash.
  private static func slashed(_ tag: String, in text: String) -> String? {
    guard let start = text.firstRange(of: "/\(tag)/") else { return nil }
    let value = text[start.upperBound...].prefix { $0 != "/" }
    return value.isEmpty ? nil : String(value).trimmed
  }
}
