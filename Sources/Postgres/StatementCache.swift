/// Which statements a connection has prepared.
///
/// A text is prepared when it comes for the second time, so that what runs once costs one round trip. The least
/// recently used makes room.
///
/// The server keeps a statement's plan until its tables' statistics change, which a session that fills them may not live
/// to see: a plan made for an empty table would read all of a large one. So each is prepared anew at the 32nd use, the
/// 64th, the 128th and so on: seldom enough to cost nothing, and a table grows no faster than the uses.
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
    var uses = 1
    /// At which use it is prepared anew.
    var renewal = 32
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
    if var entry = entries[key] {
      defer { entries[key] = entry }
      entry.lastUse = clock
      entry.uses += 1
      if let name = entry.name, entry.uses < entry.renewal { return .prepared(name: name) }
      if let old = entry.name {
        discarded.append(old)
        entry.renewal *= 2
      }
      names += 1
      let name = "s\(names)"
      entry.name = name
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
