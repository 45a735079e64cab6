import Foundation

/// Card numbers that pass for real ones: of a network's prefix and length, and right by Luhn.
struct TestCards: Sendable {
  let numbers: [String]

  init(_ count: Int, _ random: inout SeededRandom) {
    let kinds = [("4", 16), ("51", 16), ("37", 15), ("6011", 16), ("2221", 16)]
    numbers = (0..<count).map { number in
      let (prefix, length) = kinds[number % kinds.count]
      var digits = prefix
      while digits.count < length - 1 { digits += "\(Int.random(in: 0...9, using: &random))" }
      return digits + Self.checkDigit(digits)
    }
  }

  /// One of them, as people write them: plain, in groups, or with hyphens.
  func written(_ random: inout SeededRandom) -> String {
    let digits = numbers[Int.random(in: 0..<numbers.count, using: &random)]
    let separator = ["", "", " ", "-"][Int.random(in: 0..<4, using: &random)]
    guard !separator.isEmpty else { return digits }
    return stride(from: 0, to: digits.count, by: 4)
      .map { String(digits.dropFirst($0).prefix(4)) }.joined(separator: separator)
  }

  /// Which of them stand somewhere in the bytes, however they are grouped. Never says the number.
  func found(in data: Data) -> Int {
    var packed = Data(capacity: data.count)
    for byte in data where byte != UInt8(ascii: " ") && byte != UInt8(ascii: "-") { packed.append(byte) }
    return numbers.count { packed.range(of: Data($0.utf8)) != nil }
  }

  private static func checkDigit(_ digits: String) -> String {
    var sum = 0
    for (place, figure) in digits.reversed().enumerated() {
      let digit = figure.wholeNumberValue ?? 0
      let value = place % 2 == 0 ? digit * 2 : digit
      sum += value > 9 ? value - 9 : value
    }
    return "\((10 - sum % 10) % 10)"
  }
}
