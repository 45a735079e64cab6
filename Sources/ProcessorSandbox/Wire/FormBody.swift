/// `application/x-www-form-urlencoded` parameters in the order sent; names keep their brackets, `metadata[order_id]`.
struct FormBody: Sendable, Equatable {
  struct Pair: Sendable, Equatable {
    let name: String
    let value: String
  }

  let pairs: [Pair]

  /// Nil where an escape is broken or the bytes are not UTF-8.
  init?(parsing bytes: some Collection<UInt8>) {
    var pairs: [Pair] = []
    for part in bytes.split(separator: UInt8(ascii: "&")) {
      let sides = part.split(separator: UInt8(ascii: "="), maxSplits: 1, omittingEmptySubsequences: false)
      guard let name = decoded(sides[0]), let value = sides.count == 2 ? decoded(sides[1]) : "" else { return nil }
      pairs.append(Pair(name: name, value: value))
    }
    self.pairs = pairs
  }

  /// The same for every order and spelling of the same parameters: what Stripe compares when a key comes again.
  var canonical: String {
    pairs.map { "\($0.name.utf8.count):\($0.name)=\($0.value.utf8.count):\($0.value)" }.sorted().joined(separator: "&")
  }
}

private func decoded(_ bytes: some Collection<UInt8>) -> String? {
  var text: [UInt8] = []
  text.reserveCapacity(bytes.count)
  var rest = bytes.makeIterator()
  while let byte = rest.next() {
    switch byte {
    case UInt8(ascii: "+"): text.append(UInt8(ascii: " "))
    case UInt8(ascii: "%"):
      guard let high = rest.next().flatMap(nibble), let low = rest.next().flatMap(nibble) else { return nil }
      text.append(high << 4 | low)
    default: text.append(byte)
    }
  }
  return String(validating: text, as: UTF8.self)
}

private func nibble(_ digit: UInt8) -> UInt8? {
  switch digit {
  case UInt8(ascii: "0")...UInt8(ascii: "9"): digit - UInt8(ascii: "0")
  case UInt8(ascii: "a")...UInt8(ascii: "f"): digit - UInt8(ascii: "a") + 10
  case UInt8(ascii: "A")...UInt8(ascii: "F"): digit - UInt8(ascii: "A") + 10
  default: nil
  }
}
