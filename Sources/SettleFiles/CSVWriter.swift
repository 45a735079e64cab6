package import Foundation
package import SettleModel

/// Writes CSV by RFC 4180: CRLF line ends, quotation marks only where they are needed.
///
/// Rows go through a buffer to a sink, so that a file of any size takes constant memory.
package struct CSVWriter {
  /// One cell, by what it is: whether a spreadsheet might run it depends on it.
  package enum Field: Sendable, Equatable {
    /// Text from outside. Where a spreadsheet would run it, or a part of it, as a formula, an apostrophe is put before that.
    case text(String)
    /// Decimal major units; never changed, so that a negative amount stays a number.
    case amount(Money)
    /// Text that settle made itself and that is written as it is.
    case raw(String)
    case number(Int64)
    /// An identity of settle's own, in lower case.
    case id(UUID)
    /// RFC 3339 in UTC.
    case instant(Timestamp)
    case empty

    /// A text that may not be there.
    package static func optional(_ text: String?) -> Field { text.map(Field.text) ?? .empty }
  }

  private let sink: ([UInt8]) throws -> Void
  private var buffer: [UInt8] = []
  /// The last date that was written, and its spelling.
  private var date: (day: Int, text: [UInt8]) = (.min, [])
  private static let flushAt = 64 * 1024

  /// Starts a file with its header. `sink` gets chunks of bytes in order; what it throws is thrown on.
  package init(header: [String], sink: @escaping ([UInt8]) throws -> Void) throws {
    self.sink = sink
    buffer.reserveCapacity(Self.flushAt + 4_096)
    try write(header.map(Field.raw))
  }

  /// Adds a row.
  package mutating func write(_ fields: [Field]) throws {
    let start = buffer.count
    for (index, field) in fields.enumerated() {
      if index > 0 { buffer.append(UInt8(ascii: ",")) }
      append(field)
    }
    // A row of one empty field would be a blank line, which readers pass over.
    if buffer.count == start { buffer.append(contentsOf: [UInt8(ascii: "\""), UInt8(ascii: "\"")]) }
    buffer.append(UInt8(ascii: "\r"))
    buffer.append(UInt8(ascii: "\n"))
    if buffer.count >= Self.flushAt { try flush() }
  }

  /// Gives what is left to the sink. The file is not whole before.
  package mutating func finish() throws { try flush() }

  private mutating func flush() throws {
    guard !buffer.isEmpty else { return }
    try sink(buffer)
    buffer.removeAll(keepingCapacity: true)
  }

  private mutating func append(_ field: Field) {
    switch field {
    case .text(var text): text.withUTF8 { append($0, mayRun: true) }
    case .raw(var text): text.withUTF8 { append($0, mayRun: false) }
    case .amount(let money): append(money.minor, digits: money.currency.digits)
    case .number(let number): append(number, digits: 0)
    case .id(let id):
      var text = id.canonical
      text.withUTF8 { buffer.append(contentsOf: $0) }
    case .instant(let instant): append(instant)
    case .empty: break
    }
  }

  private mutating func append(_ text: Bytes, mayRun: Bool) {
    let marks = mayRun ? FormulaText.marks(in: text) : []
    guard !marks.isEmpty || Self.needsQuotes(text) else { return buffer.append(contentsOf: text) }
    var left = marks[...]
    buffer.append(UInt8(ascii: "\""))
    for (place, byte) in text.enumerated() {
      if place == left.first {
        buffer.append(FormulaText.mark)
        left.removeFirst()
      }
      if byte == UInt8(ascii: "\"") { buffer.append(byte) }
      buffer.append(byte)
    }
    buffer.append(UInt8(ascii: "\""))
  }

  /// A number with a decimal point before its last `digits` figures, as ``Money/major(_:digits:)`` spells it.
  private mutating func append(_ number: Int64, digits: Int) {
    if number < 0 { buffer.append(UInt8(ascii: "-")) }
    let start = buffer.count
    var rest = number.magnitude
    var figures = 0
    repeat {
      if figures == digits, digits > 0 { buffer.append(UInt8(ascii: ".")) }
      buffer.append(UInt8(ascii: "0") + UInt8(rest % 10))
      rest /= 10
      figures += 1
    } while rest > 0 || figures <= digits
    buffer[start...].reverse()
  }

  /// As ``Timestamp/description``, whose date most rows have in common.
  private mutating func append(_ instant: Timestamp) {
    let seconds = instant.seconds
    guard instant.microseconds >= 0, instant.microseconds == seconds * 1_000_000 else {
      return buffer.append(contentsOf: instant.description.utf8)
    }
    let day = Int(seconds / 86_400)
    if day != date.day { date = (day, Array(BusinessDate(daysSinceEpoch: day).description.utf8)) }
    buffer.append(contentsOf: date.text)
    let time = Int(seconds % 86_400)
    for (mark, part) in [("T", time / 3_600), (":", time / 60 % 60), (":", time % 60)] as [(Unicode.Scalar, Int)] {
      buffer.append(UInt8(ascii: mark))
      buffer.append(UInt8(ascii: "0") + UInt8(part / 10))
      buffer.append(UInt8(ascii: "0") + UInt8(part % 10))
    }
    buffer.append(UInt8(ascii: "Z"))
  }

  /// Also where blanks stand at an end: readers such as libcsv trim what is not quoted.
  private static func needsQuotes(_ text: Bytes) -> Bool {
    guard let first = text.first, let last = text.last else { return false }
    if first == 0x20 || first == 0x09 || last == 0x20 || last == 0x09 { return true }
    for byte in text {
      if byte == UInt8(ascii: ",") || byte == UInt8(ascii: "\"") || byte == 0x0A || byte == 0x0D { return true }
    }
    return false
  }
}
