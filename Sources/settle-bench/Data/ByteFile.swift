import Glibc

/// A file that is written in big pieces, of bytes and numbers put down by hand: a `String` a field would take longer than
/// all the rest.
struct ByteFile: ~Copyable {
  private let descriptor: Int32
  private let path: String
  private let buffer: UnsafeMutablePointer<UInt8>
  private var used = 0
  /// How many bytes were put down so far.
  private(set) var bytes: Int64 = 0

  private static let capacity = 1 << 20
  /// More than any one call puts down.
  private static let margin = 256

  init(_ path: String) throws {
    descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { throw BenchFailure("\(path) cannot be written: \(String(cString: strerror(errno)))") }
    self.path = path
    buffer = .allocate(capacity: Self.capacity + Self.margin)
  }

  deinit {
    buffer.deallocate()
    Glibc.close(descriptor)
  }

  /// - Parameter text: at most 256 bytes.
  mutating func put(_ text: StaticString) {
    precondition(text.utf8CodeUnitCount <= Self.margin, "a longer text would run over the buffer's margin")
    (buffer + used).update(from: text.utf8Start, count: text.utf8CodeUnitCount)
    used += text.utf8CodeUnitCount
  }

  /// - Parameter text: at most 256 bytes; where it is put down for each row, a short one.
  mutating func put(text: String) {
    var text = text
    text.withUTF8 { bytes in
      precondition(bytes.count <= Self.margin, "a longer text would run over the buffer's margin")
      guard let start = bytes.baseAddress else { return }
      (buffer + used).update(from: start, count: bytes.count)
      used += bytes.count
    }
  }

  mutating func put(_ byte: UInt8) {
    buffer[used] = byte
    used += 1
  }

  /// A number with a decimal point before its last `digits` figures.
  mutating func put(_ number: Int64, digits: Int = 0) {
    if number < 0 { put(UInt8(ascii: "-")) }
    let start = used
    var (rest, figures) = (number.magnitude, 0)
    repeat {
      if figures == digits, digits > 0 { put(UInt8(ascii: ".")) }
      put(UInt8(ascii: "0") + UInt8(rest % 10))
      rest /= 10
      figures += 1
    } while rest > 0 || figures <= digits
    var written = UnsafeMutableBufferPointer(start: buffer + start, count: used - start)
    written.reverse()
  }

  /// A number of exactly so many figures, with zeros in front.
  mutating func put(_ number: Int, width: Int) {
    var rest = number
    for place in (0..<width).reversed() {
      buffer[used + place] = UInt8(ascii: "0") + UInt8(rest % 10)
      rest /= 10
    }
    used += width
  }

  /// A random UUID (version 4) out of these bits.
  mutating func put(uuid high: UInt64, _ low: UInt64) {
    let high = high & ~0xF000 | 0x4000
    let low = low & ~(3 << 62) | 2 << 62
    put(hexadecimal: high >> 32, figures: 8)
    put(UInt8(ascii: "-"))
    put(hexadecimal: high >> 16, figures: 4)
    put(UInt8(ascii: "-"))
    put(hexadecimal: high, figures: 4)
    put(UInt8(ascii: "-"))
    put(hexadecimal: low >> 48, figures: 4)
    put(UInt8(ascii: "-"))
    put(hexadecimal: low, figures: 12)
  }

  private mutating func put(hexadecimal bits: UInt64, figures: Int) {
    for place in (0..<figures).reversed() {
      let nibble = UInt8(truncatingIfNeeded: bits >> UInt64(place * 4)) & 15
      put(nibble < 10 ? UInt8(ascii: "0") + nibble : UInt8(ascii: "a") + nibble - 10)
    }
  }

  /// Bits as a token of letters: without figures, it can never look like a card's number.
  mutating func put(token bits: UInt64, letters: Int = 16) {
    for place in 0..<letters { put(UInt8(ascii: "a") + (UInt8(truncatingIfNeeded: bits >> UInt64(place * 4)) & 15)) }
  }

  /// Ends a line; only here, the file itself is written to.
  mutating func endLine() throws {
    put(UInt8(ascii: "\n"))
    if used >= Self.capacity - 4_096 { try flush() }
  }

  mutating func flush() throws {
    var written = 0
    while written < used {
      let count = write(descriptor, buffer + written, used - written)
      guard count > 0 else { throw BenchFailure("\(path) cannot be written: \(String(cString: strerror(errno)))") }
      written += count
    }
    bytes += Int64(used)
    used = 0
  }
}
