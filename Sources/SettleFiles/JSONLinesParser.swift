#if canImport(Glibc)
  import Glibc
#endif

/// JSON Lines: one object a line, its values in the slots of the names that the layout knows.
final class JSONLinesParser {
  /// Whether the last object ended with the file instead of with a line's end.
  private(set) var endedWithoutNewline = false
  private var record = RecordBuffer()
  private var scanner: JSONObjectScanner
  private var line = 1
  /// A line whose end has not come yet, up to the limit of a record.
  private var carried: [UInt8] = []
  private var carriedTooLong = false

  /// `unguarded` are the names that the card-number guard does not look into.
  init(names: [String], unguarded: Set<String> = []) {
    scanner = JSONObjectScanner(names: names, unguarded: unguarded)
  }

  deinit { record.deallocate() }

  /// Reads on, and gives out every object whose line ends in the chunk. Throws ``FileDamage``, and what `body` throws.
  func feed(_ chunk: Bytes, body: (RecordBuffer) throws -> Void) throws {
    guard var position = chunk.baseAddress else { return }
    let end = position + chunk.count
    while position < end, let found = memchr(position, Int32(UInt8(ascii: "\n")), end - position) {
      let newline = UnsafePointer(found.assumingMemoryBound(to: UInt8.self))
      let part = Bytes(start: position, count: newline - position)
      if carried.isEmpty, !carriedTooLong { try read(part, body) } else { try readCarried(adding: part, body) }
      line += 1
      position = newline + 1
    }
    carry(Bytes(start: position, count: end - position))
  }

  /// Ends the file. A last line that has no line end and is no whole object was cut off.
  func finish(body: (RecordBuffer) throws -> Void) throws {
    endedWithoutNewline = !carried.isEmpty || carriedTooLong
    guard endedWithoutNewline else { return }
    try readCarried(adding: Bytes(start: nil, count: 0)) { record in
      if record.problem == .notJSON || record.problem == .tooLong {
        throw FileDamage(
          .truncated, line: record.line,
          "the file ends in the middle of this line; it was cut off, so fetch it again")
      }
      try body(record)
    }
  }

  /// The names of the objects at the beginning of a file, as far as they can be read.
  static func names(in head: Bytes) -> [String] {
    var names: [String] = []
    for line in head.split(separator: UInt8(ascii: "\n"), maxSplits: 100).prefix(100) {
      for name in JSONObjectScanner.names(of: Bytes(rebasing: line)) where !names.contains(name) { names.append(name) }
    }
    return names
  }

  private func carry(_ part: Bytes) {
    if carried.count + part.count > RowLimits.record { carriedTooLong = true }
    if carriedTooLong { carried.removeAll() } else { carried.append(contentsOf: part) }
  }

  private func readCarried(adding part: Bytes, _ body: (RecordBuffer) throws -> Void) throws {
    carry(part)
    defer {
      carried.removeAll(keepingCapacity: true)
      carriedTooLong = false
    }
    if carriedTooLong { try give(.tooLong, body) } else { try carried.withUnsafeBufferPointer { try read($0, body) } }
  }

  private func read(_ text: Bytes, _ body: (RecordBuffer) throws -> Void) throws {
    let text = text.last == UInt8(ascii: "\r") ? Bytes(rebasing: text.dropLast()) : text
    if text.contains(UInt8(ascii: "\r")) {
      throw FileDamage(
        .bareCarriageReturn, line: line,
        "a carriage return without a line feed ends a line here; save the file with LF or CRLF line ends")
    }
    guard text.contains(where: { $0 != 0x20 && $0 != 0x09 }) else { return }
    guard text.count <= RowLimits.record else { return try give(.tooLong, body) }
    record.reset(slots: scanner.slots)
    try give(scanner.scan(text, into: &record), body)
  }

  private func give(_ problem: JSONProblem?, _ body: (RecordBuffer) throws -> Void) throws {
    record.line = line
    record.problem = problem
    try body(record)
  }
}
