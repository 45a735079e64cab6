/// A value that can be bound to a statement or written by COPY, in PostgreSQL's binary format.
///
/// A type of one's own forwards to one that is here:
/// ```swift
/// extension PaymentID: SQLEncodable, SQLDecodable {
///   package static var sqlType: SQLType { .uuid }
///   package func encode(into buffer: inout SQLBuffer) { uuid.encode(into: &buffer) }
///   package init(sql value: SQLValue) throws { self.init(try UUID(sql: value)) }
/// }
/// ```
/// A `RawRepresentable` type over `String` or an integer needs the first line and an empty body. Optionals and arrays
/// (also of optionals) come by themselves.
package protocol SQLEncodable: Sendable {
  static var sqlType: SQLType { get }
  static var sqlArrayType: SQLType { get }
  func encode(into buffer: inout SQLBuffer)
  static func encode(array: [Self], into buffer: inout SQLBuffer)
}

/// A value that can be read from a column.
///
/// What `init(sql:)` throws becomes a `PostgresError` that names the column, the type that was wanted and the one that
/// was found, and never the value.
package protocol SQLDecodable {
  init(sql value: SQLValue) throws
  static func decode(array value: SQLValue) throws -> [Self]
}

/// One column of one row, or one element of an array; valid only while `init(sql:)` runs.
package struct SQLValue {
  package let type: SQLType
  /// `nil` for NULL.
  package let bytes: UnsafeRawBufferPointer?

  package init(type: SQLType, bytes: UnsafeRawBufferPointer?) {
    self.type = type
    self.bytes = bytes
  }

  /// The bytes, where the type is one of these and the value is not NULL.
  package func bytes(of types: SQLType...) throws -> UnsafeRawBufferPointer {
    guard let bytes else { throw SQLMismatch(found: "NULL") }
    guard types.contains(type) else { throw mismatch }
    return bytes
  }

  package func integer<T: FixedWidthInteger>(_ type: T.Type, of types: SQLType...) throws -> T {
    guard let bytes else { throw SQLMismatch(found: "NULL") }
    guard types.contains(self.type), bytes.count == MemoryLayout<T>.size else { throw mismatch }
    return T(bigEndian: bytes.loadUnaligned(as: T.self))
  }

  package var mismatch: SQLMismatch { SQLMismatch(found: "\(type)") }
}

/// A value that does not fit the type that was asked for; `found` names its type and never holds the value.
package struct SQLMismatch: Error {
  package let found: String

  package init(found: String) { self.found = found }
}

extension SQLEncodable {
  package static var sqlArrayType: SQLType { sqlType.array }
}

extension SQLEncodable where Self: RawRepresentable, RawValue: SQLEncodable {
  package static var sqlType: SQLType { RawValue.sqlType }
  package func encode(into buffer: inout SQLBuffer) { rawValue.encode(into: &buffer) }
}

extension SQLDecodable where Self: RawRepresentable, RawValue: SQLDecodable {
  package init(sql value: SQLValue) throws {
    guard let known = Self(rawValue: try RawValue(sql: value)) else {
      throw SQLMismatch(found: "\(value.type) with a value that \(Self.self) does not know")
    }
    self = known
  }
}

extension Optional: SQLEncodable where Wrapped: SQLEncodable {
  package static var sqlType: SQLType { Wrapped.sqlType }

  package func encode(into buffer: inout SQLBuffer) {
    if let self { self.encode(into: &buffer) } else { buffer.writeNull() }
  }
}

extension Optional: SQLDecodable where Wrapped: SQLDecodable {
  package init(sql value: SQLValue) throws { self = value.bytes == nil ? nil : try Wrapped(sql: value) }
}
