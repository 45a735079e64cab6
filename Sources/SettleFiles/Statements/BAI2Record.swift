/// One logical record: a physical one and the continuations (88) that follow it.
///
/// Fields stand between commas, and a slash ends them. A continuation goes on with the next field, or, where a text
/// has begun, with the text: that one has no slash of its own and holds commas and slashes of any number.
struct BAI2Record {
  /// The two digits that it begins with.
  let code: String
  /// Where it starts.
  let line: Int
  /// How many physical records it takes.
  private(set) var physical = 1
  private var pieces: [Substring]
  private var bytes: Int

  /// Nil where a line begins no record.
  init?(_ text: String, _ line: Int) {
    guard let (code, content) = Self.parts(text) else { return nil }
    self.code = code
    self.line = line
    pieces = [content]
    bytes = text.utf8.count
  }

  /// Code and content of a physical record, without the blanks that fill it up and the slash that ends it.
  static func parts(_ text: String) -> (code: String, content: Substring)? {
    let bytes = text.utf8
    guard let end = bytes.lastIndex(where: { $0 != 0x20 }) else { return nil }
    var content = text[...end]
    let code = content.utf8.prefix(2)
    guard code.count == 2, code.allSatisfy(CardNumber.isDigit) else { return nil }
    let name = String(content.prefix(2))
    content = content.dropFirst(2)
    if content.last == "/" { content = content.dropLast() }
    guard content.isEmpty || content.first == "," else { return nil }
    return (name, content.dropFirst())
  }

  /// Adds a continuation. Throws ``FileDamage`` where the record grows past what any is.
  mutating func add(_ content: Substring) throws {
    physical += 1
    bytes += content.utf8.count
    guard bytes <= RowLimits.record else {
      throw FileDamage(.malformed, line: line, "this record and its continuations are longer than settle reads (1 MiB)")
    }
    pieces.append(content)
  }

  var fields: Fields { Fields(pieces: pieces[...]) }

  /// The fields of a record, taken one after the other.
  struct Fields {
    fileprivate var pieces: ArraySlice<Substring>
    /// What is left of the first piece; nil where that has been taken whole.
    private var rest: Substring?

    fileprivate init(pieces: ArraySlice<Substring>) {
      self.pieces = pieces.dropFirst()
      rest = pieces.first
    }

    var isAtEnd: Bool { rest == nil && pieces.isEmpty }

    /// The next field without blanks around it; empty where there is none.
    mutating func next() -> String {
      if rest == nil { rest = pieces.popFirst() }
      guard let piece = rest else { return "" }
      guard let comma = piece.utf8.firstIndex(of: UInt8(ascii: ",")) else {
        rest = nil
        return String(piece).trimmed
      }
      rest = piece[piece.utf8.index(after: comma)...]
      return String(piece[..<comma]).trimmed
    }

    /// Everything that has not been taken: the text at a record's end.
    mutating func text() -> String {
      defer {
        rest = nil
        pieces = []
      }
      return ([rest].compactMap { $0 } + pieces).joined(separator: " ").trimmed
    }
  }
}
