/// Proves, chunk by chunk, that bytes are UTF-8 text without NULs.
struct TextCheck {
  /// Bytes before the current chunk.
  private var offset = 0
  /// Bytes that a character still lacks, and the range that the next of them must lie in.
  private var wanted = 0
  private var lowest: UInt8 = 0x80
  private var highest: UInt8 = 0xBF

  /// Where text stops being text.
  struct Damage: Error, Equatable {
    /// Bytes before the damage.
    var offset: Int
    var reason: FileRefusal.Reason
  }

  mutating func check(_ chunk: Bytes) throws(Damage) {
    var index = 0
    while true {
      if wanted == 0 { index = Self.endOfASCII(chunk, from: index) }
      guard index < chunk.count else { break }
      try take(chunk[index], at: offset + index)
      index += 1
    }
    offset += chunk.count
  }

  /// Throws where the text ends in the middle of a character.
  func finish() throws(Damage) { if wanted > 0 { throw Damage(offset: offset, reason: .notUTF8) } }

  /// Passes over ASCII, eight bytes at a time, up to the first byte that needs a closer look.
  private static func endOfASCII(_ chunk: Bytes, from start: Int) -> Int {
    var index = start
    let raw = UnsafeRawBufferPointer(chunk)
    while index + 8 <= chunk.count {
      let word = raw.loadUnaligned(fromByteOffset: index, as: UInt64.self)
      // Subtracting one from each byte sets the high bit of those that are NUL.
      guard (word | (word &- 0x0101_0101_0101_0101)) & 0x8080_8080_8080_8080 == 0 else { break }
      index += 8
    }
    while index < chunk.count, chunk[index] < 0x80, chunk[index] != 0 { index += 1 }
    return index
  }

  /// One byte by the table of well-formed sequences in the Unicode standard (3.9, table 3-7), which leaves out
  /// overlong forms, surrogates and what lies past U+10FFFF.
  private mutating func take(_ byte: UInt8, at position: Int) throws(Damage) {
    if byte == 0 { throw Damage(offset: position, reason: .nulByte) }
    if wanted > 0 {
      guard byte >= lowest, byte <= highest else { throw Damage(offset: position, reason: .notUTF8) }
      (wanted, lowest, highest) = (wanted - 1, 0x80, 0xBF)
      return
    }
    switch byte {
    case 0x01...0x7F: break
    case 0xC2...0xDF: (wanted, lowest, highest) = (1, 0x80, 0xBF)
    case 0xE0: (wanted, lowest, highest) = (2, 0xA0, 0xBF)
    case 0xED: (wanted, lowest, highest) = (2, 0x80, 0x9F)
    case 0xE1...0xEF: (wanted, lowest, highest) = (2, 0x80, 0xBF)
    case 0xF0: (wanted, lowest, highest) = (3, 0x90, 0xBF)
    case 0xF1...0xF3: (wanted, lowest, highest) = (3, 0x80, 0xBF)
    case 0xF4: (wanted, lowest, highest) = (3, 0x80, 0x8F)
    default: throw Damage(offset: position, reason: .notUTF8)
    }
  }
}
