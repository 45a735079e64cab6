package import SettleModel

/// Writes CSV by RFC 4180: CRLF line ends, quotation marks only where they are needed.
///
/// Rows go through a buffer to a sink, so that a file of any size takes constant memory.
package struct CSVWriter {
  /// One cell, by what it is: whether a spreadsheet might run it depends on it.
  package enum Field: Sendable, Equatable {
    /// Text from outside. Where a spreadsheet would run it as a formula, an apostrophe is put before it.
    case text(String)
    /// Decimal major units; never changed, so that a negative amount stays a number.
    case amount(Money)
    /// Text that settle made itself and that is written as it is.
    case raw(String)
    case number(Int64)
    case empty

    /// A text that may not be there.
    package static func optional(_ text: String?) -> Field { text.map(Field.text) ?? .empty }
  }

  private let sink: ([UInt8]) throws -> Void
  private var buffer: [UInt8] = []
  private static let flushAt = 64 * 1024

  /// Starts a file with its header. `sink` gets chunks of bytes in order; what it throws is thrown on.
  package init(header: [String], sink: @escaping ([UInt8]) throws -> Void) throws {
    self.sink = sink
    buffer.reserveCapacity(Self.flushAt + 4_096)
    try write(header.map(Field.raw))
  }

  /// Adds a row.
  package mutating func write(_ fields: [Field]) throws {
    for (index, field) in fields.enumerated() {
      if index > 0 { buffer.append(UInt8(ascii: ",")) }
      append(field)
    }
    // A row of one empty field would be a blank line, which readers pass over.
    if fields.count == 1, Self.isBlank(fields[0]) { buffer.append(contentsOf: "\"\"".utf8) }
    buffer.append(contentsOf: "\r\n".utf8)
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
    case .text(let text): append(text, neutralised: Self.wouldRun(text))
    case .raw(let text): append(text, neutralised: false)
    case .amount(let money): buffer.append(contentsOf: money.major.utf8)
    case .number(let number): buffer.append(contentsOf: String(number).utf8)
    case .empty: break
    }
  }

  private mutating func append(_ text: String, neutralised: Bool) {
    guard neutralised || text.utf8.contains(where: Self.needsQuotes) || Self.hasOuterBlank(text) else {
      buffer.append(contentsOf: text.utf8)
      return
    }
    buffer.append(UInt8(ascii: "\""))
    if neutralised { buffer.append(UInt8(ascii: "'")) }
    for byte in text.utf8 {
      if byte == UInt8(ascii: "\"") { buffer.append(byte) }
      buffer.append(byte)
    }
    buffer.append(UInt8(ascii: "\""))
  }

  /// What a spreadsheet takes for the beginning of a formula (OWASP, CSV injection), also in full-width letters and
  /// behind blanks, which some of them skip.
  private static func wouldRun(_ text: String) -> Bool {
    if let first = text.utf8.first, first == 0x09 || first == 0x0D || first == 0x0A { return true }
    guard let first = text.unicodeScalars.first(where: { $0 != " " }) else { return false }
    return "=+-@\t\r\n＝＋－＠".unicodeScalars.contains(first)
  }

  private static func needsQuotes(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: ",") || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "\r")
  }

  /// Readers such as libcsv trim what is not quoted.
  private static func hasOuterBlank(_ text: String) -> Bool {
    guard let first = text.utf8.first, let last = text.utf8.last else { return false }
    return first == 0x20 || first == 0x09 || last == 0x20 || last == 0x09
  }

  private static func isBlank(_ field: Field) -> Bool {
    switch field {
    case .text(let text), .raw(let text): text.isEmpty
    case .empty: true
    case .amount, .number: false
    }
  }
}
