import Foundation
import SettleFiles
import SettleModel
import Testing

@testable import SettlePipeline

/// Names of layouts and of processors whose files can come, as a pipeline's own file is read.
struct KnownNamesTests {
  /// Reads the text after the two keys that every pipeline needs, beside a folder with these layouts.
  private func read(_ yaml: String, layouts: [String: String] = [:]) throws -> PipelineDefinition {
    let folder = NSTemporaryDirectory() + "settle-names-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: folder + "/layouts", withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    for (name, text) in layouts {
      try text.write(toFile: "\(folder)/layouts/\(name).yaml", atomically: true, encoding: .utf8)
    }
    try ("pipeline: n\nprocessor: stripe\n" + yaml).write(toFile: folder + "/n.yaml", atomically: true, encoding: .utf8)
    do {
      return try PipelineDefinition(path: folder + "/n.yaml")
    } catch var error as PipelineFileError {
      error.file = "n.yaml"
      throw error
    }
  }

  @Test(arguments: [
    (
      "reconcile:\n  waiting_days: 1\n  settled_by: [stripe-payout-reconcilation]",
      "n.yaml:5: reconcile.settled_by[0]: there is no layout \"stripe-payout-reconcilation\"; did you mean "
        + "stripe-payout-reconciliation?"
    ),
    (
      "import:\n  sources:\n    - { path: \"bank/*\", layout: camt-053 }",
      "n.yaml:5: import.sources[0].layout: there is no layout \"camt-053\"; did you mean camt053?"
    ),
    (
      "ingest: { sources: [{ path: \"a/*\", layout: auto }, { path: \"b/*\", layout: settle-authorisations }] }",
      "n.yaml:3: ingest.sources[1].layout: there is no layout \"settle-authorisations\"; did you mean "
        + "settle-authorizations?"
    ),
    (
      "reconcile:\n  fees:\n    - { processor: strpe, percent: \"2.9\" }",
      "n.yaml:5: reconcile.fees[0].processor: no file is of a processor \"strpe\"; did you mean stripe?"
    ),
    (
      "reconcile: { fees: [{ processor: klarna, percent: \"2.9\" }] }",
      "n.yaml:3: reconcile.fees[0].processor: no file is of a processor \"klarna\"; settle knows adyen, checkout, "
        + "paypal, stripe"
    ),
    (
      "ingest: { sources: [{ path: \"a/*\" }, { path: \"b/*\", processor: adyenn }] }",
      "n.yaml:3: ingest.sources[1].processor: no file is of a processor \"adyenn\"; did you mean adyen?"
    ),
    (
      "import: { sources: [], processors: [Klarna] }",
      "n.yaml:3: import.processors[0]: \"Klarna\" is no processor's name; use small letters, digits, - _ and ., such as "
        + "adyen"
    ),
    ("import: { sources: [], processor: klarna }", "n.yaml:3: import.processor: unknown key; did you mean processors?"),
    ("ingest: { sources: [], processors: [klarna] }", "n.yaml:3: ingest.processors: unknown key; known here: sources"),
    (
      "reconcile: { fees: [{ procesor: stripe, percent: \"2.9\" }] }",
      "n.yaml:3: reconcile.fees[0].procesor: unknown key; did you mean processor?"
    ),
  ])
  func refuses(_ yaml: String, _ message: String) {
    let error = #expect(throws: PipelineFileError.self) { try read(yaml) }
    #expect(error?.description == message)
  }

  /// A layout of one's own, and a processor that a source names, are known.
  @Test func whatThePipelineBringsIsKnown() throws {
    let pipeline = try read(
      """
      import: { sources: [{ path: "k/*", processor: klarna, layout: auto }] }
      reconcile:
        settled_by: [ours]
        fees: [{ processor: klarna, percent: "2.9" }, { processor: adyen, percent: "1" }]
      """, layouts: ["ours": "layout: ours\nextends: settle-outcomes\n"])
    #expect(pipeline.reconcile.settledBy == ["ours"])
    #expect(
      pipeline.processors(reportedBy: try LayoutCatalogue()) == ["adyen", "checkout", "klarna", "paypal", "stripe"])
    #expect(pipeline.reconcile.fees.terms.map(\.processor) == ["klarna", "adyen"])
  }

  /// Where files of several processors come together, or none that names its own.
  @Test func aPipelineMayNameThoseThatReport() throws {
    let pipeline = try read(
      """
      ingest: { sources: [{ path: "k/*", processor: klarna }] }
      import: { sources: [{ path: "outcomes/*" }], processors: [klarna, twint] }
      """)
    #expect(pipeline.reporting == ["klarna", "twint"])
    #expect(
      pipeline.processors(reportedBy: try LayoutCatalogue()) == [
        "adyen", "checkout", "klarna", "paypal", "stripe", "twint",
      ])
  }
}
