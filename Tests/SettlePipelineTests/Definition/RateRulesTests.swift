import Foundation
import SettleModel
import SettleTesting
import Testing

@testable import SettlePipeline

struct RateRulesTests {
  private static func policy(_ fx: String) throws -> RatePolicy? {
    try PipelineDefinition(
      yaml: "pipeline: n\nprocessor: stripe\nreconcile:\n  fx: \(fx)\n", file: "n.yaml"
    ).reconcile.rates
  }

  private static func pair(_ from: String, _ to: String) -> ReferenceRate.Pair {
    ReferenceRate.Pair(from: .named(from), to: .named(to))
  }

  @Test func inlineRatesHoldForAllDays() throws {
    let policy = try Self.policy("{ tolerance: \"1.5%\", rates: { USD/JPY: \"149.2700\", EUR/USD: \"1.0850\" } }")
    #expect(
      policy
        == RatePolicy(
          tolerance: try #require(Percent("1.5")),
          references: [
            ReferenceRate(pair: Self.pair("EUR", "USD"), rate: try #require(ExchangeRate("1.085"))),
            ReferenceRate(pair: Self.pair("USD", "JPY"), rate: try #require(ExchangeRate("149.27"))),
          ]))
  }

  /// Then only what files state themselves is held against their amounts.
  @Test func ratesMayBeLeftOut() throws {
    #expect(try Self.policy("{}") == RatePolicy())
  }

  @Test(arguments: [
    ("5", "fx: must be a list of `key: value`"),
    ("{ tolerence: \"1\" }", "fx.tolerence: unknown key; did you mean tolerance?"),
    (
      "{ tolerance: \"1\" }",
      "fx.tolerance: holds for reference rates alone; name them with rates, or leave the tolerance out"
    ),
    ("{ rates: { EURUSD: \"1\" } }", "fx.rates.EURUSD: is no pair of currencies; write one such as EUR/USD"),
    ("{ rates: { EUR/EUR: \"1\" } }", "fx.rates.EUR/EUR: is no pair of currencies; write one such as EUR/USD"),
    ("{ rates: { EUR/USD: 1.1 } }", "fx.rates.EUR/USD: write the rate in quotes, such as \"1.0850\""),
    (
      "{ rates: { EUR/USD: \"1,1\" } }",
      "fx.rates.EUR/USD: \"1,1\" is no rate; write a positive decimal number such as \"1.0850\""
    ),
    (
      "{ rates: { EUR/USD: \"1.1\", USD/EUR: \"0.9\" } }",
      "fx.rates.USD/EUR: is given the other way round as well; keep one"
    ),
    ("{ rates: no-such.csv }", "fx.rates: no-such.csv cannot be read; name a CSV file of date,from,to,rate"),
  ])
  func refuses(fx: String, message: String) {
    #expect(throws: PipelineFileError(file: "n.yaml", line: 4, message: "reconcile.\(message)")) {
      try Self.policy(fx)
    }
  }

  /// Runs `body` with a pipeline file beside which lies `rates.csv`.
  private func read(_ rates: String) throws -> RatePolicy? {
    let folder = NSTemporaryDirectory() + "settle-rates-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let file = folder + "/n.yaml"
    let yaml = "pipeline: n\nprocessor: stripe\nreconcile: { fx: { tolerance: \"1\", rates: rates.csv } }\n"
    try Data(yaml.utf8).write(to: URL(fileURLWithPath: file))
    try Data(rates.utf8).write(to: URL(fileURLWithPath: folder + "/rates.csv"))
    do { return try PipelineDefinition(path: file).reconcile.rates } catch var error as PipelineFileError {
      error.file = String(error.file.dropFirst(folder.count + 1))
      throw error
    }
  }

  @Test(arguments: ["\n", "\r\n"])
  func aFileHasRatesOfSingleDays(end: String) throws {
    let rows = ["date,from,to,rate", "2026-11-20,EUR,USD,1.0850", "2026-11-21,EUR,USD,1.09", ""]
    let policy = try read("\u{FEFF}" + rows.joined(separator: end))
    #expect(
      policy?.references == [
        ReferenceRate(
          date: BusinessDate("2026-11-20"), pair: Self.pair("EUR", "USD"), rate: try #require(ExchangeRate("1.085"))),
        ReferenceRate(
          date: BusinessDate("2026-11-21"), pair: Self.pair("EUR", "USD"), rate: try #require(ExchangeRate("1.09"))),
      ])
  }

  @Test(arguments: [
    ("", 1, "must begin with date,from,to,rate"),
    ("date;from;to;rate\n", 1, "must begin with date,from,to,rate"),
    ("date,from,to,rate\n2026-11-20,EUR,USD\n", 2, "has 3 fields; write date,from,to,rate"),
    ("date,from,to,rate\n20.11.2026,EUR,USD,1\n", 2, "\"20.11.2026\" is no date; write one such as 2026-11-20"),
    ("date,from,to,rate\n\n2026-11-20,EUR,US,1\n", 3, "\"EUR\" and \"US\" are no pair of ISO 4217 currencies"),
    (
      "date,from,to,rate\n2026-11-20,EUR,USD,-1\n", 2,
      "\"-1\" is no rate; write a positive decimal number such as 1.0850"
    ),
    (
      "date,from,to,rate\n2026-11-20,EUR,USD,1\n2026-11-20,USD,EUR,1\n", 3,
      "has this pair of this day a second time; keep one"
    ),
    (
      "date,from,to,rate\n2026-11-20,EUR,USD,1\n2026-11-20,EUR,USD,1\n", 3,
      "has this pair of this day a second time; keep one"
    ),
  ])
  func refusesARow(rates: String, line: Int, message: String) {
    #expect(throws: PipelineFileError(file: "rates.csv", line: line, message: message)) { try read(rates) }
  }
}
