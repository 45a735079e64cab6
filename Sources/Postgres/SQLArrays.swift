// One-dimensional arrays: `= ANY(\(ids))`, `unnest(\(amounts))`. Binary format: dimensions, a flag for NULLs, element
// type, length, lower bound, then each element with its length before it.

extension Array: SQLEncodable where Element: SQLEncodable {
  package static var sqlType: SQLType { Element.sqlArrayType }
  package func encode(into buffer: inout SQLBuffer) { Element.encode(array: self, into: &buffer) }
}

extension Array: SQLDecodable where Element: SQLDecodable {
  package init(sql value: SQLValue) throws { self = try Element.decode(array: value) }
}

extension SQLEncodable {
  package static func encode(array: [Self], into buffer: inout SQLBuffer) {
    buffer.write(Int32(array.isEmpty ? 0 : 1))
    let nulls = buffer.count
    buffer.write(Int32(0))
    buffer.write(sqlType.oid)
    guard !array.isEmpty else { return }
    buffer.write(Int32(array.count))
    buffer.write(Int32(1))
    for element in array {
      let start = buffer.count
      buffer.writeField(element)
      if buffer.read(Int32.self, at: start) == -1 { buffer.patch(Int32(1), at: nulls) }
    }
  }
}

extension SQLDecodable {
  package static func decode(array value: SQLValue) throws -> [Self] {
    guard let bytes = value.bytes else { throw SQLMismatch(found: "NULL") }
    var reader = ArrayReader(bytes: bytes[...], mismatch: value.mismatch)
    let dimensions = try reader.next(Int32.self)
    _ = try reader.next(Int32.self)
    let type = SQLType(oid: try reader.next(UInt32.self))
    // Also refuses what is no array at all: its bytes would not name its own array type here.
    guard type.array == value.type || value.type.isUserDefined, dimensions >= 0 else { throw value.mismatch }
    if dimensions == 0 { return [] }
    guard dimensions == 1 else { throw SQLMismatch(found: "\(value.type) of \(dimensions) dimensions") }
    let count = try reader.next(Int32.self)
    _ = try reader.next(Int32.self)
    guard count >= 0, Int(count) <= bytes.count / 4 else { throw value.mismatch }
    var elements: [Self] = []
    elements.reserveCapacity(Int(count))
    for _ in 0..<count {
      let length = try reader.next(Int32.self)
      let bytes = length < 0 ? nil : try reader.bytes(Int(length))
      elements.append(try Self(sql: SQLValue(type: type, bytes: bytes)))
    }
    return elements
  }
}

private struct ArrayReader {
  var bytes: UnsafeRawBufferPointer.SubSequence
  let mismatch: SQLMismatch

  mutating func next<T: FixedWidthInteger>(_ type: T.Type) throws -> T {
    T(bigEndian: try bytes(MemoryLayout<T>.size).loadUnaligned(as: type))
  }

  mutating func bytes(_ count: Int) throws -> UnsafeRawBufferPointer {
    guard bytes.count >= count else { throw mismatch }
    defer { bytes = bytes.dropFirst(count) }
    return UnsafeRawBufferPointer(rebasing: bytes.prefix(count))
  }
}

/// A byte alone is a `smallint`; an array of bytes is a `bytea`.
extension UInt8: SQLEncodable, SQLDecodable {
  package static var sqlType: SQLType { .int2 }
  package static var sqlArrayType: SQLType { .bytea }
  package func encode(into buffer: inout SQLBuffer) { buffer.write(Int16(self)) }

  package static func encode(array: [UInt8], into buffer: inout SQLBuffer) {
    array.withUnsafeBytes { buffer.write(bytes: $0) }
  }

  package init(sql value: SQLValue) throws {
    guard let byte = UInt8(exactly: try Int16(sql: value)) else { throw value.mismatch }
    self = byte
  }

  package static func decode(array value: SQLValue) throws -> [UInt8] { Array(try value.bytes(of: .bytea)) }
}
