import Foundation
import SettleModel
import Testing

@testable import SettlePipeline

/// Whether a report can be put into a folder is known before anything is charged, and nothing stays of the question.
@Suite struct ReportFolderTrialTests {
  private func inFolder(_ body: (String) async throws -> Void) async throws {
    let folder = NSTemporaryDirectory() + "settle-trial-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try await body(folder)
  }

  private func tryOut(_ path: String) -> Failure? {
    do {
      try RunRequest.tryOut(path)
      return nil
    } catch {
      return Failure(error)
    }
  }

  @Test func nothingStaysOfIt() async throws {
    try await inFolder { folder in
      #expect(tryOut(folder + "/reports/2026-11-20") == nil)
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == [])
      try FileManager.default.createDirectory(atPath: folder + "/reports/old", withIntermediateDirectories: true)
      try "mine".write(toFile: folder + "/reports/old/breaks.csv", atomically: true, encoding: .utf8)
      for name in ["old", "new"] { #expect(tryOut(folder + "/reports/" + name) == nil) }
      #expect(
        try FileManager.default.subpathsOfDirectory(atPath: folder).sorted() == [
          "reports", "reports/old", "reports/old/breaks.csv",
        ])
    }
  }

  @Test func whatCannotBeAReportsFolderIsSaid() async throws {
    try await inFolder { folder in
      try "a file".write(toFile: folder + "/file", atomically: true, encoding: .utf8)
      try FileManager.default.createDirectory(atPath: folder + "/home/inbox", withIntermediateDirectories: true)
      for (path, words) in [
        ("/proc/x", "cannot be made"), ("/proc/x/y", "cannot be made"), (folder + "/file/below", "cannot be made"),
        (folder + "/file", "is a file"), (folder + "/home", "folders of its own"),
      ] {
        let failure = tryOut(path)
        #expect(failure?.status == .configuration && failure?.message.contains(words) == true, "\(path)")
      }
    }
  }

  @Test(arguments: [false, true]) func nothingIsChargedWhereNoReportCanBe(dryRun: Bool) async throws {
    try await Night.with { night in
      try night.put(WholeNightTests.authorizations(3), "authorizations/a.csv")
      try night.put("x", "../out")
      let before = try await night.store.fingerprint()
      let failure = await #expect(throws: Failure.self) { try await night.run(dryRun: dryRun) }
      #expect(failure?.status == .configuration)
      #expect(try await night.ledger().isEmpty)
      #expect(try await night.changed(since: before) == [])
      // Without a report there is no need of a folder.
      #expect(try await night.run(.ingest, .charge, dryRun: dryRun).exitStatus == .done)
    }
  }
}
