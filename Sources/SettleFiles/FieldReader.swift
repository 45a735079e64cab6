import Foundation
import SettleModel

/// Typed values of a record's fields. A nil slot is a column that the file does not have.
final class FieldReader {
  let plan: ColumnPlan
  /// Columns whose values are passed over where they are not of the right kind.
  private let tolerated: Set<Int>
  /// Bytes of one text that is kept.
  static let textLimit = 255

  init(_ plan: ColumnPlan) {
    self.plan = plan
    tolerated = Set(plan.layout.rules.filter(\.value.ignoresInvalid).flatMap { plan.slots($0.key) })
  }

  /// Where the layout says so, what another system wrote is no value instead of refusing real money.
  func tolerant<Value>(_ slot: Int?, _ read: (Int?) throws(RowRefusal) -> Value?) throws(RowRefusal) -> Value? {
    do throws(RowRefusal) {
      return try read(slot)
    } catch {
      if let slot, tolerated.contains(slot) { return nil }
      throw error
    }
  }

  /// The value of the first of several columns that the row fills.
  func firstFilled<Value>(
    _ record: RecordBuffer, _ slots: [Int], _ read: (Int?) throws(RowRefusal) -> Value?
  ) throws(RowRefusal) -> Value? {
    for slot in slots where record.form(slot) != .absent {
      if let value = try tolerant(slot, read) { return value }
    }
    return nil
  }

  /// The processor's word for something, in small letters, since its files vary in that.
  func word(_ record: RecordBuffer, _ slot: Int?) throws(RowRefusal) -> String? {
    try bytes(record, slot).map { String(decoding: $0, as: UTF8.self).lowercased() }
  }

  func exchangeRate(_ record: RecordBuffer, _ slot: Int?) throws(RowRefusal) -> ExchangeRate? {
    guard let bytes = try bytes(record, slot) else { return nil }
    let marks = plan.layout.marks
    let rate =
      marks.isPlain
      ? ExchangeRate(utf8: bytes)
      : marks.plain(bytes).flatMap { $0.withUnsafeBufferPointer { ExchangeRate(utf8: $0) } }
    guard let rate else {
      throw RowRefusal(slot, .invalidAmount, "a rate must be a plain positive decimal number, such as 0.9184")
    }
    return rate
  }

  /// A text, trimmed of blanks; nil where it is empty.
  func text(_ record: RecordBuffer, _ slot: Int?) throws(RowRefusal) -> String? {
    try bytes(record, slot).map { String(decoding: $0, as: UTF8.self) }
  }

  /// An id as others spell it: normalised as identities are.
  func identifier(_ record: RecordBuffer, _ slot: Int?) throws(RowRefusal) -> String? {
    guard let bytes = try idBytes(record, slot) else { return nil }
    if let uuid = UUID(canonical: bytes) { return uuid.canonical }
    let text = String(decoding: bytes, as: UTF8.self)
    // What remains of ASCII is spelt as it must be: blanks at its ends are gone.
    if bytes.allSatisfy({ $0 < 0x80 }) { return text }
    let normalised = IdentityText.normalised(text)
    return normalised.isEmpty ? nil : normalised
  }

  /// An id that a processor made, byte for byte.
  func processorID(_ record: RecordBuffer, _ slot: Int?) throws(RowRefusal) -> String? {
    try idBytes(record, slot).map { String(decoding: $0, as: UTF8.self) }
  }

  func uuid(_ record: RecordBuffer, _ slot: Int?) throws(RowRefusal) -> UUID? {
    guard let bytes = try idBytes(record, slot) else { return nil }
    guard let uuid = UUID(canonical: bytes) else {
      throw RowRefusal(slot, .invalidIdentifier, "this must be a UUID (8-4-4-4-12 hexadecimal digits)")
    }
    return uuid
  }

  func currency(_ record: RecordBuffer, _ slot: Int?, anyCase: Bool) throws(RowRefusal) -> Currency? {
    guard let bytes = try bytes(record, slot) else { return nil }
    if let currency = Currency(utf8: bytes) { return currency }
    if anyCase, bytes.count == 3, let currency = Currency(String(decoding: bytes, as: UTF8.self).uppercased()) {
      return currency
    }
    throw RowRefusal(
      slot, .invalidCurrency,
      "this is no currency that settle knows; write its ISO 4217 code in \(anyCase ? "" : "capital ")letters, such as USD"
    )
  }

  /// Signed minor units, as the layout writes amounts; in `fine` scale, millionths of them.
  func amount(
    _ record: RecordBuffer, _ slot: Int?, in currency: Currency, signed: Bool, scale: AmountReader.Scale = .minor
  ) throws(RowRefusal) -> Int64? {
    guard let slot, record.form(slot) != .absent else { return nil }
    let bytes = record[slot]
    let form: FieldForm = plan.layout.format == .csv ? .text : .number
    let whole = plan.layout.unit == .minor
    let minus = bytes.first == UInt8(ascii: "-")
    let extra = scale == .fine ? FineAmount.digits : 0
    guard record.form(slot) == form, signed || (!minus && bytes.first != UInt8(ascii: "+")),
      let value = whole
        ? integer(bytes, in: currency) : major(bytes, digits: currency.digits + extra)
    else {
      throw RowRefusal(slot, .invalidAmount, wanted(whole: whole, signed: signed, scale, currency))
    }
    guard value.magnitude <= UInt64(Money.largest) * UInt64(scale == .fine ? OutcomeRecord.Rest.one : 1) else {
      throw RowRefusal(slot, .invalidAmount, "this is more than any processor takes: twelve digits of minor units")
    }
    return value
  }

  /// Minor units of a decimal number with the layout's own marks.
  private func major(_ bytes: Bytes, digits: Int) -> Int64? {
    let marks = plan.layout.marks
    guard !marks.isPlain else { return Money.minorUnits(fromMajor: bytes, digits: digits) }
    return marks.plain(bytes).flatMap {
      $0.withUnsafeBufferPointer { Money.minorUnits(fromMajor: $0, digits: digits) }
    }
  }

  /// Minor units of an integer with the digits that the layout says it is written with.
  private func integer(_ bytes: Bytes, in currency: Currency) -> Int64? {
    guard let value = Self.integer(bytes) else { return nil }
    let written = plan.layout.digits
    guard !written.isEmpty, let digits = written.named[currency.code] ?? written.all, digits != currency.digits else {
      return value
    }
    let power = (0..<abs(digits - currency.digits)).reduce(Int64(1)) { power, _ in power * 10 }
    if digits < currency.digits {
      let (product, overflow) = value.multipliedReportingOverflow(by: power)
      return overflow ? nil : product
    }
    return value % power == 0 ? value / power : nil
  }

  private func wanted(whole: Bool, signed: Bool, _ scale: AmountReader.Scale, _ currency: Currency) -> String {
    let number = signed ? "number" : "positive number"
    if whole, let digits = plan.layout.digits.named[currency.code] ?? plan.layout.digits.all {
      return "this must be a whole \(number), digits alone, of which the last \(digits) are decimals"
        + " (no more of them than the currency has may differ from zero)"
    }
    let marks = plan.layout.marks
    let written = marks.isPlain ? "a plain decimal" : "a decimal"
    let form = marks.isPlain ? "" : ", written as \(plan.layout.name) says (such as \(marks.example))"
    if scale == .fine {
      return
        "this must be \(written) \(number) with no more than \(FineAmount.digits) digits beyond the currency's\(form)"
    }
    return whole
      ? "this must be a whole \(number) of minor units, digits alone (1250 for 12.50 USD)"
      : "this must be \(written) \(number) with no more digits than the currency has\(form)"
  }

  /// The instant of a field: with its own offset, or in the column's zone.
  func instant(_ record: RecordBuffer, _ slot: Int?) throws(RowRefusal) -> Timestamp? {
    guard let slot, let bytes = try bytes(record, slot) else { return nil }
    return try InstantText.withHyphens(bytes) { text throws(RowRefusal) in
      if let instant = Timestamp(rfc3339: text) { return instant }
      var zone = plan.zone(slot)
      if zone == nil { zone = try namedZone(record, of: slot) }
      guard let zone else {
        throw RowRefusal(slot, .invalidInstant, "this must be a time with its offset, such as 2026-11-20T08:05:00Z")
      }
      let local = Timestamp(utcWithoutOffset: text) ?? BusinessDate(utf8: text)?.startInUTC
      guard let instant = local.flatMap(zone.instant(ofLocal:)) else {
        throw RowRefusal(
          slot, .invalidInstant, "this must be a time that the report's zone has, such as 2026-11-20 08:05:00")
      }
      return instant
    }
  }

  /// The zone that another column of the row names, by the layout's own list of names.
  private func namedZone(_ record: RecordBuffer, of slot: Int) throws(RowRefusal) -> ReportZone? {
    guard let column = plan.zoneColumn(of: slot) else { return nil }
    guard record.form(column) == .text else {
      throw RowRefusal(column, .missingValue, "without its zone the time says nothing")
    }
    let name = record[column]
    guard let zone = plan.zoneNames.first(where: { $0.name.count == name.count && name.elementsEqual($0.name) }) else {
      throw RowRefusal(
        column, .invalidInstant,
        "this zone is not among those that \(plan.layout.name) lists under zone_names; if it is right, add it to the layout"
      )
    }
    return zone.zone
  }

  /// An optional sign and digits. Anything else, and what 64 bits do not hold, is nil.
  static func integer(_ bytes: Bytes) -> Int64? {
    Money.minorUnits(fromMajor: bytes, digits: 0).flatMap { bytes.contains(UInt8(ascii: ".")) ? nil : $0 }
  }

  private func idBytes(_ record: RecordBuffer, _ slot: Int?) throws(RowRefusal) -> Bytes? {
    guard let bytes = try bytes(record, slot) else { return nil }
    if Self.isScientific(bytes) {
      throw RowRefusal(
        slot, .invalidIdentifier,
        "a spreadsheet has turned this id into a number and lost digits of it; export the file again as text")
    }
    return bytes
  }

  /// `1.23E+15`: what spreadsheets make of long numbers.
  static func isScientific(_ bytes: Bytes) -> Bool {
    guard bytes.count >= 5, bytes.count <= 32, CardNumber.isDigit(bytes[0]),
      let mark = bytes.firstIndex(where: { $0 | 0x20 == UInt8(ascii: "e") }), mark + 2 < bytes.count
    else { return false }
    let sign = bytes[mark + 1]
    return (sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-"))
      && bytes[..<mark].allSatisfy { CardNumber.isDigit($0) || $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: ",") }
      && bytes[(mark + 2)...].allSatisfy(CardNumber.isDigit)
  }

  private func bytes(_ record: RecordBuffer, _ slot: Int?) throws(RowRefusal) -> Bytes? {
    guard let slot, record.form(slot) != .absent else { return nil }
    guard record.form(slot) == .text else {
      throw RowRefusal(slot, .invalidText, "this must be text in quotation marks")
    }
    let bytes = Self.trimmed(record[slot])
    guard bytes.count <= Self.textLimit else {
      throw RowRefusal(slot, .tooLong, "this is longer than \(Self.textLimit) bytes")
    }
    guard InvisibleText.isAbsent(from: bytes) else {
      throw RowRefusal(slot, .invalidText, "this holds control characters or characters that cannot be seen")
    }
    return bytes.isEmpty ? nil : bytes
  }

  private static func trimmed(_ bytes: Bytes) -> Bytes {
    var start = 0
    var end = bytes.count
    while start < end, bytes[start] == 0x20 { start += 1 }
    while end > start, bytes[end - 1] == 0x20 { end -= 1 }
    return Bytes(rebasing: bytes[start..<end])
  }
}

/// Characters that make two texts differ without being seen, or that act on what displays them.
enum InvisibleText {
  static func isAbsent(from bytes: Bytes) -> Bool {
    var plain = true
    for byte in bytes {
      if byte < 0x20 || byte == 0x7F { return false }
      if byte >= 0x80 { plain = false }
    }
    return plain || String(decoding: bytes, as: UTF8.self).unicodeScalars.allSatisfy { !isInvisible($0) }
  }

  private static func isInvisible(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.properties.generalCategory {
    case .control, .format, .lineSeparator, .paragraphSeparator: true
    default: false
    }
  }
}
