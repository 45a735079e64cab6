/// Finds payouts by what bank lines say. Banks change case, cut texts into pieces and drop what is no letter or digit,
/// so that names are compared without all that.
struct PayoutNames {
  /// A shorter name may stand anywhere by chance: a batch number, a year.
  static let shortest = 6
  /// From this length on a name is also looked for across the blanks that a bank has put into it.
  static let shortestWithin = 10

  private var byName: [String: [Int]] = [:]
  private var longNames: [(name: [UInt8], payout: Int)] = []

  init(_ payouts: [AwaitedPayout]) {
    for (index, payout) in payouts.enumerated() {
      for name in Set(payout.names.map(Self.squeezed)).sorted() where name.utf8.count >= Self.shortest {
        byName[name, default: []].append(index)
        if name.utf8.count >= Self.shortestWithin { longNames.append((Array(name.utf8), index)) }
      }
    }
  }

  /// Indices of the payouts that the texts name, in order.
  func named(in texts: [String]) -> [Int] {
    var found: Set<Int> = []
    for text in texts {
      found.formUnion(byName[Self.squeezed(text)] ?? [])
      for word in text.split(whereSeparator: { !Self.isOfName($0) }) {
        found.formUnion(byName[Self.squeezed(word)] ?? [])
      }
    }
    if found.isEmpty { for text in texts { found.formUnion(within(SqueezedText(text))) } }
    return found.sorted()
  }

  /// Payouts whose names stand anywhere in a text. Of names within each other the longest is meant.
  private func within(_ text: SqueezedText) -> [Int] {
    let hits = longNames.flatMap { long in text.places(of: long.name).map { (place: $0, payout: long.payout) } }
    return hits.filter { hit in
      !hits.contains { $0.place.count > hit.place.count && $0.place.overlaps(hit.place) }
    }.map(\.payout)
  }

  private static func isOfName(_ character: Character) -> Bool {
    character.isLetter || character.isNumber || character == "_" || character == "-"
  }

  private static func squeezed(_ text: some StringProtocol) -> String {
    var squeezed = ""
    for byte in text.uppercased().utf8 where (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) {
      squeezed.unicodeScalars.append(Unicode.Scalar(byte))
    }
    return squeezed
  }
}

/// A text as names are looked for in it: its letters and digits alone, and which of them the text itself puts side by side.
private struct SqueezedText {
  private var bytes: [UInt8] = []
  /// Whether nothing stands between the byte and the one before it.
  private var isJoined: [Bool] = []

  init(_ text: String) {
    var joined = false
    for byte in text.uppercased().utf8 {
      let isKept = Self.isDigit(byte) || (0x41...0x5A).contains(byte)
      if isKept {
        bytes.append(byte)
        isJoined.append(joined)
      }
      joined = isKept
    }
  }

  /// Where the name stands as a whole: a digit at its beginning or end belongs to no longer number.
  func places(of name: [UInt8]) -> [Range<Int>] {
    guard let first = name.first, let last = name.last, name.count <= bytes.count else { return [] }
    return (0...(bytes.count - name.count)).filter { bytes[$0] == first }.map { $0..<($0 + name.count) }.filter {
      place in
      bytes[place].elementsEqual(name) && !(Self.isDigit(first) && goesOn(at: place.lowerBound))
        && !(Self.isDigit(last) && goesOn(at: place.upperBound))
    }
  }

  /// Whether two digits stand side by side here.
  private func goesOn(at place: Int) -> Bool {
    place > 0 && place < bytes.count && isJoined[place] && Self.isDigit(bytes[place - 1]) && Self.isDigit(bytes[place])
  }

  private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }
}
