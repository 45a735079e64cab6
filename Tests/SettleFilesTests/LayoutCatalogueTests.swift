import Foundation
import Testing

@testable import SettleFiles

@Suite struct LayoutCatalogueTests {
  @Test func theShippedOnes() {
    #expect(
      shippedLayouts.layouts.map(\.name) == [
        "settle-authorizations", "settle-authorizations-jsonl", "settle-outcomes", "stripe-payout-reconciliation",
      ])
    #expect(shippedLayouts.layouts.allSatisfy { !$0.about.isEmpty })
  }

  @Test func anUnknownNameIsToldTheNearest() throws {
    let error = try #require(throws: ConfigurationError.self) {
      try TestFile("order_id,amount,currency\n").examine("settle-authorisations")
    }
    #expect(
      error.description == "layout settle-authorisations: there is no such layout; did you mean"
        + " \"settle-authorizations\"? (known: settle-authorizations, settle-authorizations-jsonl, settle-outcomes,"
        + " stripe-payout-reconciliation)")
  }

  static func folder(_ files: [String: String]) throws -> String {
    let other = try TestFile("not a layout", name: "notes.txt")
    let folder = (other.path as NSString).deletingLastPathComponent
    for (name, text) in files { try Data(text.utf8).write(to: URL(fileURLWithPath: "\(folder)/\(name)")) }
    return folder
  }

  static let own = """
    layout: settle-outcomes
    about: Ours
    kind: outcomes
    format: csv
    amounts: major
    recognise: { columns: [what] }
    kind_by: { column: what, values: { paid: charge }, unknown: quarantine }
    fields: { occurred_at: at, gross: amount, currency: currency }
    """

  @Test func aFoldersLayoutTakesTheShippedOnesPlace() throws {
    let folder = try Self.folder(["a.yaml": Self.own])
    let catalogue = try LayoutCatalogue(folder: folder)
    #expect(catalogue.layouts.count == shippedLayouts.layouts.count)
    #expect(catalogue.layout(named: "settle-outcomes")?.about == "Ours")
  }

  @Test func oneNameTwiceInAFolder() throws {
    let folder = try Self.folder(["a.yaml": Self.own, "b.yaml": Self.own])
    let error = try #require(throws: ConfigurationError.self) { try LayoutCatalogue(folder: folder) }
    #expect(
      error.description
        == "\(folder)/b.yaml: layout \"settle-outcomes\" is also in \(folder)/a.yaml; rename one")
  }

  @Test func aFolderThatIsNotThere() throws {
    let error = try #require(throws: ConfigurationError.self) { try LayoutCatalogue(folder: "/nowhere") }
    #expect(error.description == "/nowhere: the folder of layouts cannot be read; check that it is there")
  }
}
