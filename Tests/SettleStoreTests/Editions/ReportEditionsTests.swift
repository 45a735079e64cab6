import Postgres
import SettleModel
import SettleStore
import SettleTesting
import Testing

@Suite struct ReportEditionsTests {
  /// Keeps an edition of this text, in pieces of two bytes.
  private func keep(_ text: String, of file: String = "breaks.csv", _ story: Story) async throws -> Bool {
    let (date, at) = (await story.date, await story.context().now)
    return try await story.write { db in
      var left = Array(text.utf8)
      return try db.keepEdition(of: file, on: date, sha256: Story.digest(of: text), at: at) {
        defer { left.removeFirst(min(2, left.count)) }
        return left.isEmpty ? nil : Array(left.prefix(2))
      }
    }
  }

  private func told(_ story: Story, asOf instant: Timestamp) async throws -> [String] {
    let date = await story.date
    return try await story.read { db in
      try db.editions(of: date, asOf: instant).map { edition in
        var bytes: [UInt8] = []
        try db.forEachChunk(of: edition) { bytes += $0 }
        #expect(bytes.count == Int(edition.bytes))
        return "\(edition.file): \(String(decoding: bytes, as: UTF8.self))"
      }
    }
  }

  @Test func eachInstantHasItsEditions() async throws {
    try await Story.tell { (story) async throws in
      let before = await story.instant
      #expect(try await keep("first", story))
      #expect(try await keep("", of: "empty.csv", story))
      let first = await story.instant
      let rows = try await story.fingerprint()
      #expect(try await !keep("first", story))
      #expect(try await story.fingerprint() == rows)
      #expect(try await keep("second", story))
      #expect(try await told(story, asOf: before) == [])
      #expect(try await told(story, asOf: first) == ["breaks.csv: first", "empty.csv: "])
      #expect(try await told(story, asOf: await story.instant) == ["breaks.csv: second", "empty.csv: "])
      let date = await story.date
      #expect(try await story.read { try $0.firstEdition(of: date) } == before.adding(.seconds(1)))
      #expect(try await story.read { try $0.firstEdition(of: date.adding(days: 1)) } == nil)
      #expect(try await story.store.faults() == [])
    }
  }

  /// What was said once and is said again after something else is an edition of its own.
  @Test func goingBackIsAnEditionToo() async throws {
    try await Story.tell { (story) async throws in
      for text in ["a", "b", "a"] { #expect(try await keep(text, story)) }
      #expect(try await told(story, asOf: await story.instant) == ["breaks.csv: a"])
    }
  }

  @Test func aClockThatWasSetBackPutsNothingBeforeWhatWasSaid() async throws {
    try await Story.tell { (story) async throws in
      #expect(try await keep("a", story))
      let last = await story.instant
      await story.wait(.seconds(-3_600))
      #expect(try await keep("b", story))
      #expect(try await told(story, asOf: last) == ["breaks.csv: a"])
      #expect(try await told(story, asOf: last.adding(.microseconds(1))) == ["breaks.csv: b"])
    }
  }
}
