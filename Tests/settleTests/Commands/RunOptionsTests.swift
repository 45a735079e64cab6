import ArgumentParser
import Foundation
import SettleModel
import SettlePipeline
import Testing

@testable import settle

@Suite struct RunOptionsTests {
  private static let now = Timestamp(seconds: 1_795_219_200)  // 2026-11-21T00:00:00Z

  @Test func whatIsJournalledNeedsNeitherFolderNorEnvironmentNorClock() throws {
    let settings = try Settings(Environment(["SETTLE_INBOX": "box"]))
    let options = try RunOptions.parse(["--stage", "report", "--stage", "charge"])
    let request = try options.request(settings, dryRun: false, now: Self.now)
    let folder = FileManager.default.currentDirectoryPath
    #expect(
      request.arguments == [
        "run", "--stage", "report", "--stage", "charge", "--date", "2026-11-21", "--inbox", "\(folder)/box", "--out",
        "\(folder)/reports/2026-11-21",
      ])
    #expect(request.inbox == "box")
    #expect(request.out == "reports/2026-11-21")
    let again = try RunOptions.parse(Array(request.arguments.dropFirst()))
    #expect(try again.request(settings, dryRun: false, now: Self.now).arguments == request.arguments)
  }

  @Test(arguments: [["--stage", "chargee"], ["--date", "2026-02-30"], ["--date", "yesterday"], ["--colour"]])
  func whatIsNotKnownIsRefused(arguments: [String]) {
    #expect(throws: (any Error).self) { _ = try RunOptions.parse(arguments) }
  }

  @Test func aDryRunSaysSo() throws {
    let options = try RunOptions.parse([])
    let request = try options.request(try Settings(Environment([:])), dryRun: true, now: Self.now)
    #expect(request.dryRun)
    #expect(request.arguments.last == "--dry-run")
  }
}
