/// Ids that look like Stripe's and follow from the seed and a serial number alone.
struct Identifiers: Sendable {
  let seed: UInt64

  func id(_ prefix: String, serial: UInt64) -> String {
    String(unsafeUninitializedCapacity: prefix.utf8.count + 24) { text in
      var length = text.update(fromContentsOf: prefix.utf8)
      for sign in "_3".utf8 {
        text[length] = sign
        length += 1
      }
      for half in [mixed(seed, serial &* 2), mixed(~seed, serial &* 2 &+ 1)] {
        var rest = half
        // 62^11 is more than 2^64, so no two halves read alike.
        for _ in 0..<11 {
          text[length] = Self.alphabet[Int(rest % 62)]
          length += 1
          rest /= 62
        }
      }
      return length
    }
  }

  private static let alphabet = Array("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz".utf8)
}

/// A well-spread number that follows from two; the finaliser of SplitMix64.
func mixed(_ seed: UInt64, _ number: UInt64) -> UInt64 {
  var z = seed &+ (number &+ 1) &* 0x9E37_79B9_7F4A_7C15
  z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
  z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
  return z ^ (z >> 31)
}

/// A number that follows from the seed and a text, the same in every process (FNV-1a, then mixed).
func mixed(_ seed: UInt64, _ text: String) -> UInt64 {
  var hash: UInt64 = 0xcbf2_9ce4_8422_2325
  for byte in text.utf8 {
    hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01b3
  }
  return mixed(seed, hash)
}

/// A point in 0 ..< 1 from the upper bits, which a probability is held against.
func point(_ number: UInt64) -> Double {
  Double(number >> 11) / 9_007_199_254_740_992
}
