import Foundation
import SettleModel
import Testing

@testable import SettleFiles

@Suite struct LayoutReaderTests {
  static let good = """
    layout: shop
    about: The shop's own export
    kind: outcomes
    format: csv
    separator: ";"
    processor: stripe
    recognise: { columns: [Typ, Betrag], without: [event] }
    unknown_columns: allowed
    amounts: major
    signs: written
    zone: Europe/Berlin
    check: net = gross - fee
    references: required
    processor_ids: [Referenz]
    reasons: { abgelehnt: CARD_DECLINED }
    kind_by:
      column: Typ
      values: { Zahlung: charge, Fehler: charge_failed, Info: ignored }
      unknown: stop
    fields:
      occurred_at: { column: [Zeit, Zeitpunkt], zone: report }
      gross: { column: Betrag, required: true }
      fee: Kosten
      net: Netto
      currency: { column: Währung, any_case: true }
      order_reference: { column: Auftrag, if_invalid: ignore }
      reason: Grund
      processor_reference: { column: Referenz, by_prefix: { pi_: processor_payment }, by_kind: { charge: processor_charge } }

    """

  static func refusal(_ changes: (String) -> String) throws -> String {
    let error = try #require(throws: ConfigurationError.self) {
      try LayoutReader.read(text: changes(good), file: "shop.yaml")
    }
    return error.description
  }

  @Test func aWholeLayoutReadsAFile() throws {
    let folder = try TestFile(Self.good, name: "shop.yaml")
    let catalogue = try LayoutCatalogue(folder: (folder.path as NSString).deletingLastPathComponent)
    let layout = try #require(catalogue.layout(named: "shop"))
    #expect(layout.about == "The shop's own export")
    #expect(layout.processor == "stripe")
    let file = try TestFile(
      """
      Typ;Zeitpunkt;Betrag;Kosten;Netto;Währung;Auftrag;Grund;Referenz;Sonstiges
      Zahlung;2026-11-20 09:05:00;12.50;0.50;12.00;eur;A1;;4242424242424242;x
      Fehler;2026-11-20 09:05:00;12.50;;12.50;eur;A2;abgelehnt;pi_2;
      Info;2026-11-20 09:05:00;;;;eur;A2;;;
      Info;;1;;;eur;;;;
      Zahlung;2026-11-20 09:05:00;12.50;0.50;12.50;eur;A1;;ch_1;

      """)
    let rows = try InputFile.examine(path: file.path, catalogue: catalogue).rows
    let first = try #require(rows[0].outcome)
    #expect(first.occurredAt.description == "2026-11-20T08:05:00Z")
    #expect(first.gross == (try money(1250, "EUR")))
    #expect(first.references == .init(order: "A1", processorCharge: "4242424242424242"))
    let second = try #require(rows[1].outcome)
    #expect(second.reason == "CARD_DECLINED")
    #expect(second.references == .init(order: "A2", processorPayment: "pi_2"))
    #expect(rows[2] == .ignored(line: 4, reason: .category))
    #expect(rows[3] == .ignored(line: 5, reason: .category))
    #expect(rows[4].quarantined?.reason == .sumsDisagree)
  }

  @Test func errorsNameTheirPlaceAndWhatWouldBeRight() throws {
    let cases: [(String, String, String)] = [
      (
        "kind: outcomes", "kinds: outcomes",
        "shop.yaml:3: unknown key \"kinds\"; did you mean \"kind\"? (known here: layout, extends, about, kind,"
      ),
      ("kind: outcomes\n", "", "shop.yaml:1: \"kind\" is missing; add it"),
      (
        "kind: outcomes", "kind: outcome",
        "shop.yaml:3: \"kind\" must be one of authorizations, outcomes, statement; did you mean \"outcomes\"?"
      ),
      ("format: csv", "format: xls", "shop.yaml:4: \"format\" must be one of csv, json-lines"),
      ("format: csv", "format: [csv]", "shop.yaml:4: \"format\" must be a plain value"),
      ("separator: \";\"", "separator: \"::\"", "shop.yaml:5: \"separator\" must be one of \",\", \";\", \"|\", tab"),
      ("columns: [Typ, Betrag], ", "", "shop.yaml:7: \"recognise\" needs at least one of \"columns\""),
      ("amounts: major", "amounts: cents", "shop.yaml:9: \"amounts\" must be one of minor, major"),
      ("zone: Europe/Berlin", "zone: CET", "shop.yaml:11: \"zone\" must be UTC or an IANA name such as Europe/Berlin"),
      (
        "net = gross - fee", "gross = net",
        "shop.yaml:12: \"check\" must be one of net = gross - fee, net = gross + fee"
      ),
      ("references: required", "references: yes", "shop.yaml:13: \"references\" must be required or optional"),
      (
        "abgelehnt: CARD_DECLINED", "abgelehnt: DECLINED",
        "shop.yaml:15: \"abgelehnt\" must be one of CARD_DECLINED, INSUFFICIENT_FUNDS, EXPIRED_CARD, PROCESSING_ERROR"
      ),
      ("Zahlung: charge,", "Zahlung: charges,", "shop.yaml:18: \"Zahlung\" must be one of charge, charge_failed,"),
      (
        "  unknown: stop\n", "",
        "shop.yaml:16: \"kind_by\" must say what happens to an \"unknown\" value: quarantine or stop"
      ),
      ("unknown: stop", "unknown: guess", "shop.yaml:19: \"unknown\" must be one of quarantine, stop"),
      (
        "  gross: { column: Betrag, required: true }\n", "",
        "shop.yaml:20: \"fields\" lacks \"gross\", without which no row can be read"
      ),
      ("  net: Netto\n", "", "shop.yaml:12: \"check\" needs both \"fee\" and \"net\" among the fields"),
      (
        "  fee: Kosten", "  fees: Kosten",
        "shop.yaml:23: unknown key \"fees\"; did you mean \"fee\"? (known here: row_id,"
      ),
      ("required: true", "required: yes", "shop.yaml:22: \"required\" must be true or false"),
      ("required: true", "require: true", "shop.yaml:22: unknown key \"require\"; did you mean \"required\"?"),
      ("column: Betrag, ", "", "shop.yaml:22: \"column\" is missing; name the column to read"),
      ("if_invalid: ignore", "if_invalid: skip", "shop.yaml:26: \"if_invalid\" must be quarantine or ignore"),
      ("zone: report", "zone: PST", "shop.yaml:21: \"zone\" must be report, UTC or an IANA name such as Europe/Berlin"),
      ("any_case: true", "zone: UTC", "shop.yaml:25: \"zone\" has a meaning for times only; remove it"),
      (
        "pi_: processor_payment", "pi_: payment",
        "shop.yaml:28: \"pi_\" must be one of processor_payment, processor_charge,"
      ),
      ("by_kind: { charge:", "by_kind: { charges:", "shop.yaml:28: unknown key \"charges\"; did you mean \"charge\"?"),
      (
        "column: Auftrag, if_invalid: ignore", "column: Auftrag, by_kind: {}",
        "shop.yaml:26: \"by_kind\" has a meaning for processor_reference only; remove it"
      ),
      ("about: The", "layout: The", "shop.yaml:1: \"layout\" stands here twice; keep one"),
      ("layout: shop\n", "layout: shop\n\tx", "shop.yaml:2: this is not YAML: "),
      (Self.good, "- a\n", "shop.yaml:1: the file must be a mapping (key: value)"),
      (Self.good, "", "shop.yaml: the file is empty"),
    ]
    for (old, new, message) in cases {
      #expect(Self.good.contains(old))
      let told = try Self.refusal { $0.replacingOccurrences(of: old, with: new) }
      #expect(told.hasPrefix(message), "\(told)")
    }
  }

  @Test func signsByKindNeedKindsThatHaveOne() throws {
    let told = try Self.refusal {
      $0.replacingOccurrences(of: "signs: written", with: "signs: by_kind")
        .replacingOccurrences(of: "Info: ignored", with: "Info: transfer")
    }
    #expect(
      told == "shop.yaml:10: \"signs\" cannot be by_kind where a row may be transfer, which has either sign")
  }

  @Test func whatIsForOutcomesIsRefusedForAuthorizations() throws {
    let text = """
      layout: x
      kind: authorizations
      format: csv
      amounts: minor
      recognise: { columns: a }
      references: required
      fields: { order_reference: a, amount: b, currency: c }
      """
    let error = try #require(throws: ConfigurationError.self) { try LayoutReader.read(text: text, file: "x.yaml") }
    #expect(error.description == "x.yaml:6: \"references\" has no meaning for authorizations; remove it")
  }
}
