import Foundation
import SettleModel
import Yams

/// What single values of a pipeline file mean.
extension YAMLPlace {
  func text() throws -> String {
    guard let text = node.scalar?.string else { throw refusal("must be one text") }
    guard !text.isEmpty, !text.unicodeScalars.contains(where: { $0.properties.generalCategory == .control }) else {
      throw refusal("must be a text without line breaks and control characters")
    }
    return text
  }

  /// A name that may stand in file names and tables: letters, digits, `-`, `_` and `.`.
  func name() throws -> String {
    let text = try text()
    guard text.utf8.count <= 64, text.range(of: "^[A-Za-z0-9][A-Za-z0-9._-]*$", options: .regularExpression) != nil
    else { throw refusal("\"\(text)\" is no name; use up to 64 letters, digits, - _ and .") }
    return text
  }

  func processorName() throws -> String {
    let text = try text()
    guard ProcessorName.isOne(text) else {
      throw refusal("\"\(text)\" is no processor's name; use small letters, digits, - _ and ., such as adyen")
    }
    return text
  }

  func integer(in range: ClosedRange<Int>) throws -> Int {
    let text = try text()
    guard text.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let value = Int(text), range.contains(value) else {
      throw refusal("\"\(text)\" must be a whole number from \(range.lowerBound) to \(range.upperBound)")
    }
    return value
  }

  /// `90s`, `30m` or `1h`.
  func duration(below limit: Duration, named limitName: String) throws -> Duration {
    let text = try text()
    let units: [Character: Int] = ["s": 1, "m": 60, "h": 3_600]
    guard let unit = text.last.flatMap({ units[$0] }), let count = Self.count(text.dropLast()) else {
      throw refusal("\"\(text)\" is no duration; write seconds, minutes or hours, such as 90s, 30m or 1h")
    }
    let (seconds, overflow) = count.multipliedReportingOverflow(by: unit)
    guard !overflow, .seconds(seconds) < limit else { throw refusal("\"\(text)\" must be less than \(limitName)") }
    return .seconds(seconds)
  }

  /// `25/s` or `1500/m`.
  func rate() throws -> PipelineDefinition.Rate {
    let text = try text()
    let parts = text.split(separator: "/", omittingEmptySubsequences: false)
    let units: [Substring: Duration] = ["s": .seconds(1), "m": .seconds(60)]
    guard parts.count == 2, let requests = Self.count(parts[0]), let per = units[parts[1]] else {
      throw refusal("\"\(text)\" is no rate; write requests a second or a minute, such as 25/s or 1500/m")
    }
    guard (1...100_000).contains(requests) else {
      throw refusal("\"\(text)\" must allow 1 to 100000 requests; leave the key out for no limit")
    }
    return .init(requests: requests, per: per)
  }

  private static func count(_ digits: Substring) -> Int? {
    digits.utf8.allSatisfy { (0x30...0x39).contains($0) } ? Int(digits) : nil
  }

  /// An IANA zone. Abbreviations such as `EST` and fixed offsets are refused: they know no summer time.
  func timeZone() throws -> TimeZone {
    let text = try text()
    guard text == "UTC" || text.contains("/"), let zone = TimeZone(identifier: text) else {
      let known = ["UTC"] + TimeZone.knownTimeZoneIdentifiers
      let example = NearestName.suggestion(for: text, among: known).map { "did you mean \($0)?" }
      throw refusal("\"\(text)\" is no time zone; \(example ?? "write UTC or a name such as Europe/Berlin")")
    }
    return zone
  }

  /// One of the spellings, or the refusal that names them all.
  func choice<Value>(of values: [(spelling: String, value: Value)]) throws -> Value {
    let text = try text()
    let spellings = values.map(\.spelling)
    guard let value = values.first(where: { $0.spelling == text })?.value else {
      throw refusal(
        "\"\(text)\" is not known here"
          + (NearestName.meant(by: text, among: spellings).map { "; did you mean \($0)?" }
            ?? "; write \(spellings.joined(separator: " or "))"))
    }
    return value
  }

  /// Minor units by currency, of a mapping such as `{ USD: "500.00" }`.
  func amounts() throws -> [Currency: Int64] {
    var amounts: [Currency: Int64] = [:]
    for (currency, place) in try byCurrency() { amounts[currency] = try place.amount(in: currency) }
    return amounts
  }

  /// Values under currency codes, in the order in which they stand.
  func byCurrency() throws -> [(Currency, YAMLPlace)] {
    let places = try mapping { code in
      guard Currency(code) == nil else { return nil }
      let meant = Currency(code.uppercased()).map { "did you mean \($0)?" }
      return "is no ISO 4217 currency; \(meant ?? "write a code such as USD")"
    }
    return places.sorted { $0.value.line < $1.value.line }
      .compactMap { code, place in Currency(code).map { ($0, place) } }
  }

  /// Decimal major units in quotes: YAML would read a bare number as a floating one, which money never is.
  func amount(in currency: Currency) throws -> Int64 {
    let text = try text()
    let example = Money.major(50_000, digits: currency.digits)
    guard node.scalar?.style != .plain else {
      throw refusal("write the amount in quotes, such as \(currency): \"\(text.isDecimal ? text : example)\"")
    }
    guard text.isDecimal else {
      throw refusal("\"\(text)\" is no amount; write decimal major units without a sign, such as \"\(example)\"")
    }
    guard text.fractionDigits <= currency.digits else {
      throw refusal("\"\(text)\" has more digits than \(currency), which has \(currency.digits)")
    }
    guard let money = Money(major: text, currency: currency) else {
      throw refusal("\"\(text)\" is more than settle can count")
    }
    return money.minor
  }

  private var line: Int { node.mark?.line ?? 0 }
}

extension String {
  fileprivate var isDecimal: Bool { range(of: "^[0-9]+(\\.[0-9]+)?$", options: .regularExpression) != nil }

  fileprivate var fractionDigits: Int { split(separator: ".").dropFirst().first?.utf8.count ?? 0 }
}
