/// The records of a CSV text that is in memory as a whole, by the names of its first record: for files that settle wrote.
package struct CSVRecords: Sendable {
  /// One record's fields by name.
  package let rows: [[String: String]]

  /// Throws ``FileRefusal`` where the text is no CSV.
  ///
  /// - Parameter name: what the refusal calls it.
  package init(_ bytes: [UInt8], name: String) throws {
    var header: [String] = []
    var rows: [[String: String]] = []
    do {
      let parser = CSVParser(separator: UInt8(ascii: ","))
      let take = { (record: RecordBuffer) in
        if header.isEmpty {
          header = record.texts
        } else {
          rows.append(Dictionary(zip(header, record.texts), uniquingKeysWith: { first, _ in first }))
        }
      }
      try bytes.withUnsafeBufferPointer { try parser.feed($0, body: take) }
      try parser.finish(body: take)
    } catch let damage as FileDamage {
      throw FileRefusal(path: name, line: damage.line, reason: damage.reason, message: damage.message)
    }
    self.rows = rows
  }
}
