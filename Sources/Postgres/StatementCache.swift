/// Which statements a connection has prepared.
///
/// A text is prepared when it comes for the second time, so that what runs once costs one round trip. The least
/// recently used makes room.
struct StatementCache {
  struct Key: Hashable {
    let text: String
    let types: [UInt32]
  }

  enum Decision: Equatable {
    case direct
    case prepare(name: String)
    case prepared(name: String)
  }

  private struct Entry {
    var name: String?
    var lastUse: Int
  }

  let capacity: Int
  private var entries: [Key: Entry] = [:]
  private var clock = 0
  private var names = 0
  /// Names whose statements the server still holds and that nothing uses any more.
  private(set) var discarded: [String] = []

  init(capacity: Int) { self.capacity = capacity }

  mutating func use(_ key: Key) -> Decision {
    guard capacity > 0 else { return .direct }
    clock += 1
    if let name = entries[key]?.name {
      entries[key]?.lastUse = clock
      return .prepared(name: name)
    }
    if entries[key] != nil {
      names += 1
      let name = "s\(names)"
      entries[key] = Entry(name: name, lastUse: clock)
      return .prepare(name: name)
    }
    if entries.count >= capacity, let oldest = entries.min(by: { $0.value.lastUse < $1.value.lastUse }) {
      forget(oldest.key)
    }
    entries[key] = Entry(name: nil, lastUse: clock)
    return .direct
  }

  /// For a statement that the server refused to prepare, or whose plan no longer fits its tables.
  mutating func forget(_ key: Key) {
    if let name = entries.removeValue(forKey: key)?.name { discarded.append(name) }
  }

  mutating func takeDiscarded() -> [String] {
    defer { discarded = [] }
    return discarded
  }

  mutating func removeAll() {
    entries = [:]
    discarded = []
  }
}
