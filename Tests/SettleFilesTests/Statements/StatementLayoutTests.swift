import Foundation
import SettleModel
import Testing

@testable import SettleFiles

@Suite struct StatementLayoutTests {
  static let german = """
    layout: bank-csv-hausbank
    extends: bank-csv
    separator: ";"
    recognise: { columns: [Buchungstag, Betrag, Saldo] }
    unknown_columns: allowed
    dates: DD.MM.YYYY
    decimal: ","
    thousands: "."
    account: "DE02120300000000202051"
    fields:
      account: []
      booked_on: { column: Buchungstag, required: true }
      amount: { column: Betrag, required: true }
      currency: { column: Währung, required: true }
      balance: Saldo
      text: Verwendungszweck

    """

  static func rows(_ layout: String, _ text: String) throws -> [FileRow] {
    let folder = try TestFile(layout, name: "own.yaml")
    let catalogue = try LayoutCatalogue(folder: (folder.path as NSString).deletingLastPathComponent)
    return try InputFile.examine(path: try TestFile(text).path, catalogue: catalogue).rows
  }

  @Test func aLayoutOfOnesOwnBank() throws {
    let rows = try Self.rows(
      Self.german,
      """
      Buchungstag;Wertstellung;Verwendungszweck;Betrag;Währung;Saldo
      21.11.2026;21.11.2026;Miete;-1.250,00;EUR;10.592,37
      2.11.2026;;"Auszahlung; po_1";11.842,37;EUR;11.842,37

      """)
    #expect(rows.compactMap(\.bankLine).map(\.amount.minor) == [-125_000, 1_184_237])
    #expect(rows[0].bankLine?.account == "DE02120300000000202051")
    #expect(rows[1].bankLine?.bookedOn == BusinessDate("2026-11-02"))
    #expect(rows[1].bankLine?.text == "Auszahlung; po_1")
    let statement = try #require(rows.last?.statement)
    #expect(statement.opening.minor == 0)
    #expect(statement.closing.minor == 1_059_237)
    #expect(statement.openedOn == BusinessDate("2026-11-02"))
  }

  @Test func twoColumnsOfAmounts() throws {
    let rows = try Self.rows(
      """
      layout: two-columns
      kind: statement
      format: csv
      recognise: { columns: [Paid in, Paid out] }
      amounts: minor
      currency: GBP
      dates: DD/MM/YYYY
      fields: { account: Account, booked_on: Date, credit: Paid in, debit: Paid out }

      """,
      """
      Account,Date,Paid in,Paid out
      A-1,20/11/2026,1250,
      A-1,20/11/2026,0,75
      A-1,20/11/2026,,
      A-1,20/11/2026,1,1
      A-1,20/11/2026,,-5

      """)
    #expect(rows.compactMap(\.bankLine).map(\.amount.minor) == [1250, -75])
    #expect(rows.compactMap(\.quarantined).map(\.reason) == [.invalidAmount, .invalidAmount, .invalidAmount])
    #expect(rows.compactMap(\.quarantined).map(\.line) == [4, 5, 6])
  }

  @Test func aColumnOfWords() throws {
    let rows = try Self.rows(
      """
      layout: words
      kind: statement
      format: csv
      recognise: { columns: [Af Bij] }
      amounts: major
      decimal: ","
      dates: YYYYMMDD
      currency: EUR
      directions: { column: Af Bij, credit: [Bij], debit: [Af] }
      fields: { account: Rekening, booked_on: Datum, amount: Bedrag }

      """,
      """
      Datum,Rekening,Af Bij,Bedrag
      20261120,NL1,Bij,"12,50"
      20261120,NL1,Af,"0,75"
      20261120,NL1,bij,"1,00"
      20261120,NL1,Af,"-1,00"

      """)
    #expect(rows.compactMap(\.bankLine).map(\.amount.minor) == [1250, -75])
    #expect(rows.compactMap(\.quarantined).map(\.reason) == [.unknownCategory, .invalidAmount])
    #expect(rows.compactMap(\.quarantined).map(\.field) == ["Af Bij", "Bedrag"])
  }

  @Test(arguments: [
    (DateForm.yearMonthDay, "2026-11-02", true), (.yearMonthDay, "2026-11-2", true), (.yearMonthDay, "26-11-02", false),
    (.compact, "20261102", true), (.compact, "2026112", false), (.german, "02.11.2026", true),
    (.german, "2.11.2026", true),
    (.german, "02.11.26", false), (.british, "02/11/2026", true), (.american, "11/02/2026", true),
    (.american, "13/02/2026", false), (.dutch, "02-11-2026", true), (.slashed, "2026/11/02", true),
    (.slashed, "2026/11/02/1", false), (.german, "02.011.2026", false), (.german, ".11.2026", false),
  ]) func dates(_ form: DateForm, _ text: String, _ isRight: Bool) {
    #expect(form.day(text) == (isRight ? BusinessDate("2026-11-02") : nil))
  }

  @Test func everyMistakeIsToldWithItsLine() throws {
    let cases = [
      ("kind: statement", "kind: statements", "x.yaml:2: \"kind\" must be one of"),
      ("format: csv", "format: json-lines", "x.yaml:3: \"format\" cannot be json-lines for statements"),
      (
        "format: csv", "format: camt054",
        "x.yaml:3: \"format\" must be one of csv, json-lines, camt053, mt940, bai2; did"
      ),
      ("amounts: major\n", "", "x.yaml:1: \"amounts\" is missing; add it"),
      ("dates: DD.MM.YYYY", "dates: DD.MM.YY", "x.yaml:6: \"dates\" must be one of YYYY-MM-DD, YYYYMMDD,"),
      ("decimal: \",\"", "decimal: \";\"", "x.yaml:7: \"decimal\" must be \".\" or \",\""),
      ("thousands: \".\"", "thousands: \",\"", "x.yaml:8: \"thousands\" must be"),
      ("currency: EUR", "currency: EURO", "x.yaml:9: \"currency\" is no currency that settle knows"),
      ("currency: EUR\n", "", "x.yaml:9: \"fields\" needs \"currency\", unless"),
      ("account: K", "account: K, currency: W", "x.yaml:10: \"fields\" needs \"currency\", unless"),
      ("booked_on: D, ", "", "x.yaml:10: \"fields\" lacks \"booked_on\","),
      ("amount: B", "credit: B", "x.yaml:10: \"fields\" needs either \"amount\" or both"),
      ("amount: B", "amount: B, gross: C", "x.yaml:10: unknown key \"gross\""),
      ("dates:", "zone: UTC\ndates:", "x.yaml:6: unknown key \"zone\""),
    ]
    let good = """
      layout: x
      kind: statement
      format: csv
      recognise: { columns: [B] }
      amounts: major
      dates: DD.MM.YYYY
      decimal: ","
      thousands: "."
      currency: EUR
      fields: { account: K, booked_on: D, amount: B }

      """
    #expect(try LayoutReader.read(text: good, file: "x.yaml").kind == .statement)
    for (old, new, message) in cases {
      #expect(good.contains(old))
      let error = try #require(throws: ConfigurationError.self) {
        try LayoutReader.read(text: good.replacingOccurrences(of: old, with: new), file: "x.yaml")
      }
      #expect(error.description.hasPrefix(message), "\(error.description)")
    }
  }

  @Test func everyMistakeInCodesIsTold() throws {
    let good = """
      layout: x
      kind: statement
      format: bai2
      recognise: { begins: "01," }
      credit_codes: ["101-399"]
      debit_codes: ["401-699", "960"]

      """
    let cases = [
      ("\"101-399\"", "\"399-101\"", "x.yaml:5: \"credit_codes\" must be a list of three-digit types"),
      ("\"101-399\"", "\"1-399\"", "x.yaml:5: \"credit_codes\" must be"),
      ("\"101-399\"", "\"101-399-400\"", "x.yaml:5: \"credit_codes\" must be"),
      ("\"960\"", "\"300\"", "x.yaml:6: \"debit_codes\" has types of credit_codes too (among 101-399)"),
      ("begins: \"01,\"", "columns: [a]", "x.yaml:4: unknown key \"columns\""),
      ("begins: \"01,\"", "", "x.yaml:4: \"recognise\" needs \"begins\" or \"line\""),
      ("credit_codes", "credit_code", "x.yaml:5: unknown key \"credit_code\"; did you mean \"credit_codes\"?"),
      ("format: bai2", "format: bai2\nprocessor_ids: [text]", "x.yaml:4: \"processor_ids\" must be among reference,"),
      ("format: bai2", "format: bai2\ndefault_currency: XXX", "x.yaml:4: \"default_currency\" is no currency"),
    ]
    #expect(try LayoutReader.read(text: good, file: "x.yaml").statement.direction(of: "960") == -1)
    for (old, new, message) in cases {
      #expect(good.contains(old))
      let error = try #require(throws: ConfigurationError.self) {
        try LayoutReader.read(text: good.replacingOccurrences(of: old, with: new), file: "x.yaml")
      }
      #expect(error.description.hasPrefix(message), "\(error.description)")
    }
  }
}
