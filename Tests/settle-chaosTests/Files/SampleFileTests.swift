import Testing

@testable import settle_chaos

@Suite struct SampleFileTests {
  @Test(arguments: SampleFile.Kind.allCases)
  func aSeedGivesTheSameFileAgain(_ kind: SampleFile.Kind) {
    var first = SeededRandom(seed: 4)
    var second = SeededRandom(seed: 4)
    let file = SampleFile(kind, rows: 3, named: "T", &first)
    #expect(file.text == SampleFile(kind, rows: 3, named: "T", &second).text)
    #expect(file.rows.count >= 3)
    #expect(file.header.isEmpty == (kind == .authorizationsJSON))
    #expect((file.base == nil) == (kind.folder == "authorizations"))
  }

  @Test func aCutForEachByte() {
    var random = SeededRandom(seed: 1)
    let file = SampleFile(.stripe, rows: 2, named: "T", &random)
    let whole = Array(file.text.utf8)
    let cuts = FileVariants.cuts(of: file, &random)
    #expect(cuts.map(\.bytes.count) == Array(1..<whole.count))
    #expect(cuts.allSatisfy { whole.starts(with: $0.bytes) })
    #expect(Set(cuts.map(\.comesFirst)) == [true, false])
  }

  @Test func relativesHoldOnlyTheFilesOwnRows() {
    var random = SeededRandom(seed: 2)
    let file = SampleFile(.authorizations, rows: 3, named: "T", &random)
    let relatives = FileVariants.relatives(of: file, &random)
    #expect(Set(relatives.map(\.word)).count == relatives.count)
    for relative in relatives {
      let lines = String(decoding: relative.bytes, as: UTF8.self).replacing("\r\n", with: "\n").split(separator: "\n")
      #expect(lines.first.map(String.init) == file.header)
      #expect(lines.dropFirst().allSatisfy { file.rows.contains(String($0)) })
    }
  }
}
