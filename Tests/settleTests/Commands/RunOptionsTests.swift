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

  @Test func anEarlierReportIsAskedForByItsInstant() throws {
    let words = ["--stage", "report", "--date", "2026-11-20", "--as-of", "2026-11-20T23:30:00+00:30"]
    let request = try RunOptions.parse(words).request(try Settings(Environment([:])), dryRun: false, now: Self.now)
    #expect(request.asOf == Timestamp(rfc3339: "2026-11-20T23:00:00Z"))
    #expect(request.out == "reports/2026-11-20.as-of-20261120T230000Z")
    let again = try RunOptions.parse(Array(request.arguments.dropFirst()))
    #expect(again.asOf == request.asOf)
    #expect(throws: Failure.self) {
      try RunOptions.parse(["--stage", "report", "--as-of", "2026-11-22T00:00:00Z"])
        .request(try Settings(Environment([:])), dryRun: false, now: Self.now)
    }
  }

  @Test(arguments: [
    ["--as-of", "2026-11-20T23:00:00Z"], ["--stage", "import", "--as-of", "2026-11-20T23:00:00Z"],
    ["--stage", "report", "--as-of", "2026-11-20T23:00:00"],
  ])
  func onlyAReportCanBeToldAgain(arguments: [String]) {
    #expect(throws: (any Error).self) { _ = try RunOptions.parse(arguments) }
  }

  @Test func aDryRunSaysSo() throws {
    let options = try RunOptions.parse([])
    let request = try options.request(try Settings(Environment([:])), dryRun: true, now: Self.now)
    #expect(request.dryRun)
    #expect(request.arguments.last == "--dry-run")
  }
}
