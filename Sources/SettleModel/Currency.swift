/// An ISO 4217 currency with its own number of minor-unit digits.
///
/// Only codes of the table exist: an unknown code is refused where it is read, because its exponent would be a guess.
package struct Currency: Hashable, Sendable, Comparable, CustomStringConvertible {
  /// Three capital letters, packed so that copies and comparisons cost nothing.
  private let packed: UInt32
  /// How many decimal digits one major unit has: 2 for USD, 0 for JPY, 3 for KWD.
  package let digits: Int

  /// The currency of an ISO 4217 alphabetic code in capital letters, or nil where the table does not hold it.
  package init?(_ code: some StringProtocol) {
    guard let currency = code.utf8.withContiguousStorageIfAvailable({ Currency(utf8: $0) }) ?? Currency(slow: code)
    else { return nil }
    self = currency
  }

  /// The currency whose three capital letters these bytes are.
  package init?(utf8 bytes: UnsafeBufferPointer<UInt8>) {
    guard bytes.count == 3, let digits = Self.table[Self.pack(bytes[0], bytes[1], bytes[2])] else { return nil }
    packed = Self.pack(bytes[0], bytes[1], bytes[2])
    self.digits = Int(digits)
  }

  private init?(slow code: some StringProtocol) {
    let bytes = Array(code.utf8)
    guard let currency = bytes.withUnsafeBufferPointer({ Currency(utf8: $0) }) else { return nil }
    self = currency
  }

  private init(packed: UInt32, digits: UInt8) {
    self.packed = packed
    self.digits = Int(digits)
  }

  /// The three-letter code.
  package var code: String {
    String(decoding: [UInt8(packed >> 16 & 0xFF), UInt8(packed >> 8 & 0xFF), UInt8(packed & 0xFF)], as: UTF8.self)
  }

  package var description: String { code }

  package static func < (left: Currency, right: Currency) -> Bool { left.packed < right.packed }

  /// Every currency that settle knows, in order of its code.
  package static let all: [Currency] = table.map { Currency(packed: $0.key, digits: $0.value) }.sorted()

  private static func pack(_ first: UInt8, _ second: UInt8, _ third: UInt8) -> UInt32 {
    UInt32(first) << 16 | UInt32(second) << 8 | UInt32(third)
  }

  /// ISO 4217 list one, with the minor units it gives; funds and precious metals, which nobody is charged in, are left out.
  private static let table: [UInt32: UInt8] = {
    let byDigits: [(UInt8, String)] = [
      (0, "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX VND VUV XAF XOF XPF"),
      (3, "BHD IQD JOD KWD LYD OMR TND"),
      (
        2,
        """
        AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF CNY \
        COP CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS \
        INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR \
        MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD \
        SSP STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD UYU UZS VED VES WST XCD XCG YER ZAR ZMW ZWG
        """
      ),
    ]
    var table: [UInt32: UInt8] = [:]
    for (digits, codes) in byDigits {
      for code in codes.split(separator: " ") {
        let bytes = Array(code.utf8)
        table[pack(bytes[0], bytes[1], bytes[2])] = digits
      }
    }
    return table
  }()
}
