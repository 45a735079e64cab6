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

  /// A year that is mistyped would make all that is awaited overdue. Whoever means it says so, and so does a retry.
  @Test func aDateThatIsStillToComeIsRefusedUnlessItIsMeant() throws {
    let settings = try Settings(Environment([:]))
    func request(_ words: String..., dryRun: Bool = false) throws -> RunRequest {
      try RunOptions.parse(words).request(settings, dryRun: dryRun, now: Self.now)
    }
    #expect(try request("--date", "2026-11-22").date == BusinessDate("2026-11-22"))
    #expect {
      _ = try request("--date", "2026-11-23")
    } throws: { error in
      let failure = error as? Failure
      return failure?.status == .usage && failure?.message.contains("2026-11-23") == true
        && failure?.message.contains("--allow-future") == true
    }
    let meant = try request("--date", "2062-11-22", "--allow-future")
    #expect(meant.date == BusinessDate("2062-11-22"))
    #expect(meant.arguments.contains("--allow-future"))
    #expect(try request("--date", "2062-11-22", dryRun: true).date == BusinessDate("2062-11-22"))
  }

  @Test func aDryRunSaysSo() throws {
    let options = try RunOptions.parse([])
    let request = try options.request(try Settings(Environment([:])), dryRun: true, now: Self.now)
    #expect(request.dryRun)
    #expect(request.arguments.last == "--dry-run")
  }
}
