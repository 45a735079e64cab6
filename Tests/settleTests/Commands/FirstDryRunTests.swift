import Foundation
import Testing

@testable import settle

/// A dry run where nothing has ever run: it says what it can, and makes no store.
@Suite struct FirstDryRunTests {
  private func dryRun(_ folder: String, _ arguments: String...) async throws -> Binary {
    let ended = try await Binary.run(
      ["run", "--dry-run", "--date", "2026-11-20"] + arguments, environment: ["SETTLE_HOME": folder + "/home"],
      in: folder)
    #expect(!FileManager.default.fileExists(atPath: folder + "/home"))
    return ended
  }

  @Test func anEmptyFolderStaysEmpty() async throws {
    let folder = NSTemporaryDirectory() + "settle-empty-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let ended = try await dryRun(folder)
    #expect(ended.status == 78)
    #expect(ended.errors == "settle: there is no inbox folder inbox: make it, or name another with --inbox\n")
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == [])
  }

  @Test func theFilesAreReadAndNothingIsMade() async throws {
    let folder = try RunSite.folder("first", orders: 3, charge: "{ batch: 10 }")
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let ended = try await dryRun(folder, "--pipeline", "pipeline.yaml")
    #expect(ended.status == 0, "\(ended.errors)")
    #expect(ended.output.contains("ingest  done"))
    #expect(ended.output.contains("1 file loaded, 3 rows read, 3 rows accepted"), "\(ended.output)")
    #expect(!ended.output.contains("charge"))
    #expect(
      ended.errors.contains(
        "settle: dry run: there is no store yet, and none was made; a run makes one in \(folder)/home\n"))
    let nowhere = try await dryRun(folder, "--pipeline", "pipeline.yaml", "--out", "/proc/x")
    #expect(nowhere.status == 78 && nowhere.errors.contains("/proc/x"), "\(nowhere.errors)")
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder).sorted() == ["inbox", "pipeline.yaml"])
    try "what,is\nthis,then\n".write(
      toFile: folder + "/inbox/authorizations/b.csv", atomically: true, encoding: .utf8)
    let refused = try await dryRun(folder, "--pipeline", "pipeline.yaml", "--json")
    #expect(refused.status == 65)
    #expect(refused.output.contains("\"exit_status\" : 65"))
  }

  /// A changed copy of the pipeline file is what a person has at hand.
  @Test func otherRulesMayComeInAWholePipelineFile() async throws {
    let folder = try RunSite.folder("rules", orders: 1, charge: "{ batch: 10 }")
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let pipeline = try String(contentsOfFile: folder + "/pipeline.yaml", encoding: .utf8)
    func run(_ text: String) async throws -> Binary {
      try text.write(toFile: folder + "/new.yaml", atomically: true, encoding: .utf8)
      return try await dryRun(
        folder, "--pipeline", "pipeline.yaml", "--stage", "reconcile", "--rules", "new.yaml")
    }
    let whole = try await run(pipeline + "\nreconcile: { match: [{ by: id }] }\n")
    #expect(whole.status == 0, "\(whole.errors)")
    #expect(
      whole.errors.hasPrefix(
        "settle: new.yaml: of this file only reconcile.match is compared; what else it says is left out of account:"
          + " pipeline, processor, ingest, charge, import\n"), "\(whole.errors)")
    let none = try await run(pipeline)
    #expect(none.status == 78)
    #expect(none.errors.contains("has no matching rules"), "\(none.errors)")
  }

  @Test func aFileThatNoSourceTakesIsTold() async throws {
    let folder = try RunSite.folder("unread", orders: 1, charge: "{ batch: 10 }")
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try "x".write(toFile: folder + "/inbox/x.csv", atomically: true, encoding: .utf8)
    let ended = try await dryRun(folder, "--pipeline", "pipeline.yaml")
    #expect(ended.status == 0)
    #expect(
      ended.errors.contains(
        "settle: no source takes x.csv, so it was not read; put it into authorizations, outcomes\n"), "\(ended.errors)")
  }
}
