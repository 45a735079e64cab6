import Foundation
import SettleModel
import Testing

@testable import SettleFiles

@Suite struct LayoutCatalogueTests {
  @Test func theShippedOnes() {
    #expect(
      shippedLayouts.layouts.map(\.name) == [
        "adyen-settlement-details", "bai2", "bank-csv", "camt053", "checkout-settlement-breakdown", "mt940",
        "paypal-settlement", "settle-authorizations", "settle-authorizations-jsonl", "settle-outcomes",
        "stripe-payout-reconciliation",
      ])
    #expect(shippedLayouts.layouts.allSatisfy { !$0.about.isEmpty })
  }

  @Test func anUnknownNameIsToldTheNearest() throws {
    let error = try #require(throws: ConfigurationError.self) {
      try TestFile("order_id,amount,currency\n").examine("settle-authorisations")
    }
    #expect(
      error.description == "layout settle-authorisations: there is no such layout; did you mean"
        + " \"settle-authorizations\"? (known: \(shippedLayouts.layouts.map(\.name).joined(separator: ", ")))")
  }

  static func folder(_ files: [String: String]) throws -> String {
    let other = try TestFile("not a layout", name: "notes.txt")
    let folder = (other.path as NSString).deletingLastPathComponent
    for (name, text) in files { try Data(text.utf8).write(to: URL(fileURLWithPath: "\(folder)/\(name)")) }
    return folder
  }

  static let own = """
    layout: settle-outcomes
    replaces: shipped
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
    #expect(catalogue.layout(named: "settle-outcomes")?.origin == .replacing)
    #expect(catalogue.layout(named: "bai2")?.origin == .shipped)
  }

  /// A name that is a shipped one's by chance would change how every such file is read, and nobody would know.
  @Test(arguments: [
    (
      "replaces: shipped\n", "",
      "a.yaml:1: \"layout\" is the name of a shipped layout (settle-outcomes); give yours another one, or add"
        + " replaces: shipped where it is to take that one's place"
    ),
    (
      "layout: settle-outcomes", "layout: settle-outcome",
      "a.yaml:2: \"replaces\" finds no shipped layout settle-outcome; did you mean \"settle-outcomes\"?; remove it, or"
        + " name the layout as the shipped one is named"
    ),
    (
      "replaces: shipped", "replaces: yes",
      "a.yaml:2: \"replaces\" must be shipped: a layout takes the place of the shipped one of its name"
    ),
    ("replaces: shipped", "replace: shipped", "a.yaml:2: unknown key \"replace\"; did you mean \"replaces\"?"),
  ])
  func aShippedOnesPlaceIsTakenOnPurposeOnly(_ old: String, _ new: String, _ message: String) throws {
    let folder = try Self.folder(["a.yaml": Self.own.replacingOccurrences(of: old, with: new)])
    let error = try #require(throws: ConfigurationError.self) { try LayoutCatalogue(folder: folder) }
    #expect(error.description.hasPrefix("\(folder)/\(message)"), "\(error)")
  }

  /// Statements and what extends the very layout that it replaces, too.
  @Test func everyKindOfLayoutMayReplaceItsOwn() throws {
    for name in ["bank-csv", "mt940", "stripe-payout-reconciliation"] {
      let text = "layout: \(name)\nextends: \(name)\nabout: Ours\n"
      #expect(throws: ConfigurationError.self) { try LayoutCatalogue(folder: Self.folder(["a.yaml": text])) }
      let catalogue = try LayoutCatalogue(folder: Self.folder(["a.yaml": text + "replaces: shipped\n"]))
      #expect(catalogue.layout(named: name)?.about == "Ours")
    }
  }

  static let shop = """
    layout: stripe-shop
    extends: stripe-payout-reconciliation
    zone: America/New_York
    fields:
      order_reference: payment_metadata[shop_order]
    """

  @Test func aLayoutExtendsAShippedOneAndGoesBeforeIt() throws {
    let catalogue = try LayoutCatalogue(folder: Self.folder(["shop.yaml": Self.shop]))
    let file = try TestFile(
      """
      balance_transaction_id,created,currency,gross,fee,net,reporting_category,payment_metadata[shop_order]
      t1,2026-11-20 05:00:00,usd,10,1,9,charge,S-1

      """)
    let examined = try InputFile.examine(path: file.path, catalogue: catalogue)
    #expect(examined.layout.name == "stripe-shop")
    #expect(examined.layout.processor == "stripe")
    let outcome = try #require(try examined.rows.first?.outcome)
    #expect(outcome.references == .init(order: "S-1"))
    #expect(outcome.occurredAt.description == "2026-11-20T10:00:00Z")
    let named = try InputFile.examine(
      path: file.path, layout: "stripe-payout-reconciliation", catalogue: catalogue, zone: "UTC")
    #expect(try named.rows.first?.outcome?.references.order == nil)
  }

  @Test(arguments: [
    (
      "extends: stripe-payout-reconciliation", "extends: stripe-payout",
      "shop.yaml:2: \"extends\" names no shipped layout (known: adyen-settlement-details,"
    ),
    ("layout: stripe-shop\n", "", "shop.yaml:1: \"layout\" is missing; add it"),
    ("order_reference:", "order_referense:", "shop.yaml:5: unknown key \"order_referense\"; did you mean"),
    ("zone:", "zones:", "shop.yaml:3: unknown key \"zones\"; did you mean \"zone\"?"),
  ])
  func whatCannotBeExtended(_ old: String, _ new: String, _ message: String) throws {
    let folder = try Self.folder(["shop.yaml": Self.shop.replacingOccurrences(of: old, with: new)])
    let error = try #require(throws: ConfigurationError.self) { try LayoutCatalogue(folder: folder) }
    #expect(error.description.hasPrefix("\(folder)/\(message)"), "\(error)")
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
