import Foundation
import SettleModel
import Testing

@testable import SettleFiles

/// Amounts as exports of one's own write them, in layouts of outcomes.
@Suite struct NumberMarksTests {
  /// What the comment in `settle-outcomes.yaml` says that somebody may write.
  static var commented: String {
    get throws {
      let shipped = try #require(EmbeddedFiles.all.first { $0.name == "settle-outcomes.yaml" }).text
      return shipped.split(separator: "\n").prefix { $0.hasPrefix("#") }.filter { $0.hasPrefix("#   ") }
        .map { $0.dropFirst(4) + "\n" }.joined()
    }
  }

  static let header = "Vorgang;Auftrag;Betrag;Währung;Buchungszeit\n"

  static func rows(_ layout: String, _ text: String) throws -> [FileRow] {
    let catalogue = try LayoutCatalogue(folder: LayoutCatalogueTests.folder(["shop.yaml": layout]))
    return try InputFile.examine(path: TestFile(text).path, catalogue: catalogue).rows
  }

  @Test func theShippedExampleReadsAnExport() throws {
    let rows = try Self.rows(
      try Self.commented,
      Self.header + "Zahlung;A-1;1.234,56;EUR;2026-11-20 09:15:00\nErstattung;A-1;12,3;EUR;2026-11-20 10:15:00\n"
        + "Zahlung;A-2;500;JPY;2026-11-20 10:15:00\nZahlung;A-3;1,250;KWD;2026-11-20 10:15:00\n")
    #expect(rows.compactMap(\.outcome).map(\.gross.minor) == [123_456, -1_230, 500, 1_250])
    #expect(rows.compactMap(\.outcome).map(\.kind) == [.charge, .refund, .charge, .charge])
    #expect(rows.first?.outcome?.occurredAt.description == "2026-11-20T08:15:00Z")
  }

  @Test(arguments: [
    "12.34", "12,345", "1.23,4", "12,34,5", "1.234.5", ",5", "12,", "1234.567,00", "1,2E3", "1 234,00", "--1,00",
    "1.234,5.6",
  ])
  func whatIsNoNumberIsRefused(_ amount: String) throws {
    let rows = try Self.rows(
      try Self.commented, Self.header + "Zahlung;A-1;\(amount);EUR;2026-11-20 09:15:00\n")
    let refused = try #require(rows.first?.quarantined)
    #expect(refused.reason == .invalidAmount)
    #expect(refused.field == "Betrag")
    #expect(
      refused.detail == "this must be a decimal positive number with no more digits than the currency has, written as"
        + " shop-outcomes says (such as 12,34)")
  }

  private static let signed = """
    layout: signed
    kind: outcomes
    format: csv
    separator: ";"
    recognise: { columns: [Art, Netto] }
    amounts: major
    decimal: ","
    check: net = gross - fee
    kind_by: { column: Art, values: { Z: { credit: charge, debit: refund } }, unknown: quarantine }
    fields:
      occurred_at: Zeit
      currency: W
      gross: Brutto
      fee: { sum: [F1, F2] }
      net: Netto
      presentment_amount: Kunde
      presentment_currency: KW
      exchange_rate: Kurs

    """

  /// Fees, sums, rates and what the customer saw are written alike.
  @Test func allAmountsOfARowAreWrittenSo() throws {
    let header = "Art;Zeit;W;Brutto;F1;F2;Netto;Kunde;KW;Kurs\n"
    let rows = try Self.rows(
      Self.signed,
      header + "Z;2026-11-20T09:00:00Z;EUR;10,00;0,25;0,05;9,70;11,40;USD;0,8772\n"
        + "Z;2026-11-20T09:00:00Z;EUR;-3,50;;;-3,50;0,00;;\nZ;2026-11-20T09:00:00Z;EUR;10,00;0,25;0,05;9,75;;;\n")
    let first = try #require(rows[0].outcome)
    #expect((first.gross.minor, first.fee, first.net) == (1_000, 30, 970))
    let seen = try money(1_140, "USD")
    #expect(first.presentment == seen)
    #expect(first.exchangeRate?.text == "0.8772")
    #expect(rows[1].outcome?.gross.minor == -350)
    #expect(rows[1].outcome?.kind == .refund)
    #expect(rows[2].quarantined?.reason == .sumsDisagree)
  }

  @Test(arguments: [
    ("decimal: \",\"", "decimal: comma", "shop.yaml:7: \"decimal\" must be \".\" or \",\""),
    ("decimal: \",\"", "decimals: \",\"", "shop.yaml:7: unknown key \"decimals\"; did you mean \"decimal\"?"),
    (
      "decimal: \",\"", "thousands: \".\"",
      "shop.yaml:7: \"thousands\" must be \".\", \",\", \" \" or \"'\", and another than \"decimal\""
    ),
    (
      "amounts: major", "amounts: minor",
      "shop.yaml:7: \"decimal\" has a meaning for major amounts of CSV only; remove it"
    ),
    (
      "format: csv", "format: json-lines",
      "shop.yaml:7: \"decimal\" has a meaning for major amounts of CSV only; remove it"
    ),
  ])
  func aMistakeIsToldWithItsLine(_ old: String, _ new: String, _ message: String) throws {
    let error = try #require(throws: ConfigurationError.self) {
      try LayoutReader.read(text: Self.signed.replacingOccurrences(of: old, with: new), file: "shop.yaml")
    }
    #expect(error.description.hasPrefix(message), "\(error)")
  }
}
