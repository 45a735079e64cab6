import Foundation
import Testing

@testable import settle_bench

@Suite("A bench's file")
struct RecordFileTests {
  private func withFile(_ body: (RecordFile) throws -> Void) throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("settle-bench-\(UUID())")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    try body(RecordFile(path: folder.appendingPathComponent("bench.json").path))
  }

  private func names(beside file: RecordFile) throws -> [String] {
    try FileManager.default.contentsOfDirectory(
      atPath: URL(fileURLWithPath: file.path).deletingLastPathComponent().path
    ).sorted()
  }

  private func opened(_ file: RecordFile, rows: Int = 1_000, subject: Stamp? = .sample()) throws -> BenchRecord {
    try file.opened(rows: rows, seed: 1, subject: subject?.subject) { _ in }
  }

  @Test("gives back what was written, and holds the verdicts")
  func roundTrip() throws {
    try withFile { file in
      try file.write(.sample())
      let read = try file.read()
      #expect(read.judged.map(\.row) == BenchRecord.sample().judged.map(\.row))
      #expect(read.targets.map(\.row) == read.judged.map(\.row))
      #expect(read.summary == BenchRecord.sample().summary)
      #expect(read.nights[0].table.settings == ["fsync": "on"])
    }
  }

  @Test("keeps what the same settle measured on the same machine")
  func keepsItsOwn() throws {
    try withFile { file in
      #expect(try opened(file).stamps.isEmpty)
      try file.write(.sample())
      #expect(try opened(file).stamps.count == 7)
      #expect(try names(beside: file) == ["bench.json"])
    }
  }

  @Test(
    "is put aside where it holds what may not stand beside what comes",
    arguments: [
      (1_000, Stamp.sample(program: "another")), (1_000, .sample(cores: 4)), (2_000, .sample()),
    ])
  func isPutAside(rows: Int, stamp: Stamp) throws {
    try withFile { file in
      for number in 1...2 {
        try file.write(.sample())
        #expect(try opened(file, rows: rows, subject: stamp).stamps.isEmpty)
        #expect(try names(beside: file) == (1...number).map { "bench-\($0).json" })
      }
    }
  }

  @Test("of another form is put aside, too")
  func anotherForm() throws {
    try withFile { file in
      try Data("{}".utf8).write(to: URL(fileURLWithPath: file.path))
      #expect(try opened(file).stamps.isEmpty)
      #expect(try names(beside: file) == ["bench-1.json"])
    }
  }

  @Test("keeps parts of the same settle alone, or of all where that is asked for")
  func partsOfTwo() throws {
    try withFile { file in
      var record = BenchRecord.sample()
      record.charges?.stamp = .sample(program: "another")
      try file.write(record)
      #expect(try opened(file, subject: nil).stamps.count == 7)
      let kept = try opened(file)
      #expect(kept.charges == nil)
      #expect(kept.stamps.count == 6)
      #expect(try names(beside: file) == ["bench-1.json"])
    }
  }

  @Test("that cannot be written is named")
  func cannotBeWritten() throws {
    let error = #expect(throws: BenchFailure.self) { try RecordFile(path: "/nowhere/bench.json").write(.sample()) }
    #expect(error?.description.hasPrefix("/nowhere/bench.json cannot be written") == true)
  }
}
