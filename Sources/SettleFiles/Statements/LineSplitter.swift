#if canImport(Glibc)
  import Glibc
#endif

/// Physical lines out of a file's chunks, without their ends.
struct LineSplitter {
  /// The line that comes next, from 1.
  private(set) var line = 1
  /// Whether the last line had no end.
  private(set) var endedWithoutNewline = false
  private var carried: [UInt8] = []

  /// Gives out every line that ends in the chunk. Throws ``FileDamage``, and what `body` throws.
  mutating func feed(_ chunk: Bytes, body: (String, Int) throws -> Void) throws {
    guard var position = chunk.baseAddress else { return }
    let end = position + chunk.count
    while position < end, let found = memchr(position, Int32(UInt8(ascii: "\n")), end - position) {
      let newline = UnsafePointer(found.assumingMemoryBound(to: UInt8.self))
      try carry(Bytes(start: position, count: newline - position))
      try give(body)
      position = newline + 1
    }
    try carry(Bytes(start: position, count: end - position))
  }

  /// Gives out the last line where it has no end.
  mutating func finish(body: (String, Int) throws -> Void) throws {
    guard !carried.isEmpty else { return }
    endedWithoutNewline = true
    try give(body)
  }

  private mutating func carry(_ part: Bytes) throws {
    guard carried.count + part.count <= RowLimits.field else {
      throw FileDamage(
        .malformed, line: line, "this line is longer than settle reads (64 KiB); is the file a statement?")
    }
    carried.append(contentsOf: part)
  }

  private mutating func give(_ body: (String, Int) throws -> Void) throws {
    if carried.last == UInt8(ascii: "\r") { carried.removeLast() }
    guard !carried.contains(UInt8(ascii: "\r")) else {
      throw FileDamage(
        .bareCarriageReturn, line: line,
        "a carriage return without a line feed ends a line here; save the file with LF or CRLF line ends")
    }
    let text = String(decoding: carried, as: UTF8.self)
    carried.removeAll(keepingCapacity: true)
    line += 1
    try body(text, line - 1)
  }
}
