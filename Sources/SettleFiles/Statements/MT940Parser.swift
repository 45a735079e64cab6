import SettleModel

/// SWIFT customer statement messages (MT940), with or without their envelopes, one after the other.
///
/// A field begins with its tag between colons and goes on over lines that have none. What banks put around messages
/// (`{1:…}` blocks, header lines of their own) is passed over: entries and balances stand inside only.
final class MT940Parser: StatementParser {
  private(set) var totals = StatementTotals()
  var endedWithoutNewline: Bool { lines.endedWithoutNewline }
  private var lines = LineSplitter()
  private let unguarded: Set<String>
  private var message: MT940Message?
  /// Whether the message stands in an envelope, which then ends it.
  private var isEnveloped = false
  /// Whether the beginning of an envelope was read, and not yet the message in it.
  private var isAnnounced = false
  private var field: MT940Field?
  private var messages = 0

  init(_ layout: Layout) { unguarded = layout.processorIDs }

  func feed(_ chunk: Bytes, body: (FileRow) throws -> Void) throws {
    try lines.feed(chunk) { try read($0, $1, body) }
  }

  func finish(body: (FileRow) throws -> Void) throws {
    try lines.finish { try read($0, $1, body) }
    if isEnveloped || isAnnounced {
      throw FileDamage.cutOff(lines.line - 1, "inside a message, before the line \"-}\" that ends it")
    }
    try endMessage(lines.line - 1, body)
    guard messages > 0 else {
      throw FileDamage(.malformed, line: 1, "the file holds no statement (:20:); fetch it again, or ask the bank")
    }
  }

  private func read(_ text: String, _ line: Int, _ body: (FileRow) throws -> Void) throws {
    // Old links frame messages with the control characters SOH and ETX.
    let text = text.utf8.contains { $0 == 1 || $0 == 3 } ? text.filter { $0 != "\u{1}" && $0 != "\u{3}" } : text
    if text.hasPrefix("{") { return try readEnvelope(text, line, body) }
    if text == "-" || text.hasPrefix("-}") {
      try endMessage(line, body)
      isEnveloped = false
    } else if let field = MT940Field(text, line) {
      try begin(field, body)
    } else if message != nil, !text.trimmed.isEmpty {
      try field?.add(text)
    }
  }

  /// `{1:…}{2:…}{4:`, perhaps with the first field behind it.
  private func readEnvelope(_ text: String, _ line: Int, _ body: (FileRow) throws -> Void) throws {
    if isEnveloped {
      throw FileDamage.cutOff(line, "or goes on with another message before the line \"-}\" that ends this one")
    }
    try endMessage(line, body)
    if let kind = text.split(separator: "{2:", omittingEmptySubsequences: false).dropFirst().first?.dropFirst().prefix(
      3),
      kind != "940"
    {
      throw FileDamage(
        .notBooked, line: line, "this is a message of another kind than MT940; name the statements' own files alone")
    }
    guard let start = text.firstRange(of: "{4:") else {
      isAnnounced = !text.hasPrefix("{5:")
      return
    }
    (isEnveloped, isAnnounced) = (true, false)
    if let field = MT940Field(String(text[start.upperBound...]), line) { try begin(field, body) }
  }

  private func begin(_ next: MT940Field, _ body: (FileRow) throws -> Void) throws {
    if next.tag == "20" {
      try endMessage(next.line, body)
      message = MT940Message(line: next.line, unguarded)
      isAnnounced = false
      messages += 1
    } else {
      try endField(body)
    }
    guard message != nil else {
      throw FileDamage(
        .malformed, line: next.line,
        "the field :\(next.tag): stands outside a message, which begins with :20:; fetch the file again, or ask the bank"
      )
    }
    field = next
  }

  private func endField(_ body: (FileRow) throws -> Void) throws {
    guard let field else { return }
    self.field = nil
    try message?.take(field, &totals, body)
  }

  private func endMessage(_ line: Int, _ body: (FileRow) throws -> Void) throws {
    try endField(body)
    guard let message else { return }
    self.message = nil
    guard message.isClosed else {
      throw FileDamage.cutOff(
        line, "or goes on with another message before this one's closing balance (:62F: or :62M:)")
    }
  }
}

/// A field of a message, over all its lines.
struct MT940Field {
  /// Two digits, and often a letter.
  var tag: String
  var line: Int
  var lines: [String]
  private var bytes: Int

  /// The field that a line begins; nil where it begins none.
  init?(_ text: String, _ line: Int) {
    let bytes = Array(text.utf8.prefix(5))
    guard bytes.count >= 4, bytes[0] == UInt8(ascii: ":"), CardNumber.isDigit(bytes[1]), CardNumber.isDigit(bytes[2])
    else { return nil }
    let length = bytes[3] == UInt8(ascii: ":") ? 2 : 3
    if length == 3 {
      guard bytes.count == 5, bytes[4] == UInt8(ascii: ":"), bytes[3] >= 0x41, bytes[3] <= 0x5A else { return nil }
    }
    tag = String(decoding: bytes[1...length], as: UTF8.self)
    self.line = line
    lines = [String(text.dropFirst(length + 2))]
    self.bytes = text.utf8.count
  }

  /// Throws ``FileDamage`` where the field grows past what any has.
  mutating func add(_ text: String) throws {
    bytes += text.utf8.count
    guard bytes <= RowLimits.field else {
      throw FileDamage(.malformed, line: line, "this field is longer than settle reads (64 KiB)")
    }
    lines.append(text)
  }

  /// The one line that fields other than :61: and :86: have.
  var value: String { lines[0].trimmed }
}
