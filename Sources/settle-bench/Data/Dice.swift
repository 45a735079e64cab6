/// Numbers that depend on a seed and a place alone, so that any row can be made without those before it (SplitMix64 by
/// Steele, Lea and Flood, 2014).
struct Dice {
  private let start: UInt64

  init(seed: UInt64, row: Int) {
    start = Self.mix(Self.mix(seed &+ 0x9E37_79B9_7F4A_7C15) &+ UInt64(bitPattern: Int64(row)))
  }

  /// The number of a purpose: each asks under a number of its own, so that a further one changes no other.
  subscript(purpose: UInt64) -> UInt64 { Self.mix(start &+ purpose &* 0x9E37_79B9_7F4A_7C15) }

  private static func mix(_ bits: UInt64) -> UInt64 {
    var bits = bits
    bits = (bits ^ bits >> 30) &* 0xBF58_476D_1CE4_E5B9
    bits = (bits ^ bits >> 27) &* 0x94D0_49BB_1331_11EB
    return bits ^ bits >> 31
  }
}
