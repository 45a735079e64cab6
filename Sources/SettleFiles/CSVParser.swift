import CCSV

#if canImport(Glibc)
  import Glibc
#endif

/// libcsv, with what it does not do: physical line numbers, bare carriage returns, and fields of any length.
///
/// libcsv swallows blank lines without a word and knows no lines at all, so bytes are given to it one physical line
/// at a time. A record ends only at a line's end, so that at most one comes out of each.
final class CSVParser {
  /// The record that is being read; a call-back from C needs it at an address that stays.
  let record: UnsafeMutablePointer<RecordBuffer>
  /// Whether the last record ended with the file instead of with a line's end.
  private(set) var endedWithoutNewline = false
  private let parser: UnsafeMutablePointer<csv_parser>
  private var line = 1
  private var recordLine = 1
  /// A carriage return at the end of a chunk, whose line feed may come with the next one.
  private var heldReturn = false

  init(separator: UInt8) {
    record = .allocate(capacity: 1)
    record.initialize(to: RecordBuffer())
    parser = .allocate(capacity: 1)
    csv_init(parser, UInt8(CSV_STRICT | CSV_STRICT_FINI))
    csv_set_delim(parser, separator)
    csv_set_blk_size(parser, 16 * 1024)
  }

  deinit {
    csv_free(parser)
    parser.deallocate()
    record.pointee.deallocate()
    record.deallocate()
  }

  /// Bytes that libcsv holds of the field that it is in.
  var heldBytes: Int { Int(parser.pointee.entry_size) }

  /// Reads on, and gives out every record that ends in the chunk. Throws ``FileDamage``, and what `body` throws.
  func feed(_ chunk: Bytes, body: (RecordBuffer) throws -> Void) throws {
    guard var position = chunk.baseAddress else { return }
    let end = position + chunk.count
    if heldReturn {
      heldReturn = false
      try readReturn(beforeLineFeed: position.pointee == lineFeed)
    }
    while position < end {
      let newline = memchr(position, Int32(lineFeed), end - position)
      let stop = newline.map { UnsafePointer($0.assumingMemoryBound(to: UInt8.self)) + 1 } ?? end
      try feedLine(position, stop, hasLineFeed: newline != nil)
      if newline != nil {
        line += 1
        try deliver(body)
      }
      position = stop
    }
  }

  /// Reads on as ``feed(_:body:)`` does, but only to prove that it can be done: whole lines without quotation marks
  /// and carriage returns cannot be wrong, and are only counted. Their records are not given out.
  func skim(_ chunk: Bytes, body: (RecordBuffer) throws -> Void) throws {
    guard let start = chunk.baseAddress, let newline = memchr(start, Int32(lineFeed), chunk.count),
      memchr(start, Int32(UInt8(ascii: "\"")), chunk.count) == nil,
      memchr(start, Int32(carriageReturn), chunk.count) == nil
    else { return try feed(chunk, body: body) }
    let end = start + chunk.count
    var rest = UnsafePointer(newline.assumingMemoryBound(to: UInt8.self)) + 1
    try feed(Bytes(start: start, count: rest - start), body: body)
    if parser.pointee.pstate == ParserState.betweenRecords {
      while let next = memchr(rest, Int32(lineFeed), end - rest) {
        rest = UnsafePointer(next.assumingMemoryBound(to: UInt8.self)) + 1
        line += 1
      }
    }
    try feed(Bytes(start: rest, count: end - rest), body: body)
  }

  /// Ends the file, and gives out its last record where no line end has.
  func finish(body: (RecordBuffer) throws -> Void) throws {
    if heldReturn { throw bareReturn() }
    endedWithoutNewline = parser.pointee.pstate != ParserState.betweenRecords
    guard csv_fini(parser, fieldEnded, recordEnded, record) == 0 else {
      throw FileDamage(
        .truncated, line: recordLine,
        "the file ends inside a quoted field of the record that starts here; it was cut off, so fetch it again")
    }
    try deliver(body)
  }

  /// Gives libcsv one physical line, or the part of it that a chunk holds.
  private func feedLine(_ start: UnsafePointer<UInt8>, _ stop: UnsafePointer<UInt8>, hasLineFeed: Bool) throws {
    if parser.pointee.pstate == ParserState.betweenRecords { recordLine = line }
    var position = start
    let textEnd = hasLineFeed ? stop - 1 : stop
    while let found = memchr(position, Int32(carriageReturn), textEnd - position) {
      let mark = UnsafePointer(found.assumingMemoryBound(to: UInt8.self))
      if hasLineFeed, mark + 1 == textEnd { break }
      try pass(position, mark - position)
      if mark + 1 == stop {
        heldReturn = true
        return
      }
      try readReturn(beforeLineFeed: false)
      position = mark + 1
    }
    try pass(position, stop - position)
  }

  /// Inside quotes a carriage return is text like any other; outside, one without a line feed ends no line, and of
  /// a line's end the line feed alone is enough for libcsv.
  private func readReturn(beforeLineFeed: Bool) throws {
    let quoted = parser.pointee.pstate == ParserState.inField && parser.pointee.quoted != 0
    if quoted {
      try withUnsafePointer(to: carriageReturn) { try pass($0, 1) }
    } else if !beforeLineFeed {
      throw bareReturn()
    }
  }

  private func pass(_ start: UnsafePointer<UInt8>, _ length: Int) throws {
    guard length > 0 else { return }
    let read = csv_parse(parser, start, length, fieldEnded, recordEnded, record)
    guard read == length else {
      guard csv_error(parser) == CSV_EPARSE else {
        throw FileDamage(.unreadable, line: line, "libcsv ran out of memory")
      }
      throw FileDamage(
        .strayQuote, line: line,
        "a quotation mark stands inside a field; quote the whole field and double the quotation marks in it")
    }
    // A field that outgrows its limit is refused with its row; what it holds need not be kept until it ends.
    if parser.pointee.pstate == ParserState.inField, parser.pointee.entry_pos > RowLimits.field {
      parser.pointee.entry_pos = 0
      parser.pointee.spaces = 0
      record.pointee.markTooLong()
    }
  }

  private func deliver(_ body: (RecordBuffer) throws -> Void) throws {
    guard record.pointee.isComplete else { return }
    record.pointee.line = recordLine
    try body(record.pointee)
    record.pointee.reset()
  }

  private func bareReturn() -> FileDamage {
    FileDamage(
      .bareCarriageReturn, line: line,
      "a carriage return without a line feed ends a line here; save the file with LF or CRLF line ends")
  }
}

private let lineFeed = UInt8(ascii: "\n")
private let carriageReturn = UInt8(ascii: "\r")

/// libcsv's own states, which its header does not name.
private enum ParserState {
  static let betweenRecords: Int32 = 0
  static let inField: Int32 = 2
}

private func fieldEnded(_ bytes: UnsafeMutableRawPointer?, _ length: Int, _ context: UnsafeMutableRawPointer?) {
  guard let record = context?.assumingMemoryBound(to: RecordBuffer.self) else { return }
  record.pointee.append(Bytes(start: bytes?.assumingMemoryBound(to: UInt8.self), count: length))
}

private func recordEnded(_ terminator: Int32, _ context: UnsafeMutableRawPointer?) {
  context?.assumingMemoryBound(to: RecordBuffer.self).pointee.isComplete = true
}
