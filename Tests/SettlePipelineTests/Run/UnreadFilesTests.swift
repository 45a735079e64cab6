import Foundation
import SettleModel
import Testing

@testable import SettlePipeline

/// Files that lie in the inbox and that no source takes.
@Suite struct UnreadFilesTests {
  private func with(_ files: [String], _ body: (String) throws -> Void) throws {
    let inbox = NSTemporaryDirectory() + "settle-unread-\(UUID().uuidString)"
    defer { try? FileManager.default.removeItem(atPath: inbox) }
    for file in files {
      let url = URL(fileURLWithPath: "\(inbox)/\(file)")
      try FileManager.default.createDirectory(at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
      try Data("x".utf8).write(to: url)
    }
    try body(inbox)
  }

  private func pipeline(file: String = "n.yaml") throws -> PipelineDefinition {
    try PipelineDefinition(
      yaml: """
        pipeline: n
        processor: stripe
        ingest: { sources: [{ path: "authorizations/*" }] }
        import: { sources: [{ path: "outcomes/*.csv" }, { path: "outcomes/*.sta" }, { path: "bank/*/*.xml" }] }
        """, file: file)
  }

  @Test func eachIsToldWithWhereItShouldBe() throws {
    let files = [
      "authorizations/a.csv", "authorizations/.hidden", "outcomes/b.csv", "outcomes/c.CSV.gz", "outcome/d.csv", "e.csv",
      "bank/2026/f.xml", "bank/g.xml", "other things/h.csv", ".git/i", "authorizations/old/j.csv",
    ]
    try with(files) { inbox in
      let told = UnreadFiles(in: inbox, try pipeline(), out: nil).sentences
      #expect(
        told == [
          "no source takes authorizations/old/j.csv, so it was not read; sources take authorizations/*",
          "no source takes bank/g.xml, so it was not read; sources take bank/*/*.xml",
          "no source takes e.csv, so it was not read; put it into authorizations, bank, outcomes",
          "no source takes other things/h.csv, so it was not read",
          "no source takes outcome/d.csv, so it was not read; did you mean the folder outcomes?",
          "no source takes outcomes/c.CSV.gz, so it was not read; sources take outcomes/*.csv, outcomes/*.sta",
        ])
    }
  }

  /// An inbox in which everything else lies, too.
  @Test func whatSettleMakesAndReadsIsLeftOut() throws {
    let files = [
      "authorizations/a.csv", "reports/2026-11-19/breaks.csv", "reports/2026-11-19/run_results.json",
      "reports/2026-11-20/breaks.csv", "night.yaml", "layouts/own.yaml", ".settle/data/base",
    ]
    try with(files) { inbox in
      var pipeline = try pipeline(file: inbox + "/night.yaml")
      pipeline.layoutsFolder = inbox + "/layouts"
      #expect(UnreadFiles(in: inbox, pipeline, out: inbox + "/reports/2026-11-20").sentences == [])
    }
  }

  @Test func manyAreCounted() throws {
    try with((10..<25).map { "x\($0).csv" }) { inbox in
      let sentences = UnreadFiles(in: inbox + "/", try pipeline(), out: nil).sentences
      #expect(sentences.count == 11)
      #expect(sentences.first?.hasPrefix("no source takes x10.csv, so it was not read") == true)
      #expect(sentences.last == "… and 5 more files that no source takes")
    }
  }

  @Test func aLinkedInboxIsGoneThrough() throws {
    try with(["real/e.csv"]) { folder in
      try FileManager.default.createSymbolicLink(atPath: folder + "/linked", withDestinationPath: folder + "/real")
      let unread = UnreadFiles(in: folder + "/linked", try pipeline(), out: nil)
      #expect(unread.paths == ["e.csv"])
    }
  }

  @Test func aFolderThatIsNotThereIsToldElsewhere() throws {
    let unread = UnreadFiles(in: "/nowhere", try pipeline(), out: nil)
    #expect(unread.paths == [])
  }

  /// Only where a run reads files.
  @Test(arguments: [([StageName.importing], 1), ([.ingest, .report], 1), ([], 1), ([.reconcile, .report], 0)])
  func aRunSaysIt(stages: [StageName], count: Int) throws {
    try with(["e.csv"]) { inbox in
      let request = RunRequest(pipeline: try pipeline(), stages: stages, inbox: inbox, version: "test")
      #expect(request.unreadFiles.count == count)
    }
  }
}
