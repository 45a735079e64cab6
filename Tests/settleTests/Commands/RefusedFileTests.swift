import Foundation
import Testing

@testable import settle

/// A refused file as a person reads of it.
@Suite struct RefusedFileTests {
  @Test(arguments: [false, true]) func whyItIsRefusedIsSaidOnce(dryRun: Bool) async throws {
    try await RunSite.with("refused", orders: 1, rate: "100/s") { site in
      try FileManager.default.createDirectory(
        atPath: site.folder + "/inbox/outcomes", withIntermediateDirectories: true)
      try "nobody,knows\nthis,file\n".write(
        toFile: site.folder + "/inbox/outcomes/x.csv", atomically: true, encoding: .utf8)
      let ended = try await site.settle(RunSite.arguments + (dryRun ? ["--dry-run"] : []))
      #expect(ended.status == 65)
      let said = ended.output + ended.errors
      #expect(said.components(separatedBy: "outcomes/x.csv is refused: ").count == 2, "\(said)")
      // The table names it, and the stage counts it.
      #expect(ended.output.contains("1 file refused") && ended.output.contains("outcomes/x.csv"), "\(said)")
    }
  }

  /// Nothing is charged where the report could not be put.
  @Test func aFolderThatCannotBeMadeEndsTheRunBeforeIt() async throws {
    try await RunSite.with("nowhere", orders: 2, rate: "100/s") { site in
      for more in [["--dry-run"], []] {
        let ended = try await site.settle(RunSite.arguments + ["--out", "/proc/x"] + more)
        #expect(ended.status == 78 && ended.errors.contains("/proc/x"), "\(ended.errors)")
      }
      #expect(try await site.charged() == 0)
    }
  }
}
