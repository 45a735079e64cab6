/// A statement's bound values, encoded one behind the other in memory that is kept for the next statement.
struct Parameters: ~Copyable {
  private var buffer = SQLBuffer()
  private var starts: [Int] = []
  private var pointers: [UnsafePointer<CChar>?] = []
  private(set) var lengths: [Int32] = []
  private(set) var types: [UInt32] = []
  private var formats: [Int32] = []

  mutating func encode(_ values: [any SQLEncodable]) throws {
    buffer.removeAll()
    starts.removeAll(keepingCapacity: true)
    types.removeAll(keepingCapacity: true)
    for value in values { try append(value) }
    lengths.removeAll(keepingCapacity: true)
    pointers.removeAll(keepingCapacity: true)
    for start in starts {
      let length = buffer.read(Int32.self, at: start)
      lengths.append(max(0, length))
      let bytes = buffer.bytes.baseAddress.map { ($0 + start + 4).assumingMemoryBound(to: CChar.self) }
      pointers.append(length < 0 ? nil : bytes)
    }
    while formats.count < values.count { formats.append(1) }
  }

  private mutating func append<T: SQLEncodable>(_ value: T) throws {
    guard T.sqlType != .none else {
      throw PostgresError(.misuse, "\(T.self) cannot be bound: PostgreSQL has no array type for its elements")
    }
    starts.append(buffer.count)
    types.append(T.sqlType.oid)
    buffer.writeField(value)
    guard buffer.count - (starts.last ?? 0) <= Int(Int32.max) else {
      throw PostgresError(.misuse, "a bound value is larger than 2 GiB; stream it with COPY")
    }
  }

  /// Count, types, values, lengths and formats, as libpq wants them.
  borrowing func withPointers<R>(
    _ body: (
      Int32, UnsafePointer<UInt32>?, UnsafePointer<UnsafePointer<CChar>?>?, UnsafePointer<Int32>?, UnsafePointer<Int32>?
    ) -> R
  ) -> R {
    types.withUnsafeBufferPointer { types in
      pointers.withUnsafeBufferPointer { pointers in
        lengths.withUnsafeBufferPointer { lengths in
          formats.withUnsafeBufferPointer { formats in
            body(
              Int32(types.count), types.baseAddress, pointers.baseAddress, lengths.baseAddress, formats.baseAddress)
          }
        }
      }
    }
  }
}
