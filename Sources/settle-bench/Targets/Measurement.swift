import Foundation

/// Measures part after part, prints each table as soon as there is one, and keeps all that was measured so far.
struct Measurement {
  let place: Workplace
  let peers: PeerOptions
  let charges: ChargeOptions
  let subject: Stamp.Subject
  let commit: String?
  /// Nil to keep nothing.
  let file: RecordFile?
  private(set) var record: BenchRecord

  init(
    place: Workplace, peers: PeerOptions, charges: ChargeOptions, file: RecordFile?, subject: Stamp.Subject,
    record: BenchRecord
  ) throws {
    (self.place, self.peers, self.charges, self.file) = (place, peers, charges, file)
    (self.subject, self.record) = (subject, record)
    commit = try place.commit()
  }

  /// Goes on after a part that failed: the others do not depend on it.
  ///
  /// - Returns: what failed, and why.
  mutating func run(_ parts: [Part]) async throws -> [String] {
    var failed: [String] = []
    for (number, part) in parts.enumerated() {
      let coming = parts[(number + 1)...].map(\.rawValue)
      place.progress.tell(
        "== \(part.rawValue), part \(number + 1) of \(parts.count)"
          + (coming.isEmpty ? "" : "; then \(coming.joined(separator: ", "))"))
      let begun = Date.now.ISO8601Format()
      do {
        try await measure(part)
        record.failed[part.rawValue] = nil
      } catch  where !Task.isCancelled {
        failed.append("\(part.rawValue) (\(error))")
        place.progress.tell("failed: \(failed[failed.count - 1])")
        record.fail(part, "\(error)", since: begun)
      }
      try keep()
    }
    return failed
  }

  private mutating func measure(_ part: Part) async throws {
    let (seed, rows) = (record.seed, record.rows)
    let begun = Date.now
    switch part {
    case .start: record.start = try done(try await .measured(in: place), of: part.rawValue, since: begun)
    case .charges: record.charges = try done(try await charges.measure(in: place), of: part.rawValue, since: begun)
    case .peers:
      let rounds = PeerRounds(place: place, programs: try peers.programs())
      record.peers = try done(
        try await rounds.run(peers.rounds, seed: seed, rows: rows), of: part.rawValue, since: begun)
    case .nights:
      for size in [rows, rows * 3] {
        let begun = Date.now
        record.add(try done(try await .measured(seed: seed, rows: size, in: place), of: "night", since: begun))
        try keep()
      }
    case .increment:
      let table = try await IncrementTable.measured(
        seed: seed, rows: rows * 10, increment: max(1, rows / 10), in: place
      ) {
        record.add(try done($0, of: "night", since: begun))
        try keep()
      }
      record.increment = try done(table, of: part.rawValue, since: begun)
    }
  }

  private func done<Table: BenchTable>(_ table: Table, of name: String, since begun: Date) throws
    -> BenchRecord.Measured<Table>
  {
    try StandardOutput.print("== \(name)\n\(table.text)\n")
    let stamp = Stamp(
      subject: subject, commit: commit, at: begun.ISO8601Format(), seconds: Date.now.timeIntervalSince(begun))
    return BenchRecord.Measured(stamp: stamp, table: table)
  }

  private func keep() throws { try file?.write(record) }
}
