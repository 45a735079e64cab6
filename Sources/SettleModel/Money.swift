/// An amount of one currency in its minor units: cents for USD, yen for JPY, fils for KWD.
package struct Money: Hashable, Sendable, CustomStringConvertible {
  /// The largest amount that settle takes in, in minor units. No processor takes more than twelve digits, and sums of
  /// millions of such amounts still fit 64 bits.
  package static let largest: Int64 = 999_999_999_999

  /// Signed minor units. Refunds and costs are negative wherever a sum is meant.
  package var minor: Int64
  package var currency: Currency

  package init(minor: Int64, currency: Currency) {
    self.minor = minor
    self.currency = currency
  }

  /// The amount in decimal major units with exactly the currency's own number of digits: `12.30`, `500`, `-1.250`.
  package var major: String { Money.major(minor, digits: currency.digits) }

  package var description: String { "\(major) \(currency)" }

  /// Decimal major units of a number of minor units.
  package static func major(_ minor: Int64, digits: Int) -> String {
    guard digits > 0 else { return String(minor) }
    let figures = String(minor.magnitude)
    let padded = String(repeating: "0", count: max(0, digits + 1 - figures.count)) + figures
    return (minor < 0 ? "-" : "") + padded.dropLast(digits) + "." + padded.suffix(digits)
  }

  /// Reads decimal major units such as `12`, `12.3`, `-0.50`.
  ///
  /// Digits past the currency's own must be zeros. Thousands separators, exponents, blanks and a bare point are
  /// refused: an amount that needs a guess is no amount.
  package init?(major text: some StringProtocol, currency: Currency) {
    var text = Array(text.utf8)
    guard
      let minor = text.withUnsafeMutableBufferPointer({
        Money.minorUnits(fromMajor: UnsafeBufferPointer($0), digits: currency.digits)
      })
    else { return nil }
    self.init(minor: minor, currency: currency)
  }

  /// Minor units of decimal major units in UTF-8, or nil where the text is no such number or does not fit.
  package static func minorUnits(fromMajor bytes: UnsafeBufferPointer<UInt8>, digits: Int) -> Int64? {
    var index = 0
    var negative = false
    if let first = bytes.first, first == UInt8(ascii: "-") || first == UInt8(ascii: "+") {
      negative = first == UInt8(ascii: "-")
      index = 1
    }
    var value: Int64 = 0
    var wholeDigits = 0
    var fraction: Int?
    while index < bytes.count {
      let byte = bytes[index]
      index += 1
      if byte == UInt8(ascii: "."), fraction == nil, wholeDigits > 0 {
        fraction = 0
        continue
      }
      guard byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") else { return nil }
      let digit = Int64(byte - UInt8(ascii: "0"))
      if let seen = fraction {
        fraction = seen + 1
        if seen >= digits {
          guard digit == 0 else { return nil }
          continue
        }
      } else {
        wholeDigits += 1
      }
      guard let next = appending(digit, to: value, negative: negative) else { return nil }
      value = next
    }
    guard wholeDigits > 0, fraction != 0 else { return nil }
    for _ in min(fraction ?? 0, digits)..<digits {
      guard let next = appending(0, to: value, negative: negative) else { return nil }
      value = next
    }
    return value
  }

  private static func appending(_ digit: Int64, to value: Int64, negative: Bool) -> Int64? {
    let (tenfold, overflow) = value.multipliedReportingOverflow(by: 10)
    let (sum, carried) = negative ? tenfold.subtractingReportingOverflow(digit) : tenfold.addingReportingOverflow(digit)
    return overflow || carried ? nil : sum
  }
}

/// Why two amounts could not be put together.
package enum MoneyError: Error, Equatable, CustomStringConvertible {
  case mixedCurrencies(Currency, Currency)
  case overflow(Currency)

  package var description: String {
    switch self {
    case .mixedCurrencies(let left, let right):
      "\(left) and \(right) cannot be added: convert nothing, sum per currency"
    case .overflow(let currency): "a sum of \(currency) exceeds what 64 bits of minor units hold"
    }
  }
}

extension Money {
  /// The sum. Throws ``MoneyError`` for mixed currencies and for overflow.
  package func adding(_ other: Money) throws -> Money {
    guard currency == other.currency else { throw MoneyError.mixedCurrencies(currency, other.currency) }
    let (sum, overflow) = minor.addingReportingOverflow(other.minor)
    guard !overflow else { throw MoneyError.overflow(currency) }
    return Money(minor: sum, currency: currency)
  }

  /// The difference. Throws ``MoneyError`` for mixed currencies and for overflow.
  package func subtracting(_ other: Money) throws -> Money {
    guard currency == other.currency else { throw MoneyError.mixedCurrencies(currency, other.currency) }
    let (difference, overflow) = minor.subtractingReportingOverflow(other.minor)
    guard !overflow else { throw MoneyError.overflow(currency) }
    return Money(minor: difference, currency: currency)
  }
}
