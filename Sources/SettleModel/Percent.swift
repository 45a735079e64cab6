/// A share in percent, exactly: `2.9`, `0.000125`, `100`.
package struct Percent: Hashable, Sendable, CustomStringConvertible {
  /// Millionths of a percent: 2 900 000 for 2.9 %.
  package let millionths: Int64

  package static let zero = Percent(millionths: 0)

  /// What `millionths` is divided by to be a share of one.
  package static let whole: Int64 = 100_000_000

  private init(millionths: Int64) { self.millionths = millionths }

  /// Reads up to six decimals, without a sign and from 0 to 100; nil for anything else.
  package init?(_ text: some StringProtocol) {
    let parts = String(text).utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
    guard (1...2).contains(parts.count),
      parts.allSatisfy({ !$0.isEmpty && $0.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) } }),
      let units = Int64(Substring(parts[0])), units <= 100
    else { return nil }
    let decimals = parts.count == 2 ? String(Substring(parts[1])) : ""
    guard decimals.utf8.count <= 6,
      let fraction = Int64(decimals + String(repeating: "0", count: 6 - decimals.utf8.count))
    else { return nil }
    let millionths = units * 1_000_000 + fraction
    guard millionths <= Self.whole else { return nil }
    self.init(millionths: millionths)
  }

  /// The shortest decimal, with its sign: `2.9%`.
  package var description: String {
    var text = Money.major(millionths, digits: 6)
    while text.hasSuffix("0") { text.removeLast() }
    if text.hasSuffix(".") { text.removeLast() }
    return text + "%"
  }
}
