import SettleModel
import Testing

@testable import SettlePipeline

struct KnownProcessorsTests {
  static let known = KnownProcessors(declines: [
    "adyen": ["refused": true], "stripe": ["insufficient_funds": true, "do_not_honor": true, "lost_card": false],
  ])

  /// What only the processor can tell, with the line where the file says it.
  @Test(arguments: [
    ("processor: strype", "n.yaml:2: processor: there is no processor \"strype\"; settle knows adyen, stripe"),
    (
      "processor: stripe\ncharge:\n  retry:\n    - { when: insufficient_fund, after_days: [3] }",
      "n.yaml:5: charge.retry[0].when: stripe declines nothing with the code insufficient_fund; did you mean "
        + "insufficient_funds?"
    ),
    (
      "processor: stripe\ncharge:\n  retry:\n    - { when: do_not_honor, after_days: [3] }\n"
        + "    - when: insufficient\n      after_days: [3]",
      "n.yaml:6: charge.retry[1].when: stripe declines nothing with the code insufficient; did you mean "
        + "insufficient_funds?"
    ),
    (
      "processor: adyen\ncharge: { retry: [{ when: do_not_honor, after_days: [3] }] }",
      "n.yaml:3: charge.retry[0].when: adyen declines nothing with the code do_not_honor; write one of its codes, or a "
        + "reason in capitals such as CARD_DECLINED"
    ),
    (
      "processor: stripe\ncharge: { retry: [{ when: lost_card, after_days: [3] }] }",
      "n.yaml:3: charge.retry[0].when: after lost_card card networks forbid another attempt; take its rule out"
    ),
    (
      "processor: stripe\ncharge: { retry: [{ when: INSUFFICIENT, after_days: [3] }] }",
      "n.yaml:3: charge.retry[0].when: \"INSUFFICIENT\" is not known here; did you mean INSUFFICIENT_FUNDS?"
    ),
  ])
  func refusedOfAProcessor(_ yaml: String, _ message: String) {
    let error = #expect(throws: PipelineFileError.self) {
      try PipelineDefinition(yaml: "pipeline: night\n" + yaml, file: "n.yaml", processors: Self.known)
    }
    #expect(error?.description == message)
  }

  @Test func whatTheProcessorKnowsIsTaken() throws {
    let pipeline = try PipelineDefinition(
      yaml: "pipeline: n\nprocessor: stripe\ncharge: { retry: [{ when: do_not_honor, after_days: [3] }] }",
      file: "n.yaml", processors: Self.known)
    #expect(pipeline.charge.retry.rules.map(\.when) == [.code("do_not_honor")])
  }
}
