package import FoundationEssentials

extension Bool: SQLEncodable, SQLDecodable {
  package static var sqlType: SQLType { .bool }
  package func encode(into buffer: inout SQLBuffer) { buffer.write(UInt8(self ? 1 : 0)) }
  package init(sql value: SQLValue) throws { self = try value.integer(UInt8.self, of: .bool) != 0 }
}

extension Int16: SQLEncodable, SQLDecodable {
  package static var sqlType: SQLType { .int2 }
  package func encode(into buffer: inout SQLBuffer) { buffer.write(self) }
  package init(sql value: SQLValue) throws { self = try value.integer(Int16.self, of: .int2) }
}

extension Int32: SQLEncodable, SQLDecodable {
  package static var sqlType: SQLType { .int4 }
  package func encode(into buffer: inout SQLBuffer) { buffer.write(self) }

  package init(sql value: SQLValue) throws {
    self =
      value.type == .int2
      ? Int32(try Int16(sql: value)) : try value.integer(Int32.self, of: .int4)
  }
}

/// Reads every integer type, and `numeric` (which is what `sum(bigint)` gives) where the value is whole and fits.
extension Int64: SQLEncodable, SQLDecodable {
  package static var sqlType: SQLType { .int8 }
  package func encode(into buffer: inout SQLBuffer) { buffer.write(self) }

  package init(sql value: SQLValue) throws {
    switch value.type {
    case .int2, .int4: self = Int64(try Int32(sql: value))
    case .oid: self = Int64(try value.integer(UInt32.self, of: .oid))
    case .numeric: self = try Int64(numeric: value)
    default: self = try value.integer(Int64.self, of: .int8)
    }
  }

  /// Binary `numeric`: count of digits, weight of the first, sign, scale, then digits of base 10,000.
  private init(numeric value: SQLValue) throws {
    let bytes = try value.bytes(of: .numeric)
    func word(_ index: Int) throws -> Int {
      guard bytes.count >= 2 * index + 2 else { throw value.mismatch }
      return Int(Int16(bigEndian: bytes.loadUnaligned(fromByteOffset: 2 * index, as: Int16.self)))
    }
    let count = try word(0)
    let weight = try word(1)
    let sign = try word(2)
    let unfit = SQLMismatch(found: "numeric that is not a whole number of 64 bits")
    guard sign == 0 || sign == 0x4000, weight < 5, count <= weight + 1 || count == 0 else { throw unfit }
    var total: Int64 = 0
    for place in 0..<Swift.max(0, weight + 1) {
      let digit = place < count ? Int64(try word(4 + place)) : 0
      let shifted = total.multipliedReportingOverflow(by: 10_000)
      let sum = shifted.partialValue.addingReportingOverflow(sign == 0 ? digit : -digit)
      guard !shifted.overflow, !sum.overflow else { throw unfit }
      total = sum.partialValue
    }
    self = total
  }
}

extension Int: SQLEncodable, SQLDecodable {
  package static var sqlType: SQLType { .int8 }
  package func encode(into buffer: inout SQLBuffer) { buffer.write(Int64(self)) }
  package init(sql value: SQLValue) throws { self = Int(try Int64(sql: value)) }
}

extension String: SQLEncodable, SQLDecodable {
  package static var sqlType: SQLType { .text }

  package func encode(into buffer: inout SQLBuffer) {
    var copy = self
    copy.withUTF8 { buffer.write(bytes: UnsafeRawBufferPointer($0)) }
  }

  /// Also reads enums and other user-made types whose binary form is text.
  package init(sql value: SQLValue) throws {
    var bytes =
      value.type.isUserDefined
      ? try value.bytes(of: value.type)
      : try value.bytes(of: .text, .varchar, .bpchar, .name, .char, .unknown, .json, .jsonb)
    if value.type == .jsonb { bytes = UnsafeRawBufferPointer(rebasing: bytes.dropFirst()) }
    guard let text = String(validating: bytes, as: UTF8.self) else { throw value.mismatch }
    self = text
  }
}

extension UUID: SQLEncodable, SQLDecodable {
  package static var sqlType: SQLType { .uuid }

  package func encode(into buffer: inout SQLBuffer) {
    withUnsafeBytes(of: uuid) { buffer.write(bytes: $0) }
  }

  package init(sql value: SQLValue) throws {
    let bytes = try value.bytes(of: .uuid)
    guard bytes.count == 16 else { throw value.mismatch }
    self.init(uuid: bytes.loadUnaligned(as: uuid_t.self))
  }
}

/// JSON as text, for `jsonb` columns (and read from `json` too). PostgreSQL checks that it is JSON.
package struct JSONText: Hashable, Sendable, SQLEncodable, SQLDecodable {
  package var text: String

  package init(_ text: String) { self.text = text }

  package static var sqlType: SQLType { .jsonb }

  package func encode(into buffer: inout SQLBuffer) {
    let version: UInt8 = 1
    buffer.write(version)
    text.encode(into: &buffer)
  }

  package init(sql value: SQLValue) throws {
    _ = try value.bytes(of: .json, .jsonb)
    text = try String(sql: value)
  }
}
