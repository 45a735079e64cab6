import Foundation
import SettleModel
import Testing

@testable import SettlePipeline

struct PipelineFileTests {
  @Test func shippedPipelineIsTheContractsExample() throws {
    let pipeline = try PipelineDefinition.shipped()
    let usd = try #require(Currency("USD"))

    #expect(pipeline.name == "nightly")
    #expect(pipeline.merchant == "default")
    #expect(pipeline.timeZone.secondsFromGMT() == 0)
    #expect(pipeline.processor == "stripe")
    #expect(pipeline.ingest == [.init(path: "authorizations/*")])
    #expect(pipeline.importing == [.init(path: "outcomes/*"), .init(path: "bank/*")])
    #expect(pipeline.charge.rate == .init(requests: 25, per: .seconds(1)))
    #expect(pipeline.charge.concurrency == 16)
    #expect(pipeline.charge.batch == 500)
    #expect(pipeline.charge.keyMargin == .seconds(3_600))
    #expect(pipeline.charge.retry == RetryPolicy())
    #expect(pipeline.reconcile.waitingDays == 2)
    #expect(pipeline.reconcile.settledBy == nil)
    #expect(
      pipeline.refund
        == RefundPolicy(
          rules: [
            RefundRule(when: .duplicateCharge, portion: .duplicate, limit: [usd: 50_000]),
            RefundRule(when: .amountMismatch, portion: .overcharge, limit: [usd: 5_000]),
          ],
          perRun: [usd: 1_000_000], perDay: [usd: 2_000_000], approvalAbove: [usd: 25_000]))
    #expect(pipeline.failOn.breaks == 1_000)
    #expect(pipeline.failOn.quarantined == 1_000)
    #expect(pipeline.layoutsFolder == nil)
  }

  @Test func leftOutKeysHaveTheirDefaults() throws {
    let pipeline = try PipelineDefinition(yaml: "pipeline: small\nprocessor: stripe\n", file: "small.yaml")

    #expect(pipeline.merchant == "default")
    #expect(pipeline.timeZone.identifier == "GMT")
    #expect(pipeline.ingest.isEmpty)
    #expect(pipeline.importing.isEmpty)
    #expect(pipeline.charge == .init())
    #expect(pipeline.charge.rate == nil)
    #expect(pipeline.reconcile == .init())
    #expect(pipeline.refund == RefundPolicy())
    #expect(pipeline.failOn == .init())
  }

  @Test func everyKeyIsRead() throws {
    let pipeline = try PipelineDefinition(
      yaml: """
        pipeline: evening
        merchant: "Example Shop"
        timezone: Europe/Berlin
        processor: adyen
        layouts: house
        ingest: { sources: [{ path: "a/*.csv", layout: settle-authorizations }] }
        charge: { rate: 1500/m, concurrency: 4, batch: 50, key_margin: 90s }
        import: { sources: [] }
        reconcile: { waiting_days: 0, settled_by: [adyen-settlement, bank-camt053] }
        refund: { per_run: { JPY: "0", KWD: "1.250" } }
        fail_on: { quarantined: 0 }
        """, file: "conf/evening.yaml")

    #expect(pipeline.merchant == "Example Shop")
    #expect(pipeline.timeZone.identifier == "Europe/Berlin")
    #expect(pipeline.layoutsFolder == "conf/house")
    #expect(pipeline.ingest == [.init(path: "a/*.csv", layout: "settle-authorizations")])
    #expect(pipeline.charge.rate == .init(requests: 1_500, per: .seconds(60)))
    #expect(pipeline.charge.keyMargin == .seconds(90))
    #expect(pipeline.reconcile.settledBy == ["adyen-settlement", "bank-camt053"])
    #expect(
      pipeline.refund.perRun == [try #require(Currency("JPY")): 0, try #require(Currency("KWD")): 1_250])
    #expect(pipeline.failOn.breaks == nil)
    #expect(pipeline.failOn.quarantined == 0)
  }
}

extension PipelineFileTests {
  @Test func retriesAreReadInBothForms() throws {
    let pipeline = try PipelineDefinition(
      yaml: """
        pipeline: p
        processor: stripe
        charge:
          retry:
            - { when: INSUFFICIENT_FUNDS, attempts: 3, after_days: 5 }
            - { when: issuer_not_available, after_days: [1, 2, 5] }
            - { when: insufficient_funds, attempts: 2, after_days: [30] }
        """, file: "p.yaml")
    #expect(
      pipeline.charge.retry.rules == [
        .init(when: .reason(.insufficientFunds), afterDays: [5, 5]),
        .init(when: .code("issuer_not_available"), afterDays: [1, 2, 5]),
        .init(when: .code("insufficient_funds"), afterDays: [30]),
      ])
  }

  /// The shipped file with an example in it that stands there as a comment.
  private func shipped(uncommenting first: String, lines count: Int) throws -> String {
    let shipped = try #require(EmbeddedFiles.all.first { $0.name == "nightly.yaml" }).text
    var lines = shipped.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    let start = try #require(lines.firstIndex { $0.hasPrefix(first) })
    for number in start..<start + count { lines[number].replace("# ", with: "", maxReplacements: 1) }
    return lines.joined(separator: "\n")
  }

  @Test func theShippedExampleOfRetriesIsUsable() throws {
    let pipeline = try PipelineDefinition(yaml: shipped(uncommenting: "  # retry:", lines: 4), file: "nightly.yaml")
    #expect(pipeline.charge.retry.rules.map(\.attempts) == [3, 4, 2])
  }

  @Test func theShippedExamplesOfFeesAndRatesAreUsable() throws {
    let fees = try PipelineDefinition(yaml: shipped(uncommenting: "  # fees:", lines: 4), file: "nightly.yaml")
    #expect(
      fees.reconcile.fees.terms.map(\.summary) == ["visa 2.9% + 0.30 USD", "3.4% + 0.30 USD", "dispute 15.00 USD"])
    // That its file of rates is not there is all that is wrong with it.
    let rates = try shipped(uncommenting: "  # fx:", lines: 1)
    let error = #expect(throws: PipelineFileError.self) { try PipelineDefinition(yaml: rates, file: "nightly.yaml") }
    #expect(error?.message.hasPrefix("reconcile.fx.rates: rates.csv cannot be read") == true)
  }
}

extension PipelineFileTests {
  @Test(arguments: ["", "layouts: own\n"])
  func layoutsFolderMustBeThere(_ key: String) throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "pipeline-\(UUID())").path
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { #expect(throws: Never.self) { try FileManager.default.removeItem(atPath: folder) } }
    let file = folder + "/night.yaml"
    try ("pipeline: n\nprocessor: stripe\n" + key).write(toFile: file, atomically: true, encoding: .utf8)

    if key.isEmpty {
      #expect(try PipelineDefinition(path: file).layoutsFolder == nil)
    } else {
      #expect(
        throws: PipelineFileError(file: file, line: 3, message: "layouts: there is no folder \(folder)/own")
      ) { try PipelineDefinition(path: file) }
    }
    let expected = folder + (key.isEmpty ? "/layouts" : "/own")
    try FileManager.default.createDirectory(atPath: expected, withIntermediateDirectories: true)
    #expect(try PipelineDefinition(path: file).layoutsFolder == expected)
  }

  @Test func anUnreadableFileSaysSo() {
    #expect(
      throws: PipelineFileError(
        file: "/nowhere/n.yaml", line: nil, message: "cannot be read; name a pipeline file with --pipeline")
    ) { try PipelineDefinition(path: "/nowhere/n.yaml") }
  }
}
