/// One search for a card number: walks over runs of digit groups and tries every stretch of whole groups.
struct CardNumberFinder {
  /// The digits of the run, and where its groups begin among them.
  private var digits: [UInt8] = []
  private var groups: [Int] = []

  mutating func finds(in bytes: Bytes) -> Bool {
    var index = 0
    while index < bytes.count {
      guard CardNumber.isDigit(bytes[index]) else {
        index += 1
        continue
      }
      let start = index
      if let end = Self.uuidEnd(bytes, around: start) {
        index = end
        continue
      }
      let end = Self.groupEnd(bytes, from: start)
      if Self.gap(bytes, at: end) == 0 {
        if Self.isCard(bytes[start..<end]) { return true }
        index = end
      } else {
        index = readRun(bytes, from: start)
        if runHoldsCard() { return true }
      }
    }
    return false
  }

  private static func groupEnd(_ bytes: Bytes, from start: Int) -> Int {
    var end = start
    while end < bytes.count, CardNumber.isDigit(bytes[end]) { end += 1 }
    return end
  }

  /// Collects the digits of a run: groups with one blank or hyphen between them. Returns where it ends.
  private mutating func readRun(_ bytes: Bytes, from start: Int) -> Int {
    digits.removeAll(keepingCapacity: true)
    groups.removeAll(keepingCapacity: true)
    groups.append(0)
    var index = start
    while index < bytes.count {
      if CardNumber.isDigit(bytes[index]) {
        digits.append(bytes[index])
        index += 1
        continue
      }
      let gap = Self.gap(bytes, at: index)
      guard gap > 0, index + gap < bytes.count, CardNumber.isDigit(bytes[index + gap]) else { break }
      groups.append(digits.count)
      index += gap
    }
    groups.append(digits.count)
    return index
  }

  /// The length of what may stand between two groups: a blank, a hyphen, or the wider ones that text editors put in
  /// their place (no-break space, thin space, typographic hyphens and dashes).
  private static func gap(_ bytes: Bytes, at index: Int) -> Int {
    guard index < bytes.count else { return 0 }
    switch bytes[index] {
    case UInt8(ascii: " "), UInt8(ascii: "-"), UInt8(ascii: "\t"): return 1
    case 0xC2: return index + 1 < bytes.count && bytes[index + 1] == 0xA0 ? 2 : 0
    case 0xE2:
      guard index + 2 < bytes.count, bytes[index + 1] == 0x80 else { return 0 }
      return (0x80...0x95).contains(bytes[index + 2]) || bytes[index + 2] == 0xAF ? 3 : 0
    default: return 0
    }
  }

  private func runHoldsCard() -> Bool {
    for first in 0..<groups.count - 1 {
      for last in first + 1..<groups.count {
        let length = groups[last] - groups[first]
        if length > 19 { break }
        guard length >= 12, last == first + 1 || groupsLookLikeACards(first, last) else { continue }
        if Self.isCard(digits[groups[first]..<groups[last]]) { return true }
      }
    }
    return false
  }

  /// A number in groups is written in groups of two digits or more; lists of small numbers are not card numbers.
  private func groupsLookLikeACards(_ first: Int, _ last: Int) -> Bool {
    (first..<last).allSatisfy { groups[$0 + 1] - groups[$0] >= 2 }
  }

  /// Whether a run of ASCII digits is one.
  private static func isCard(_ number: some RandomAccessCollection<UInt8>) -> Bool {
    guard number.count >= 12, number.count <= 19 else { return false }
    let prefix = number.prefix(6).reduce(0) { $0 * 10 + Int($1 - UInt8(ascii: "0")) }
    return issuers.contains { $0.prefixes.contains(prefix) && $0.lengths.contains(number.count) } && passesLuhn(number)
  }

  /// ISO/IEC 7812-1, annex B.
  private static func passesLuhn(_ number: some RandomAccessCollection<UInt8>) -> Bool {
    var sum = 0
    for (place, byte) in number.reversed().enumerated() {
      let digit = Int(byte - UInt8(ascii: "0"))
      let value = place % 2 == 0 ? digit : digit * 2
      sum += value > 9 ? value - 9 : value
    }
    return sum % 10 == 0
  }

  /// Where the UUID ends that the digit at `index` belongs to, or nil where it belongs to none. A run that is longer
  /// than a UUID is none, and is not looked at further: each group of digits in it asks again.
  private static func uuidEnd(_ bytes: Bytes, around index: Int) -> Int? {
    func belongs(_ byte: UInt8) -> Bool {
      CardNumber.isDigit(byte) || (byte | 0x20) &- UInt8(ascii: "a") < 26 || byte == UInt8(ascii: "-")
    }
    var start = index
    var end = index
    while start > 0, end - start <= uuidLength, belongs(bytes[start - 1]) { start -= 1 }
    while end < bytes.count, end - start <= uuidLength, belongs(bytes[end]) { end += 1 }
    return CardNumber.isUUID(bytes[start..<end]) ? end : nil
  }

  private static let uuidLength = 36

  /// First six digits and lengths of the card networks' numbers. A small table on purpose: what no network issues
  /// must pass, or order numbers and phone numbers would be refused.
  private static let issuers: [(prefixes: ClosedRange<Int>, lengths: Set<Int>)] = [
    (400_000...499_999, [13, 16, 19]),  // Visa
    (510_000...559_999, [16]), (222_100...272_099, [16]),  // Mastercard
    (340_000...349_999, [15]), (370_000...379_999, [15]),  // American Express
    (601_100...601_199, Set(16...19)), (644_000...659_999, Set(16...19)),  // Discover, RuPay, Elo
    (300_000...305_999, Set(14...19)), (309_500...309_599, Set(14...19)),  // Diners Club
    (360_000...369_999, Set(14...19)), (380_000...399_999, Set(14...19)),
    (352_800...358_999, Set(16...19)),  // JCB
    (620_000...629_999, Set(16...19)), (810_000...817_199, Set(16...19)),  // UnionPay
    (220_000...220_499, Set(16...19)),  // Mir
    (501_800...501_899, Set(12...19)), (502_000...502_099, Set(12...19)),  // Maestro
    (503_800...503_899, Set(12...19)), (589_300...589_399, Set(12...19)), (630_400...630_499, Set(12...19)),
    (639_000...639_099, Set(12...19)), (675_900...675_999, Set(12...19)), (676_100...676_399, Set(12...19)),
    (676_700...676_799, Set(12...19)),
    (506_099...506_198, Set(16...19)), (507_865...507_964, Set(16...19)),  // Verve
    (508_500...508_999, [16]), (606_985...608_500, [16]), (606_282...606_282, [16]),  // RuPay, Hipercard
  ]
}
