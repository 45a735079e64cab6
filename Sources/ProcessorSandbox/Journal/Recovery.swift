/// Reads a data folder back as a killed sandbox left it.
enum Recovery {
  /// Applies every whole line of the journal to the bank and drops a torn last one.
  ///
  /// Returns how many changes were read. A bad line that is not the last is damage, not a torn write.
  static func replay(_ journal: AppendFile, into bank: inout Bank) throws(SandboxError) -> Int {
    var changes = 0
    var end = 0
    var rest: [UInt8] = []
    var offset = 0
    while true {
      let block = try journal.read(at: offset, count: 1 << 20)
      guard !block.isEmpty else { break }
      offset += block.count
      rest.append(contentsOf: block)
      var start = rest.startIndex
      while let newline = rest[start...].firstIndex(of: UInt8(ascii: "\n")) {
        guard let change = JSONValue(parsing: rest[start..<newline]).flatMap(Change.init) else {
          throw .damaged(path: journal.path, line: changes + 1)
        }
        bank.apply(change)
        changes += 1
        end += newline + 1 - start
        start = newline + 1
      }
      rest.removeFirst(start)
    }
    if end < offset { try journal.truncate(to: end) }
    return changes
  }

  /// Makes the ledger say exactly what the journal says: it is written after the journal, so a kill can leave it
  /// short or torn, and a lost page cache can leave it ahead. Returns its length.
  static func repair(_ ledger: AppendFile, with movements: [Movement]) throws(SandboxError) -> Int {
    var length = 0
    var missing = movements.startIndex
    let chunk = 4096
    while missing < movements.endIndex {
      let next = min(missing + chunk, movements.endIndex)
      let expected = movements[missing..<next].flatMap(\.ledgerLine)
      guard try ledger.read(at: length, count: expected.count) == expected else { break }
      length += expected.count
      missing = next
    }
    try ledger.truncate(to: length)
    while missing < movements.endIndex {
      let next = min(missing + chunk, movements.endIndex)
      let lines = movements[missing..<next].flatMap(\.ledgerLine)
      try ledger.append(lines)
      length += lines.count
      missing = next
    }
    return length
  }
}

extension Movement {
  var ledgerLine: [UInt8] {
    var json = JSONWriter(capacity: 512)
    write(to: &json)
    return json.bytes + [UInt8(ascii: "\n")]
  }
}
