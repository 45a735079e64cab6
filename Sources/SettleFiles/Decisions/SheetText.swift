/// The text of a spreadsheet's file as UTF-8, whatever it was saved as, and its records.
struct SheetText {
  private let bytes: [UInt8]
  /// Excel's own first line (`sep=;`), which says what the separator is and is no header.
  private let skipped: Int

  /// Throws ``FileDamage`` where it is no text.
  init(_ raw: [UInt8]) throws {
    let bytes = try Self.utf8(raw)
    self.bytes = bytes
    let firstLine = bytes.prefix { $0 != 0x0A }
    let words = String(decoding: firstLine, as: UTF8.self).trimmedForSheet.lowercased()
    skipped = words.count == 5 && words.hasPrefix("sep=") ? min(firstLine.count + 1, bytes.count) : 0
  }

  /// The first record that holds anything, or nil where there is none, or where it cannot be read so.
  func header(separator: UInt8) throws -> (line: Int, texts: [String])? {
    struct Enough: Error {}
    var found: (line: Int, texts: [String])?
    do {
      try records(separator: separator) { record in
        let texts = record.texts
        guard texts.contains(where: { !$0.trimmedForSheet.isEmpty }) else { return }
        found = (record.line, texts)
        throw Enough()
      }
    } catch is Enough {} catch let damage as FileDamage where damage.reason == .strayQuote {
      // Under another separator the quotation marks may stand right.
      return nil
    }
    return found
  }

  /// Gives out every record, with the physical line where it starts. Throws ``FileDamage``, and what `body` throws.
  func records(separator: UInt8, body: (RecordBuffer) throws -> Void) throws {
    let parser = CSVParser(separator: separator)
    let shift = skipped > 0 ? 1 : 0
    func take(_ record: RecordBuffer) throws {
      var record = record
      record.line += shift
      try body(record)
    }
    try bytes[skipped...].withUnsafeBufferPointer { try parser.feed($0, body: take) }
    try parser.finish(body: take)
  }

  private static func utf8(_ raw: [UInt8]) throws -> [UInt8] {
    switch raw.prefix(2) {
    case [0xFF, 0xFE]: return try checked(Array(try text(raw.dropFirst(2), high: 1, low: 0).utf8))
    case [0xFE, 0xFF]: return try checked(Array(try text(raw.dropFirst(2), high: 0, low: 1).utf8))
    default: return try checked(raw.starts(with: [0xEF, 0xBB, 0xBF]) ? Array(raw.dropFirst(3)) : raw)
    }
  }

  /// UTF-16, where each half of a pair must have its other half.
  private static func text(_ bytes: ArraySlice<UInt8>, high: Int, low: Int) throws -> String {
    let damaged = FileDamage(
      .utf16, "the file begins as UTF-16 text and does not go on as such; save it anew (CSV UTF-8)")
    guard bytes.count % 2 == 0 else { throw damaged }
    let units = stride(from: bytes.startIndex, to: bytes.endIndex, by: 2)
      .map { UInt16(bytes[$0 + high]) << 8 | UInt16(bytes[$0 + low]) }
    guard let text = String(validating: units, as: UTF16.self) else { throw damaged }
    return text
  }

  private static func checked(_ bytes: [UInt8]) throws -> [UInt8] {
    func line(at offset: Int) -> Int { bytes.prefix(offset).count { $0 == 0x0A } + 1 }
    do throws(TextCheck.Damage) {
      var check = TextCheck()
      try bytes.withUnsafeBufferPointer { (chunk) throws(TextCheck.Damage) in try check.check(chunk) }
      try check.finish()
      return bytes
    } catch {
      let damage = error
      let place = line(at: damage.offset)
      guard damage.reason != .nulByte else {
        throw FileDamage(
          .nulByte, line: place, "the file holds a NUL byte here, so it is no CSV: save it as CSV UTF-8")
      }
      throw FileDamage(
        .notUTF8, line: place,
        "the text here is not UTF-8: save the file as CSV UTF-8 (Excel: Save As, CSV UTF-8; LibreOffice: character set"
          + " Unicode (UTF-8))")
    }
  }
}
