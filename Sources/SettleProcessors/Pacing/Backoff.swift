/// How long to wait before a further try: exponential with full jitter, so that many waiting at once do not come
/// back at once.
struct Backoff {
  private let first: Nanoseconds
  private let longest: Nanoseconds
  private var random: SplitMix64

  init(_ patience: Patience, seed: UInt64) {
    first = patience.first.nanoseconds
    longest = patience.longest.nanoseconds
    random = SplitMix64(state: seed)
  }

  /// The wait after the given number of tries, which counts from 1.
  mutating func wait(afterTries tries: Int) -> Nanoseconds {
    let doubled = tries > 20 ? longest : min(longest, first << Nanoseconds(max(0, tries - 1)))
    return Nanoseconds.random(in: 0...max(0, doubled), using: &random)
  }
}

/// A small generator with a seed, by Steele, Lea and Flood (2014): for jitter, never for keys.
struct SplitMix64: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }
}

extension Duration {
  var nanoseconds: Nanoseconds {
    let (seconds, attoseconds) = components
    return seconds * 1_000_000_000 + attoseconds / 1_000_000_000
  }
}
