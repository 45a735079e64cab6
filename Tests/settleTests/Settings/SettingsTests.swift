import Foundation
import Logging
import SettleModel
import SettlePipeline
import SettleProcessors
import Testing

@testable import settle

@Suite struct SettingsTests {
  static let date = BusinessDate(daysSinceEpoch: 20_777)

  private static func settings(_ values: [String: String]) throws -> Settings { try Settings(Environment(values)) }

  @Test(
    arguments: [
      ("flag", ["SETTLE_INBOX": "env"], "flag"), (nil, ["SETTLE_INBOX": "env"], "env"), (nil, [:], "inbox"),
      (nil, ["SETTLE_INBOX": ""], "inbox"),
    ] as [(String?, [String: String], String)])
  func inboxIsAFlagElseTheEnvironmentElseADefault(flag: String?, values: [String: String], inbox: String) throws {
    #expect(try Self.settings(values).inbox(flag: flag) == inbox)
  }

  @Test(
    arguments: [
      ("flag", ["SETTLE_OUT": "env"], "flag"), (nil, ["SETTLE_OUT": "env"], "env"), (nil, [:], "reports/2026-11-20"),
    ] as [(String?, [String: String], String)])
  func filesOutGoByDateWhereNobodySaysOtherwise(flag: String?, values: [String: String], out: String) throws {
    #expect(try Self.settings(values).out(flag: flag, date: Self.date) == out)
  }

  @Test(
    arguments: [
      ("flag", [:], "flag"), (nil, ["SETTLE_OUT": "env"], "env.as-of-20261121T060000Z"),
      (nil, [:], "reports/2026-11-20.as-of-20261121T060000Z"),
    ] as [(String?, [String: String], String)])
  func whatWasKnownThenReplacesNoReport(flag: String?, values: [String: String], out: String) throws {
    let then = try #require(Timestamp(rfc3339: "2026-11-21T06:00:00Z"))
    #expect(try Self.settings(values).out(flag: flag, date: Self.date, asOf: then) == out)
  }

  @Test(arguments: [(nil, 10), ("", 10), ("0s", 0), ("90s", 90)] as [(String?, Int64)])
  func aRestartOfTheDatabaseIsWaitedForAsLongAsTheEnvironmentSays(text: String?, seconds: Int64) throws {
    let settings = try Self.settings(text.map { ["SETTLE_DATABASE_WAIT": $0] } ?? [:])
    #expect(try settings.databaseWait() == .seconds(seconds))
  }

  @Test(arguments: ["10", "-1s", "1m", "601s", "soon"])
  func aWaitThatIsNoneIsRefused(text: String) throws {
    let settings = try Self.settings(["SETTLE_DATABASE_WAIT": text])
    #expect {
      try settings.databaseWait()
    } throws: {
      ($0 as? Failure)?.status == .configuration && "\($0)".contains("such as 10s")
    }
  }

  @Test func thePipelineFileIsTheFlagsElseTheEnvironmentsElseTheShippedOne() throws {
    let settings = try Self.settings(["SETTLE_PIPELINE": "env.yaml"])
    #expect(settings.pipelineFile(flag: "flag.yaml") == "flag.yaml")
    #expect(settings.pipelineFile(flag: nil) == "env.yaml")
    #expect(try Self.settings([:]).pipeline(flag: nil).name == "nightly")
    #expect(throws: PipelineFileError.self) { try settings.pipeline(flag: nil) }
  }

  @Test func theProcessorTakesKeyAndAddressFromTheEnvironmentAndPaceFromThePipeline() throws {
    let settings = try Self.settings(["STRIPE_API_KEY": "sk_test_1", "STRIPE_API_BASE": "http://127.0.0.1:1"])
    let processor = try settings.processor(for: try PipelineDefinition.shipped())
    #expect(processor.apiKey == Secret("sk_test_1"))
    #expect(processor.apiBase == "http://127.0.0.1:1")
    #expect(processor.rate == RatePerSecond(25))
    #expect(processor.concurrency == 16)
  }

  @Test(arguments: [(25, 1, 25_000), (1_500, 60, 25_000), (1, 60, 16), (100, 3, 33_333)])
  func aRateIsRoundedDown(requests: Int, seconds: Int, thousandths: Int) throws {
    let rate = PipelineDefinition.Rate(requests: requests, per: .seconds(seconds))
    #expect(try RatePerSecond(rate).thousandths == thousandths)
  }

  @Test(arguments: [
    ("SETTLE_HOEM", "did you mean SETTLE_HOME?"), ("STRIPE_APIKEY", "did you mean STRIPE_API_KEY?"),
    ("SETTLE_SOMETHING_ELSE", "settle knows SETTLE_HOME,"),
  ])
  func aMisspeltVariableIsAnErrorThatNamesTheNearest(name: String, hint: String) {
    #expect {
      try Self.settings([name: "x"])
    } throws: { error in
      (error as? Failure)?.status == .configuration && "\(error)".contains(name) && "\(error)".contains(hint)
    }
  }

  @Test func otherProgramsVariablesAreNoneOfOurs() throws {
    _ = try Self.settings(["STRIPE_DEVICE_NAME": "x", "PGDATA": "/data", "HOME": "/root", "SETTLEMENT": "1"])
  }

  @Test func aMissingKeyIsSaidBeforeAnythingIsSent() throws {
    let settings = try Self.settings([:])
    #expect {
      _ = try settings.adapter(for: try PipelineDefinition.shipped(), logger: .init(label: "test"))
    } throws: { error in
      (error as? Failure)
        == Failure(
          status: .configuration, message: "no API key for the processor: set STRIPE_API_KEY")
    }
  }
}
