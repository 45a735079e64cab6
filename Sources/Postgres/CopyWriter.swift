import CPostgres

/// Writes rows for binary COPY, a field at a time: `beginRow()`, an `append` for each column, `endRow()`.
///
/// Every field must have the type of its column; integers are fitted to the column's width. A mistake is kept and
/// thrown by `endRow()`. Nothing is allocated per field; 64 KiB at a time go to the server.
package struct CopyWriter: ~Copyable {
  private let session: Session
  private var columns: [CopyColumn]
  private var buffer = SQLBuffer(capacity: CopyWriter.flushSize + 8192)
  private var field = 0
  private var failure: (any Error)?

  private static var flushSize: Int { 65_536 }

  init(_ session: Session, columns: [CopyColumn]) {
    self.session = session
    self.columns = columns
    // Signature, flags, length of a header extension that does not exist.
    for byte: UInt8 in [0x50, 0x47, 0x43, 0x4F, 0x50, 0x59, 0x0A, 0xFF, 0x0D, 0x0A, 0x00] { buffer.write(byte) }
    buffer.write(Int64(0))
  }

  package mutating func beginRow() {
    field = 0
    buffer.write(Int16(truncatingIfNeeded: columns.count))
  }

  package mutating func append<T: SQLEncodable>(_ value: T?) {
    guard accepts(T.sqlType) else { return }
    let start = buffer.count
    // Without the detour by what makes an optional a field, which costs more than most fields do.
    if let value { buffer.writeField(value) } else { buffer.write(Int32(-1)) }
    columns[field].fit(&buffer, from: start, written: T.sqlType)
    if columns[field].isOutOfRange { fail("an integer is out of the range of column \"\(columns[field].name)\"") }
    field += 1
  }

  /// A field of text given as UTF-8 bytes, with no `String` in between.
  package mutating func append(text bytes: UnsafeBufferPointer<UInt8>) {
    guard accepts(.text) else { return }
    buffer.write(Int32(truncatingIfNeeded: bytes.count))
    buffer.write(bytes: UnsafeRawBufferPointer(bytes))
    field += 1
  }

  package mutating func append(text bytes: some Collection<UInt8>) {
    let isWritten: Void? = bytes.withContiguousStorageIfAvailable { append(text: $0) }
    if isWritten == nil { Array(bytes).withUnsafeBufferPointer { append(text: $0) } }
  }

  package mutating func appendNull() {
    guard isRoom() else { return }
    buffer.write(Int32(-1))
    field += 1
  }

  /// - Throws: where the row has too few or too many fields or one of the wrong type, where the server has refused what
  ///   was sent before, and `CancellationError`.
  package mutating func endRow() throws {
    if failure == nil, field != columns.count { fail("a row has fields for \(field) of \(columns.count) columns") }
    if let failure { throw failure }
    if buffer.count >= Self.flushSize { try flush() }
  }

  /// Writes the end of the data.
  mutating func finish() throws {
    if let failure { throw failure }
    buffer.write(Int16(-1))
    try flush()
  }

  private mutating func flush() throws {
    try Task.checkCancellation()
    let bytes = buffer.bytes
    let start = bytes.baseAddress?.assumingMemoryBound(to: CChar.self)
    if PQputCopyData(session.connection, start, Int32(bytes.count)) != 1 {
      let error = session.copyError()
      failure = error
      throw error
    }
    buffer.removeAll()
  }

  private mutating func accepts(_ type: SQLType) -> Bool {
    guard isRoom() else { return false }
    if columns[field].accepts(type) { return true }
    let column = columns[field]
    fail("column \"\(column.name)\" is of type \(column.type), not \(type)")
    return false
  }

  private mutating func isRoom() -> Bool {
    if field < columns.count { return failure == nil }
    fail("a row has more fields than columns, of which there are \(columns.count)")
    return false
  }

  private mutating func fail(_ reason: String) {
    if failure == nil { failure = PostgresError(.misuse, "COPY was given rows that its table cannot take: \(reason)") }
  }
}

/// A column that COPY writes to.
struct CopyColumn {
  let name: String
  let type: SQLType
  /// The type last found to fit: all rows give the same.
  private var accepted: SQLType
  private(set) var isOutOfRange = false

  init(name: String, type: SQLType) {
    self.name = name
    self.type = type
    accepted = type
  }

  mutating func accepts(_ other: SQLType) -> Bool {
    if other == accepted { return true }
    let fits =
      Self.width(of: other) != nil && Self.width(of: type) != nil
      || other == .text && ([.varchar, .bpchar, .name, .json].contains(type) || type.isUserDefined)
    if fits { accepted = other }
    return fits
  }

  /// Rewrites an integer field, begun at `start`, in the column's own width.
  mutating func fit(_ buffer: inout SQLBuffer, from start: Int, written: SQLType) {
    guard written != type, let width = Self.width(of: type), buffer.read(Int32.self, at: start) >= 0 else { return }
    let value =
      switch written {
      case .int2: Int64(buffer.read(Int16.self, at: start + 4))
      case .int4: Int64(buffer.read(Int32.self, at: start + 4))
      default: buffer.read(Int64.self, at: start + 4)
      }
    buffer.truncate(to: start)
    buffer.write(width)
    switch width {
    case 2: isOutOfRange = Int16(exactly: value) == nil
    case 4: isOutOfRange = Int32(exactly: value) == nil
    default: break
    }
    switch width {
    case 2: buffer.write(Int16(truncatingIfNeeded: value))
    case 4: buffer.write(Int32(truncatingIfNeeded: value))
    default: buffer.write(value)
    }
  }

  private static func width(of type: SQLType) -> Int32? {
    switch type {
    case .int2: 2
    case .int4: 4
    case .int8: 8
    default: nil
    }
  }
}
