/// Finds payouts by what bank lines say. Banks change case, cut texts into pieces and drop what is no letter or digit,
/// so that names are compared without all that.
struct PayoutNames {
  /// What a name is worth where a line says it.
  enum Worth {
    /// It is the payout, whatever the amount.
    case proof
    /// Short, or nothing but a number or a word: it may be a date, an amount or somebody's name. It tells which payout
    /// is meant among those of the line's own amount and days, and nothing else.
    case hint
    case nothing
  }

  /// From this length on a name of letters and digits is a proof.
  static let shortestProof = 6
  /// From this length on any name is, and is also looked for across the blanks that a bank has put into it.
  static let shortestWithin = 10
  static let shortestHint = 4

  private var proofs = NameIndex()
  private var hints = NameIndex()
  private var longNames: [(name: [UInt8], payout: Int)] = []

  init(_ payouts: [AwaitedPayout]) {
    for (index, payout) in payouts.enumerated() {
      for name in Set(payout.names).sorted() {
        switch Self.worth(of: name) {
        case .proof: proofs.add(name, of: index)
        case .hint: hints.add(name, of: index)
        case .nothing: continue
        }
        let squeezed = Array(NameIndex.squeezed(name).utf8)
        if squeezed.count >= Self.shortestWithin { longNames.append((squeezed, index)) }
      }
    }
  }

  static func worth(of name: String) -> Worth {
    let name = NameIndex.squeezed(name).utf8
    guard name.count < shortestWithin else { return .proof }
    let digits = name.count { (0x30...0x39).contains($0) }
    // Less than six digits alone are in too many texts even to hint: a year, a day, an amount.
    guard digits > 0, digits < name.count else { return name.count >= shortestProof ? .hint : .nothing }
    return name.count >= shortestProof ? .proof : name.count >= shortestHint ? .hint : .nothing
  }

  /// Indices of the payouts that the texts name for certain, in order.
  func named(in texts: [String]) -> [Int] {
    var found = Set(texts.flatMap(proofs.found))
    if found.isEmpty { for text in texts { found.formUnion(within(SqueezedText(text))) } }
    return found.sorted()
  }

  /// Indices of the payouts that the texts may name, in order.
  func hinted(in texts: [String]) -> [Int] { Set(texts.flatMap(hints.found)).sorted() }

  /// Payouts whose names stand anywhere in a text. Of names within each other the longest is meant.
  private func within(_ text: SqueezedText) -> [Int] {
    let hits = longNames.flatMap { long in text.places(of: long.name).map { (place: $0, payout: long.payout) } }
    return hits.filter { hit in
      !hits.contains { $0.place.count > hit.place.count && $0.place.overlaps(hit.place) }
    }.map(\.payout)
  }
}

/// Names that a text holds as whole words, or is as a whole.
private struct NameIndex {
  private var byName: [String: [Int]] = [:]
  /// Names of several words, such as `Shop/77`.
  private var byWords: [[String]: [Int]] = [:]
  private var mostWords = 1

  mutating func add(_ name: String, of payout: Int) {
    byName[Self.squeezed(name), default: []].append(payout)
    let words = Self.words(of: name)
    guard words.count > 1 else { return }
    byWords[words, default: []].append(payout)
    mostWords = max(mostWords, words.count)
  }

  func found(in text: String) -> [Int] {
    guard !byName.isEmpty else { return [] }
    let words = Self.words(of: text)
    var found = byName[Self.squeezed(text)] ?? []
    for word in words { found += byName[word] ?? [] }
    for first in words.indices where mostWords > 1 {
      for last in (first + 1)..<max(first + 1, min(first + mostWords, words.count)) {
        found += byWords[Array(words[first...last])] ?? []
      }
    }
    return found
  }

  private static func words(of text: String) -> [String] {
    text.split(whereSeparator: { !isOfName($0) }).map(squeezed).filter { !$0.isEmpty }
  }

  private static func isOfName(_ character: Character) -> Bool {
    character.isLetter || character.isNumber || character == "_" || character == "-"
  }

  static func squeezed(_ text: some StringProtocol) -> String {
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
