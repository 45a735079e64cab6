import Foundation

/// Where a record is kept while it grows.
struct RecordFile: Sendable {
  let path: String

  /// What stands in the file of the same rows and seed, and which of it may stand beside what is measured now. Where
  /// something may not, the file is put aside under another name: an hour's figures are never written over.
  ///
  /// - Parameter subject: nil to take figures of other settles and machines, too.
  func opened(
    rows: Int, seed: UInt64, subject: Stamp.Subject?, tell: (String) -> Void
  ) throws -> BenchRecord {
    let fresh = BenchRecord(rows: rows, seed: seed)
    guard FileManager.default.fileExists(atPath: path) else { return fresh }
    let found: BenchRecord
    do { found = try read() } catch {
      try putAside("it holds no record of this version", tell)
      return fresh
    }
    guard found.rows == rows, found.seed == seed else {
      try putAside("it is about \(Columns.count(found.rows)) rows of seed \(found.seed)", tell)
      return fresh
    }
    let kept = subject.map(found.limited) ?? found
    if kept.stamps.count < found.stamps.count {
      try putAside("some of it was measured with another settle or on another machine", tell)
    }
    return kept
  }

  /// Throws where the file is none of these.
  func read() throws -> BenchRecord {
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    return try decoder.decode(BenchRecord.self, from: Data(contentsOf: URL(fileURLWithPath: path)))
  }

  /// In the old one's place at once, or not at all.
  func write(_ record: BenchRecord) throws {
    var record = record
    record.targets = record.judged
    let json = try JSONEncoder.ofBench.encode(record)
    do { try json.write(to: URL(fileURLWithPath: path), options: .atomic) } catch {
      throw BenchFailure(
        "\(path) cannot be written: name a file in a folder of your own with --json (\(error.localizedDescription))")
    }
  }

  private func putAside(_ reason: String, _ tell: (String) -> Void) throws {
    let url = URL(fileURLWithPath: path)
    let stem = url.deletingPathExtension().path
    let suffix = url.pathExtension.isEmpty ? "" : ".\(url.pathExtension)"
    guard
      let free = (1...).lazy.map({ "\(stem)-\($0)\(suffix)" }).first(where: {
        !FileManager.default.fileExists(atPath: $0)
      })
    else { return }
    try FileManager.default.moveItem(atPath: path, toPath: free)
    tell("\(path) is kept as \(free): \(reason)")
  }
}
