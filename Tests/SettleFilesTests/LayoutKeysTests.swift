import Foundation
import SettleModel
import Testing

@testable import SettleFiles

/// Mistakes in a layout's keys for amounts, zones, kinds and records, each told with its line.
@Suite struct LayoutKeysTests {
  static let good = """
    layout: shop
    kind: outcomes
    format: csv
    recognise: { columns: [Code] }
    unknown_columns: allowed
    amounts: minor
    digits: { JPY: 2 }
    excess_digits: refused
    check: net = gross + fee
    zone_names: { CET: Europe/Berlin }
    records:
      column_names: CH
      row: SB
      section: SH
      ignored: [FF]
      totals:
        of_section: SF
        figures: [currency, gross_credits, skipped, fee_debits]
        fees_in_either_order: true
    kind_by:
      column: Code
      values: { T00*: { credit: charge, debit: transfer }, T01: fee }
      unknown: quarantine
    fields:
      row_id: { column: [A, B], join: true }
      occurred_at: { column: Time, zone_column: Zone }
      gross: { column: Sum, sign: { column: Side, debit: DR, credit: CR } }
      fee: { sum: [F1, F2] }
      currency: Currency
      processor_charge: { column: Ref, kinds: [refund], when: { column: Type, is: TXN } }

    """

  @Test func allOfThemAreRead() throws {
    let layout = try LayoutReader.read(text: Self.good, file: "shop.yaml")
    #expect(layout.digits == WrittenDigits(named: ["JPY": 2]))
    #expect(layout.zoneNames == ["CET": "Europe/Berlin"])
    #expect(layout.records?.totals?.figures == [.currency, .grossCredits, .skipped, .feeDebits])
    #expect(layout.rules[.gross]?.form == .marked(mark: "Side", debit: "DR", credit: "CR"))
    #expect(layout.rules[.fee]?.form == .sum)
    #expect(layout.rules[.fee]?.columns.map(\.name) == ["F1", "F2"])
    #expect(layout.kinds?.values["T00*"] == .bySign(SignedKinds(credit: .charge, debit: .transfer)))
    #expect(layout.knownColumns.contains("Side") && layout.knownColumns.contains("Zone"))
  }

  @Test(arguments: [
    ("digits: { JPY: 2 }", "digits: { QQQ: 2 }", "shop.yaml:7: \"QQQ\" is no currency that settle knows"),
    ("digits: { JPY: 2 }", "digits: two", "shop.yaml:7: \"digits\" must be a number of decimals from 0 to 6"),
    ("digits: { JPY: 2 }", "digits: { JPY: 9 }", "shop.yaml:7: \"JPY\" must be a number of decimals from 0 to 6"),
    (
      "amounts: minor", "amounts: major",
      "shop.yaml:7: \"digits\" has a meaning for minor amounts only: others show their own point; remove it"
    ),
    ("digits: {", "digit: {", "shop.yaml:7: unknown key \"digit\"; did you mean \"digits\"?"),
    (
      "excess_digits: refused", "excess_digits: round",
      "shop.yaml:8: \"excess_digits\" must be one of refused, rounded"
    ),
    (
      "excess_digits: refused\ncheck: net = gross + fee", "excess_digits: rounded",
      "shop.yaml:8: \"excess_digits\" needs a \"check\" of the amounts"
    ),
    (
      "check: net = gross + fee", "check: gross = net + fee",
      "shop.yaml:24: \"fields\" lacks \"net\", without which no row can be read"
    ),
    ("CET: Europe/Berlin", "CET: Berlin", "shop.yaml:10: \"CET\" must be UTC or an IANA name such as Europe/Berlin"),
    (
      "zone_names: { CET: Europe/Berlin }\n", "",
      "shop.yaml:23: \"fields\" name a \"zone_column\", whose words \"zone_names\" must list"
    ),
    (
      "column_names: CH", "columns_names: CH",
      "shop.yaml:12: unknown key \"columns_names\"; did you mean \"column_names\"?"
    ),
    ("  row: SB\n", "", "shop.yaml:12: \"row\" is missing; add it"),
    (
      "  section: SH\n", "",
      "shop.yaml:16: \"of_section\" needs \"section\" beside \"totals\", the type that begins a section"
    ),
    (
      "    of_section: SF\n", "",
      "shop.yaml:16: \"totals\" needs \"of_section\" or \"of_file\", the type of the records that hold them"
    ),
    (
      "gross_credits, skipped", "gross_credit, skipped",
      "shop.yaml:18: \"figures\" must be a list of currency, gross_credits, gross_debits, fee_credits, fee_debits,"
        + " skipped; did you mean \"gross_credits\"?"
    ),
    (
      "[currency, gross_credits, skipped, fee_debits]", "[currency, skipped]",
      "shop.yaml:18: \"figures\" must name the currency and at least one amount"
    ),
    (
      "fees_in_either_order: true", "fees_in_other_order: true",
      "shop.yaml:19: unknown key \"fees_in_other_order\"; did you mean"
    ),
    ("format: csv", "format: json-lines", "shop.yaml:11: \"records\" needs \"format\" to be csv"),
    (
      "credit: charge, debit", "credits: charge, debit",
      "shop.yaml:22: unknown key \"credits\"; did you mean \"credit\"?"
    ),
    (
      "credit: charge, debit", "credit: ignored, debit",
      "shop.yaml:22: \"credit\" must be one of charge, charge_failed,"
    ),
    (
      "join: true", "join: perhaps", "shop.yaml:25: \"join\" must be true or false"
    ),
    (
      "zone_column: Zone", "zone_column: Zone, zone: UTC",
      "shop.yaml:26: \"zone\" cannot stand beside \"zone_column\""
    ),
    (
      "sign: { column: Side,", "sign: { columns: Side,",
      "shop.yaml:27: unknown key \"columns\"; did you mean \"column\"?"
    ),
    ("debit: DR, credit: CR", "debit: DR", "shop.yaml:27: \"credit\" is missing; add it"),
    (
      "fee: { sum: [F1, F2] }", "fee: { sum: [F1, F2], column: F3 }",
      "shop.yaml:28: \"column\" cannot stand beside \"sum\", which names the columns"
    ),
    (
      "fee: { sum: [F1, F2] }", "fee: { sum: [F1, F2], debit: F3 }",
      "shop.yaml:28: \"debit\" cannot stand beside the others of debit, credit, sign and sum"
    ),
    ("fee: { sum: [F1, F2] }", "fee: { credit: F3 }", "shop.yaml:28: \"credit\" needs \"debit\" beside it"),
    ("fee: { sum: [F1, F2] }", "fee: { debit: F3 }", "shop.yaml:28: \"credit\" is missing; add it"),
    ("currency: Currency", "currency: { sum: [A] }", "shop.yaml:29: \"sum\" has a meaning for amounts only; remove it"),
    (
      "currency: Currency", "currency: { column: C, join: true }",
      "shop.yaml:29: \"join\" has a meaning for processor_payment, processor_charge, processor_refund,"
    ),
    ("kinds: [refund]", "kinds: [refunds]", "shop.yaml:30: \"kinds\" has an unknown kind; did you mean \"refund\"?"),
    ("when: { column: Type, is: TXN }", "when: { column: Type }", "shop.yaml:30: \"is\" is missing; add it"),
  ])
  func mistakesNameTheirPlace(_ old: String, _ new: String, _ message: String) throws {
    #expect(Self.good.contains(old))
    let text = Self.good.replacingOccurrences(of: old, with: new)
    let error = try #require(throws: ConfigurationError.self) { try LayoutReader.read(text: text, file: "shop.yaml") }
    #expect(error.description.hasPrefix(message), "\(error)")
  }

  @Test func kindsBySignCannotTellTheSign() throws {
    let text = Self.good.replacingOccurrences(of: "amounts: minor", with: "amounts: minor\nsigns: by_kind")
    let error = try #require(throws: ConfigurationError.self) { try LayoutReader.read(text: text, file: "shop.yaml") }
    #expect(error.description.hasPrefix("shop.yaml:7: \"signs\" cannot be by_kind where"), "\(error)")
  }
}
