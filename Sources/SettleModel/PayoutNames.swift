/// Finds payouts by what bank lines say. Banks change case, cut texts into pieces and drop what is no letter or digit,
/// so that names are compared without all that.
struct PayoutNames {
  /// A shorter name may stand anywhere by chance: a batch number, a year.
  static let shortest = 6
  /// From this length on a name is also looked for across the blanks that a bank has put into it.
  static let shortestWithin = 10

  private var byName: [String: [Int]] = [:]
  private var longNames: [(name: String, payout: Int)] = []

  init(_ payouts: [AwaitedPayout]) {
    for (index, payout) in payouts.enumerated() {
      for name in Set(payout.names.map(Self.squeezed)).sorted() where name.utf8.count >= Self.shortest {
        byName[name, default: []].append(index)
        if name.utf8.count >= Self.shortestWithin { longNames.append((name, index)) }
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
    if found.isEmpty {
      let whole = texts.map(Self.squeezed)
      for (name, payout) in longNames where whole.contains(where: { $0.contains(name) }) { found.insert(payout) }
    }
    return found.sorted()
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
