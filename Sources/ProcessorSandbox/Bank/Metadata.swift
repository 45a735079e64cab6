/// The key-value pairs that a client hangs on an object, ordered by key so that they always read the same.
struct Metadata: Sendable, Equatable {
  struct Pair: Sendable, Equatable {
    let key: String
    var value: String
  }

  private(set) var pairs: [Pair] = []

  subscript(key: String) -> String? {
    get { pairs.first { $0.key == key }?.value }
    set {
      // The few pairs of one object: a scan is cheaper than a dictionary.
      let place = pairs.firstIndex { $0.key >= key } ?? pairs.count
      let known = place < pairs.count && pairs[place].key == key
      switch (newValue, known) {
      case (let value?, true): pairs[place].value = value
      case (let value?, false): pairs.insert(Pair(key: key, value: value), at: place)
      case (nil, true): pairs.remove(at: place)
      case (nil, false): break
      }
    }
  }

  /// Sets what a request gives; as with Stripe, an empty value takes a key away and other keys stay.
  func merging(_ given: [Pair]) -> Metadata {
    var merged = self
    for pair in given {
      merged[pair.key] = pair.value.isEmpty ? nil : pair.value
    }
    return merged
  }
}
