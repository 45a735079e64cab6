/// What a spreadsheet takes for a formula (OWASP, CSV injection), and the mark that keeps it from it.
///
/// A spreadsheet whose list separator is a semicolon or a tab splits a cell there, whatever quotation marks stand around
/// it: these are text to it unless they begin its own cell. So each part of a text between such separators, or line ends,
/// is one that may be run.
package enum FormulaText {
  static let mark = UInt8(ascii: "'")

  /// Whether a cell of a file is what ``CSVWriter`` writes for a text, or what a spreadsheet makes of that; blanks at the
  /// ends do not matter.
  package static func isCell(_ cell: String, of text: String) -> Bool {
    let (cell, wanted) = (cell.trimmedForSheet, text.trimmedForSheet)
    return cell == wanted || cell == marked(text).trimmedForSheet || unmarked(cell) == wanted
  }

  /// Without the marks that ``CSVWriter`` puts in.
  package static func unmarked(_ text: String) -> String {
    var bytes = Array(text.utf8)
    guard bytes.contains(mark) else { return text }
    // From the last: a mark is put before what follows it as it was.
    for place in bytes.indices.reversed() where bytes[place] == mark {
      guard place == 0 || isSeparator(bytes[place - 1]) else { continue }
      var rest = bytes
      rest.remove(at: place)
      if rest.withUnsafeBufferPointer({ runs($0, from: place) }) { bytes = rest }
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  static func marked(_ text: String) -> String {
    var bytes = Array(text.utf8)
    for place in bytes.withUnsafeBufferPointer({ marks(in: $0) }).reversed() { bytes.insert(mark, at: place) }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// The places before which a mark belongs, in order.
  static func marks(in text: Bytes) -> [Int] {
    var marks: [Int] = []
    if wouldRun(text) { marks.append(0) }
    for place in text.indices where isSeparator(text[place]) && runs(text, from: place + 1) { marks.append(place + 1) }
    return marks
  }

  private static func runs(_ text: Bytes, from place: Int) -> Bool {
    if place == 0 { return wouldRun(text) }
    let part = text[place...].prefix { !isSeparator($0) }
    guard let first = part.first else { return false }
    // A quotation mark that begins a part is no text of it any more.
    guard first == 0x20 || first == UInt8(ascii: "\"") || first >= 0x80 || isOperator(first) else { return false }
    return beginsWithOperator(part) { $0 == "\"" }
  }

  /// Whether a cell begins as one, also in full-width letters and behind blanks, which some spreadsheets skip.
  private static func wouldRun(_ text: Bytes) -> Bool {
    guard let first = text.first else { return false }
    if first == 0x09 || first == 0x0D || first == 0x0A { return true }
    guard first == 0x20 || first >= 0x80 || isOperator(first) else { return false }
    return beginsWithOperator(text[...]) { _ in false }
  }

  /// Whether the first sign that is not skipped is an operator. Behind more blanks than anybody writes, it may be.
  private static func beginsWithOperator(_ text: Slice<Bytes>, skipping isSkipped: (Unicode.Scalar) -> Bool) -> Bool {
    let start = String(decoding: text.prefix(64), as: UTF8.self).unicodeScalars
      .first { !$0.properties.isWhitespace && !isSkipped($0) }
    return start.map { "=+-@＝＋－＠".unicodeScalars.contains($0) } ?? (text.count > 64)
  }

  private static func isSeparator(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: ";") || byte == 0x09 || byte == 0x0A || byte == 0x0D
  }

  private static func isOperator(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: "=") || byte == UInt8(ascii: "+") || byte == UInt8(ascii: "-") || byte == UInt8(ascii: "@")
  }
}
