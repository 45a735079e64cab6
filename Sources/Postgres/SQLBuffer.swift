/// Bytes on their way to the server, in PostgreSQL's binary format.
///
/// Memory is kept and reused from one statement or row to the next, so that a field costs no allocation.
package struct SQLBuffer: ~Copyable {
  var base: UnsafeMutableRawPointer
  var capacity: Int
  var count = 0
  var isNull = false

  init(capacity: Int = 1024) {
    base = .allocate(byteCount: capacity, alignment: 16)
    self.capacity = capacity
  }

  deinit { base.deallocate() }

  /// Says that the value being encoded is NULL; only `Optional` needs it.
  package mutating func writeNull() { isNull = true }

  package mutating func write(_ value: some FixedWidthInteger) {
    let size = MemoryLayout.size(ofValue: value)
    reserve(size)
    base.storeBytes(of: value.bigEndian, toByteOffset: count, as: type(of: value))
    advance(size)
  }

  package mutating func write(bytes: UnsafeRawBufferPointer) {
    guard let source = bytes.baseAddress else { return }
    reserve(bytes.count)
    (base + count).copyMemory(from: source, byteCount: bytes.count)
    advance(bytes.count)
  }

  /// A field with its length before it (−1 for NULL): the shape of parameters, array elements and COPY fields.
  package mutating func writeField<T: SQLEncodable>(_ value: T) {
    let start = count
    write(Int32(0))
    value.encode(into: &self)
    closeField(from: start)
  }

  /// Puts the length of what was written since into the four bytes at `start`.
  mutating func closeField(from start: Int) {
    let length = isNull ? -1 : Int32(truncatingIfNeeded: count - start - 4)
    isNull = false
    patch(length, at: start)
  }

  mutating func patch(_ value: some FixedWidthInteger, at offset: Int) {
    base.storeBytes(of: value.bigEndian, toByteOffset: offset, as: type(of: value))
  }

  func read<T: FixedWidthInteger>(_ type: T.Type, at offset: Int) -> T {
    T(bigEndian: base.loadUnaligned(fromByteOffset: offset, as: type))
  }

  var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: base, count: count) }

  mutating func removeAll() { count = 0 }

  mutating func truncate(to count: Int) { self.count = count }

  mutating func advance(_ size: Int) { count += size }

  mutating func reserve(_ size: Int) {
    if capacity - count < size { grow(by: size) }
  }

  mutating func grow(by size: Int) {
    capacity = Swift.max(capacity * 2, count + size)
    let larger = UnsafeMutableRawPointer.allocate(byteCount: capacity, alignment: 16)
    larger.copyMemory(from: base, byteCount: count)
    base.deallocate()
    base = larger
  }
}
