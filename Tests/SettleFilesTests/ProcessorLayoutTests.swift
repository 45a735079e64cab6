import SettleModel
import Testing

@testable import SettleFiles

/// What the keys of a layout do to a row, by small layouts of one key each.
@Suite struct ProcessorLayoutTests {
  private static func layout(_ fields: String, top: String = "", kinds: String = "{ pay: charge }") -> String {
    """
    layout: small
    kind: outcomes
    format: csv
    recognise: { columns: [kind] }
    unknown_columns: allowed
    \(top)
    kind_by: { column: kind, values: \(kinds), unknown: quarantine }
    fields:
      occurred_at: at
    \(fields.split(separator: "\n").map { "  \($0)" }.joined(separator: "\n"))
    """
  }

  private static func rows(_ layout: String, _ csv: String) throws -> [FileRow] {
    let folder = try TestFile(layout, name: "small.yaml")
    let catalogue = try LayoutCatalogue(folder: String(folder.path.dropLast("/small.yaml".count)))
    return try InputFile.examine(path: TestFile(csv).path, layout: "small", catalogue: catalogue).rows
  }

  private static func told(_ row: FileRow) -> String {
    switch row {
    case .outcome(let row):
      "\(row.kind.rawValue) \(row.gross) \(row.fee) \(row.net)\(row.presentment.map { " seen \($0)" } ?? "")"
    case .quarantined(let row): "\(row.field ?? "-") \(row.reason.rawValue): \(row.detail)"
    default: "\(row)"
    }
  }

  @Test(arguments: [
    ("5.00,", "charge -5.00 USD 0 -500"), (",5.00", "charge 5.00 USD 0 500"), ("0,5.00", "charge 5.00 USD 0 500"),
    ("5.00,0.00", "charge -5.00 USD 0 -500"), ("0,", "charge 0.00 USD 0 0"),
    (",", "out missing_value: without an amount the row says nothing about money"),
    ("1,2", "in invalid_amount: the row has both a debit and a credit, and may have one of them only"),
    (
      "-1,",
      "out invalid_amount: this must be a plain decimal positive number with no more digits than the currency has"
    ),
  ])
  func aPairOfDebitAndCredit(_ amounts: String, _ found: String) throws {
    let layout = Self.layout("gross: { debit: out, credit: in, required: true }\ncurrency: cur", top: "amounts: major")
    let rows = try Self.rows(layout, "kind,at,cur,out,in\npay,2026-11-20T08:00:00Z,USD,\(amounts)\n")
    #expect(rows.map(Self.told) == [found])
  }

  @Test(arguments: [
    ("CR,500", "charge 5.00 USD 0 500"), ("DR,500", "charge -5.00 USD 0 -500"),
    ("X,500", "side invalid_amount: this must say whether the amount is a debit (DR) or a credit (CR)"),
    (",500", "side invalid_amount: this must say whether the amount is a debit (DR) or a credit (CR)"),
    (
      "CR,-5",
      "sum invalid_amount: this must be a whole positive number of minor units, digits alone (1250 for 12.50 USD)"
    ),
  ])
  func anAmountBesideItsSide(_ amounts: String, _ found: String) throws {
    let layout = Self.layout(
      "gross: { column: sum, sign: { column: side, debit: DR, credit: CR } }\ncurrency: cur", top: "amounts: minor")
    let rows = try Self.rows(layout, "kind,at,cur,side,sum\npay,2026-11-20T08:00:00Z,USD,\(amounts)\n")
    #expect(rows.map(Self.told) == [found])
  }

  /// A fee of several parts, gross out of net and fee, and what the customer saw.
  @Test(arguments: [
    ("USD,0.70,0.10,,0.20,USD,1.00", "charge 1.00 USD 30 70"),
    ("USD,0.70,,,,EUR,0.80", "charge 0.70 USD 0 70 seen 0.80 EUR"),
    ("USD,-3.00,2.00,,,EUR,0.90", "charge -1.00 USD 200 -300 seen -0.90 EUR"),
    ("USD,-0.76,,,,EUR,", "charge -0.76 USD 0 -76"), ("USD,1,,,,,0", "charge 1.00 USD 0 100"),
    (
      "USD,0.70,0.10,,,USD,1.00",
      "net sums_disagree: gross, fee and net of this row are of one currency and do not add up"
    ),
    ("USD,,,,,USD,1.00", "net missing_value: without an amount the row says nothing about money"),
    ("USD,1,,,,,2", "seencur missing_value: without its currency what the customer saw says nothing"),
    (
      "USD,1,x,,,,",
      "f1 invalid_amount: this must be a plain decimal number with no more digits than the currency has"
    ),
  ])
  func grossOutOfNetAndFee(_ amounts: String, _ found: String) throws {
    let layout = Self.layout(
      """
      net: net
      fee: { sum: [f1, f2, f3] }
      currency: cur
      presentment_amount: seen
      presentment_currency: seencur
      """, top: "amounts: major\ncheck: gross = net + fee")
    let rows = try Self.rows(
      layout, "kind,at,cur,net,f1,f2,f3,seencur,seen\npay,2026-11-20T08:00:00Z,\(amounts)\n")
    #expect(rows.map(Self.told) == [found])
  }

  @Test(arguments: [
    ("USD,1250", "charge 12.50 USD 0 1250"), ("JPY,10000", "charge 100 JPY 0 100"),
    ("KWD,1250", "charge 12.500 KWD 0 12500"), ("ISK,12", "charge 12 ISK 0 12"),
    (
      "JPY,10050",
      "sum invalid_amount: this must be a whole number, digits alone, of which the last 2 are decimals"
        + " (no more of them than the currency has may differ from zero)"
    ),
    ("KWD,9223372036854775807", "sum invalid_amount: this must be a whole number, digits alone, of which the last 2"),
  ])
  func digitsThatAreNotTheCurrencysOwn(_ amount: String, _ found: String) throws {
    let isk = amount.hasPrefix("ISK")
    let layout = Self.layout(
      "gross: sum\ncurrency: cur", top: "amounts: minor\ndigits: \(isk ? "{ JPY: 2 }" : "2")")
    let rows = try Self.rows(layout, "kind,at,cur,sum\npay,2026-11-20T08:00:00Z,\(amount)\n")
    #expect(rows.map(Self.told).first?.hasPrefix(found) == true, "\(rows.map(Self.told))")
  }

  /// Gross and net are rounded half away from zero; the fee is what lies between them.
  @Test(arguments: [
    ("EUR,10,-0.125,9.875", "charge 10.00 EUR 12 988"), ("EUR,-10.005,0,-10.005", "charge -10.01 EUR 0 -1001"),
    ("EUR,0.004,0,0.004", "charge 0.00 EUR 0 0"), ("KWD,1.2345,-0.0005,1.234", "charge 1.235 KWD 1 1234"),
    ("JPY,100.5,-0.25,100.25", "charge 101 JPY 1 100"),
    ("EUR,10,-0.125,9.88", "net sums_disagree: gross, fee and net of this row do not add up (net = gross + fee)"),
    (
      "EUR,1.123456789,0,1.123456789",
      "gross invalid_amount: this must be a plain decimal number with no more than 6 digits beyond the currency's"
    ),
  ])
  func digitsBeyondTheCurrencysAreRounded(_ amounts: String, _ found: String) throws {
    let layout = Self.layout(
      "gross: gross\nfee: fee\nnet: net\ncurrency: cur",
      top: "amounts: major\ncheck: net = gross + fee\nexcess_digits: rounded")
    let rows = try Self.rows(layout, "kind,at,cur,gross,fee,net\npay,2026-11-20T08:00:00Z,\(amounts)\n")
    #expect(rows.map(Self.told) == [found])
  }

  @Test(arguments: [
    ("T0006,5", "charge"), ("T0006,-5", "transfer"), ("T00,5", "charge"), ("T0107,-5", "fee"), ("T01,-1", "fee"),
    ("T0107x,-5", "adjustment"), ("T0200,0", "fee"),
    (
      "T0006,0",
      "kind unknown_category: small does not say what this value means for an amount of this sign; if it is right, add it"
    ),
    (
      "T1,5", "kind unknown_event: this value is not among those that small lists; if it is right, add it to the layout"
    ),
  ])
  func kindsByBeginningAndSign(_ row: String, _ found: String) throws {
    let kinds = """
      { T00*: { credit: charge, debit: transfer }, T01*: adjustment, T0107: fee, T01: fee, T02*: { zero: fee } }
      """
    let layout = Self.layout("gross: sum\ncurrency: cur", top: "amounts: major", kinds: kinds)
    let rows = try Self.rows(layout, "kind,sum,at,cur\n\(row),2026-11-20T08:00:00Z,USD\n")
    #expect(rows.map { $0.outcome?.kind.rawValue ?? Self.told($0) } == [found])
  }

  /// A row that moves nothing but a fee is that fee.
  @Test func aCostIsToldByItsGrossAmount() throws {
    let layout = Self.layout(
      "gross: gross\nfee: fee\ncurrency: cur", top: "amounts: major\ncheck: net = gross + fee",
      kinds: "{ pay: { credit: charge, zero: fee } }")
    let rows = try Self.rows(layout, "kind,at,cur,gross,fee\npay,2026-11-20T08:00:00Z,USD,0,-0.25\n")
    #expect(rows.map(Self.told) == ["fee -0.25 USD 0 -25"])
  }

  @Test(arguments: [
    ("2026-01-20 10:00:00,CET", "2026-01-20T09:00:00Z"), ("2026-07-20 10:00:00,CET", "2026-07-20T08:00:00Z"),
    ("2026-07-20 10:00:00,PST", "2026-07-20T17:00:00Z"), ("2026/01/06 00:00:30 -0800,", "2026-01-06T08:00:30Z"),
    ("2026/01/06 00:00:30,PST", "2026-01-06T08:00:30Z"),
    (
      "2026-01-20 10:00:00,MEZ",
      "zone invalid_instant: this zone is not among those that small lists under zone_names; if it is right, add it to"
        + " the layout"
    ),
    ("2026-01-20 10:00:00,", "zone missing_value: without its zone the time says nothing"),
    (
      "2026-03-29 02:30:00,CET",
      "when invalid_instant: this must be a time that the report's zone has, such as 2026-11-20 08:05:00"
    ),
  ])
  func zonesThatAColumnNames(_ time: String, _ found: String) throws {
    let layout = Self.layout(
      "gross: sum\ncurrency: cur",
      top: "amounts: major\nzone_names: { CET: Europe/Berlin, PST: America/Los_Angeles }"
    ).replacing("occurred_at: at", with: "occurred_at: { column: when, zone_column: zone }")
    let rows = try Self.rows(layout, "kind,cur,sum,when,zone\npay,USD,1,\(time)\n")
    #expect(rows.map { $0.outcome?.occurredAt.description ?? Self.told($0) } == [found])
  }

  /// Ids of several columns, and ids that count for some rows only.
  @Test func idsAreJoinedAndScoped() throws {
    let layout = Self.layout(
      """
      gross: sum
      currency: cur
      row_id: { column: [a, b], join: true }
      processor_charge: { column: ref, kinds: [refund], when: { column: type, is: TXN } }
      payout: { column: [a, b], join: true }
      reason: { column: note, kinds: [fee] }
      order_reference: [o1, o2]
      method: [brand, type]
      batch: b
      exchange_rate: rate
      """, top: "amounts: major", kinds: "{ pay: charge, back: refund, cost: fee }")
    let rows = try Self.rows(
      layout,
      """
      kind,at,cur,sum,a,b,ref,type,note,o1,o2,brand,rate
      pay,2026-11-20T08:00:00Z,USD,1,x,7,r,TXN,n,,33992337.0,Visa,1.50
      back,2026-11-20T08:00:00Z,USD,-1,x,,r,TXN,n,A-1,A-2,,
      back,2026-11-20T08:00:00Z,USD,-1,,7,r,ODR,n,A-1,A-2,,
      cost,2026-11-20T08:00:00Z,USD,-1,,,r,TXN,n,,,,
      cost,2026-11-20T08:00:00Z,USD,-1,,,r,TXN,n,,,,0

      """)
    let records = rows.compactMap(\.outcome)
    #expect(records.map(\.rowID) == ["x/7", nil, nil, nil])
    #expect(records.map(\.references.payout) == ["x/7", nil, nil, nil])
    #expect(records.map(\.references.processorCharge) == [nil, "r", nil, nil])
    #expect(records.map(\.references.order) == ["33992337.0", "A-1", "A-1", nil])
    #expect(records.map(\.method) == ["visa", "txn", "odr", "txn"])
    #expect(records.map(\.batch) == ["7", nil, "7", nil])
    #expect(records.map(\.exchangeRate?.text) == ["1.5", nil, nil, nil])
    #expect(records.map(\.reason) == [nil, nil, nil, "n"])
    #expect(
      Self.told(rows[4]) == "rate invalid_amount: a rate must be a plain positive decimal number, such as 0.9184")
  }

  @Test func aFeeInAnotherCurrencyCannotBeAddedUp() throws {
    let layout = Self.layout(
      "gross: sum\nfee: fee\nfee_currency: feecur\ncurrency: cur", top: "amounts: major\ncheck: net = gross + fee")
    let rows = try Self.rows(
      layout,
      """
      kind,at,cur,sum,fee,feecur
      pay,2026-11-20T08:00:00Z,USD,1,-0.10,USD
      pay,2026-11-20T08:00:00Z,USD,1,,EUR
      pay,2026-11-20T08:00:00Z,USD,1,-0.10,EUR

      """)
    #expect(
      rows.map(Self.told) == [
        "charge 1.00 USD 10 90", "charge 1.00 USD 0 100",
        "feecur sums_disagree: the fee is in another currency than the amount, so that they cannot be added up",
      ])
  }
}
