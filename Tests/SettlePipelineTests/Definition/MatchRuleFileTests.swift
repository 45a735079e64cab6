import SettleModel
import Testing

@testable import SettlePipeline

/// `reconcile.match`: what finance may write, and what each mistake is told.
struct MatchRuleFileTests {
  private func rules(_ match: String) throws -> MatchRules {
    try PipelineDefinition(
      yaml: "pipeline: n\nprocessor: stripe\nreconcile:\n  match: \(match)\n", file: "n.yaml"
    ).reconcile.match
  }

  @Test func withoutRulesIdsAndReferencesMatchEqualAmounts() throws {
    let pipeline = try PipelineDefinition(yaml: "pipeline: n\nprocessor: stripe\n", file: "n.yaml")
    #expect(pipeline.reconcile.match == .standard)
    #expect(try rules("[{ by: id }, { by: reference }]") == .standard)
  }

  @Test func everythingThatMayBeWritten() throws {
    let usd = try #require(Currency("USD"))
    let jpy = try #require(Currency("JPY"))
    let rules = try rules(
      """

          - { by: id, tolerance: "0.5%" }
          - { by: reference, together: charges }
          - { by: [reference, amount], tolerance: { USD: "0.05", JPY: "1.25%" } }
          - { by: reference, ours: authorization_id, theirs: processor_charge }
          - { by: [reference, amount, date], within: 7 }
          - { by: [amount, date], within: 2d }
      """)
    #expect(
      rules.rules == [
        MatchRule(by: [.id], tolerance: Tolerance(ofOthers: .init(share: 5_000))),
        MatchRule(by: [.reference], together: true),
        MatchRule(
          by: [.reference, .amount],
          tolerance: Tolerance(byCurrency: [usd: .init(minor: 5), jpy: .init(share: 12_500)])),
        MatchRule(by: [.reference], ours: .authorizationID, theirs: .processorCharge),
        MatchRule(by: [.reference, .amount, .date], within: 7),
        MatchRule(by: [.amount, .date], within: 2),
      ])
  }

  @Test(arguments: [
    ("{ by: id }", ": must be a list: [ … ], or lines that begin with -"),
    ("[]", ": needs a rule { by: id }: what an id proves is never judged by anything less"),
    ("[{ by: reference }]", ": needs a rule { by: id }: what an id proves is never judged by anything less"),
    (
      "[{ by: reference }, { by: id }]",
      ": begin with { by: id }: what an id proves goes before what anything else suggests"
    ),
    ("[{ by: id }, { by: id }]", "[1]: is the same as an earlier rule; keep one"),
    ("[{ b: id }]", "[0].b: unknown key; did you mean by?"),
    ("[{ tolerance: \"1%\" }]", "[0]: needs by, such as by: reference"),
    ("[{ by: referense }]", "[0].by: \"referense\" is not known here; did you mean reference?"),
    ("[{ by: [id, id] }]", "[0].by[1]: id is named twice; keep one"),
    (
      "[{ by: amount }]",
      "[0].by: these do not make a rule; write id, reference, [reference, amount], [amount, date]"
        + " or [reference, amount, date]"
    ),
    ("[{ by: id, within: 2d }]", "[0].within: has a meaning for rules by date only; add date to `by`"),
    ("[{ by: id, ours: order_id }]", "[0].ours: has a meaning for rules by reference only; remove it"),
    ("[{ by: reference, ours: order_di }]", "[0].ours: \"order_di\" is not known here; did you mean order_id?"),
    (
      "[{ by: [amount, date], within: 2d, tolerance: \"1%\" }]",
      "[0].tolerance: needs an id or a reference: without one, only the exact amount says whose money it is"
    ),
    ("[{ by: [amount, date], within: 2w }]", "[0].within: \"2w\" is no number of days up to 31; write it such as 2d"),
    ("[{ by: [amount, date], within: 32d }]", "[0].within: \"32d\" is no number of days up to 31; write it such as 2d"),
    (
      "[{ by: [reference, amount], together: charges }]",
      "[0].together: needs an id or a reference alone: charges that add up by chance prove nothing"
    ),
    ("[{ by: reference, together: orders }]", "[0].together: \"orders\" is not known here; write charges"),
    (
      "[{ by: id, tolerance: { USD: 0.05 } }]",
      "[0].tolerance.USD: write the amount in quotes, such as USD: \"0.05\""
    ),
    (
      "[{ by: id, tolerance: { USD: \"0.005\" } }]",
      "[0].tolerance.USD: \"0.005\" has more digits than USD, which has 2"
    ),
    (
      "[{ by: id, tolerance: { USD: \"11%\" } }]",
      "[0].tolerance.USD: \"11%\" is no share; write a percentage up to 10%, with four decimals at most, such as \"0.5%\""
    ),
    (
      "[{ by: id, tolerance: \"0.05\" }]",
      "[0].tolerance: \"0.05\" is no share; write a percentage up to 10%, with four decimals at most, such as \"0.5%\""
    ),
    (
      "[{ by: id, tolerance: { US: \"0.05\" } }]", "[0].tolerance.US: is no ISO 4217 currency; write a code such as USD"
    ),
  ])
  func aMistakeIsToldWithItsPlace(match: String, message: String) {
    let error = #expect(throws: PipelineFileError.self) { try rules(match) }
    #expect(error?.description == "n.yaml:4: reconcile.match" + message)
  }

  @Test func aSourceMayNameAProcessor() throws {
    let yaml = "pipeline: n\nprocessor: stripe\ningest: { sources: [{ path: \"a/*\", processor: PROCESSOR }] }\n"
    let pipeline = try PipelineDefinition(yaml: yaml.replacing("PROCESSOR", with: "adyen"), file: "n.yaml")
    #expect(pipeline.ingest.map(\.processor) == ["adyen"])
    let error = #expect(throws: PipelineFileError.self) {
      try PipelineDefinition(yaml: yaml.replacing("PROCESSOR", with: "Ad yen"), file: "n.yaml")
    }
    #expect(
      error?.description == "n.yaml:3: ingest.sources[0].processor: \"Ad yen\" is no processor's name;"
        + " use small letters, digits, - _ and ., such as adyen")
  }
}
