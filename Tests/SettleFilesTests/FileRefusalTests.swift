import Foundation
import Testing

@testable import SettleFiles

/// Every reason for which a whole file is refused, with the whole message that the operator reads.
@Suite struct FileRefusalTests {
  struct Case: CustomTestStringConvertible {
    var bytes: [UInt8]
    var layout: String?
    var reason: FileRefusal.Reason
    var message: String
    var testDescription: String { reason.rawValue }

    init(_ text: String, _ reason: FileRefusal.Reason, _ message: String, layout: String? = nil) {
      self.init(bytes: Array(text.utf8), reason, message, layout: layout)
    }

    init(bytes: [UInt8], _ reason: FileRefusal.Reason, _ message: String, layout: String? = nil) {
      (self.bytes, self.layout, self.reason, self.message) = (bytes, layout, reason, message)
    }
  }

  static let header = "order_id,amount,currency\n"
  static let stripe = "balance_transaction_id,created,currency,gross,fee,net,reporting_category\n"

  static let cases = [
    Case("", .empty, "input.csv: the file is empty, without even a header; put it there again once it is complete"),
    Case(
      "\u{FEFF}", .empty, "input.csv: the file is empty, without even a header; put it there again once it is complete"),
    Case(
      "\n\r\n \n", .empty, "input.csv: the file is empty, without even a header; put it there again once it is complete"
    ),
    Case(
      bytes: Array("order_id,amount,currency\nA,1,USD\ncaf".utf8) + [0xE9, 0x0A], .notUTF8,
      "input.csv:3: the text here is not UTF-8; save the file as UTF-8 (in a spreadsheet: CSV UTF-8)"),
    Case(
      bytes: Array((header + "A,1,USD\n").utf8) + [0xE2, 0x82], .notUTF8,
      "input.csv:3: the text here is not UTF-8; save the file as UTF-8 (in a spreadsheet: CSV UTF-8)"),
    Case(
      bytes: [0xFF, 0xFE, 0x6F, 0x00, 0x72, 0x00], .utf16,
      "input.csv:1: the file is UTF-16 text; save it as UTF-8 (in a spreadsheet: CSV UTF-8)"),
    Case(
      bytes: Array(header.utf8) + [0x41, 0x00, 0x0A], .nulByte,
      "input.csv:2: the file holds a NUL byte here, so it is no text; fetch or export it again"),
    Case(
      "order_id,amount,currency\rA,1,USD\r", .bareCarriageReturn,
      "input.csv:1: a carriage return without a line feed ends a line here; save the file with LF or CRLF line ends"),
    Case(
      "{\"cartId\":1,\"amount\":1,\"currency\":2}\r{}", .bareCarriageReturn,
      "input.csv:1: a carriage return without a line feed ends a line here; save the file with LF or CRLF line ends"),
    Case(
      header + "A,1,USD\n\"B,1,USD\nC,1,USD\n", .truncated,
      "input.csv:3: the file ends inside a quoted field of the record that starts here; it was cut off, so fetch it again"
    ),
    Case(
      header + "A,1,USD\nB,1", .truncated,
      "input.csv:3: the file ends in the middle of this record; it was cut off, so fetch it again"),
    Case(
      "{\"cartId\":\"a\",\"amount\":1,\"currency\":\"USD\"}\n{\"cartId\":\"a", .truncated,
      "input.csv:2: the file ends in the middle of this line; it was cut off, so fetch it again"),
    Case(
      header + "A \"1\",1,USD\n", .strayQuote,
      "input.csv:2: a quotation mark stands inside a field; quote the whole field and double the quotation marks in it"),
    Case(
      String(repeating: "a,", count: 200_000) + "b\n", .headerTooLong,
      "input.csv:1: the header is longer than settle reads (256 KiB, 4096 columns of 64 KiB); is the first line really a"
        + " header?"),
    Case(
      "\norder_id,ammount,currency\n", .missingColumn,
      "input.csv:2: the column \"amount\" is missing, which settle-authorizations needs; is it the one named \"ammount\"?",
      layout: "settle-authorizations"),
    Case(
      "order_id,amount\n", .missingColumn,
      "input.csv:1: the column \"currency\" is missing, which settle-authorizations needs; add it",
      layout: "settle-authorizations"),
    Case(
      "balance_transaction_id,currency,gross,fee,net,reporting_category\n", .missingColumn,
      "input.csv:1: the column \"created_utc\" or \"created\" is missing, which stripe-payout-reconciliation needs; add it"
    ),
    Case(
      "order_id,amount,currency,custmer_id\n", .unknownColumn,
      "input.csv:1: the column \"custmer_id\" is not known to settle-authorizations; did you mean \"customer_id\"?;"
        + " rename or remove it"),
    Case(
      "order_id,amount,currency,\n", .unknownColumn,
      "input.csv:1: column 4 is not known to settle-authorizations; rename or remove it"),
    Case(
      "order_id,amount,currency,amount\n", .duplicateColumn,
      "input.csv:1: the column \"amount\" stands twice in the header; keep one"),
    Case(
      "order_id,amount,currency,4242 4242 4242 4242\n", .cardNumber,
      "input.csv:1: the header may hold a card number; remove it from the file, and see where else it was stored"),
    Case(
      "a,b\n", .unknownLayout,
      "input.csv:1: the file has no layout that settle knows, nor any column by which one is known; name its layout, or"
        + " write one (settle layout list)"),
    Case(
      "order_id,amount,Psp Reference\n", .unknownLayout,
      "input.csv:1: the file has no layout that settle knows (adyen-settlement-details needs Modification Reference,"
        + " Gross Debit (GC), Net Debit (NC); settle-authorizations needs currency; settle-outcomes needs event, currency,"
        + " occurred_at); name its layout, or write one (settle layout list)"),
    Case(
      "\"SH\",2026/11/20 00:00:00 -0800\n", .unknownLayout,
      "input.csv:1: the file does not have the records of paypal-settlement; name the layout that it has, or auto",
      layout: "paypal-settlement"),
    Case(
      header, .unknownLayout,
      "input.csv:1: the file is not JSON Lines, as settle-authorizations-jsonl is; name the layout that it has, or auto",
      layout: "settle-authorizations-jsonl"),
    Case(
      "event,amount,currency,occurred_at,balance_transaction_id,reporting_category\n", .severalLayouts,
      "input.csv:1: the file fits several layouts (settle-outcomes, stripe-payout-reconciliation); name the one that it has"
    ),
    Case(
      stripe, .zoneNotNamed,
      "input.csv:1: the times in \"created\" carry no offset, and nobody said which zone the report was made in; add"
        + " \"zone\" to the source in the pipeline, or export the report with UTC columns"),
  ]

  @Test(arguments: cases) func wholeMessages(_ example: Case) throws {
    let refusal = try #require(try refusal(example.bytes, layout: example.layout))
    #expect(refusal.description == example.message)
    #expect(refusal.reason == example.reason)
    #expect(refusal.sha256?.count == 64)
  }

  @Test func aFileThatIsNotThere() throws {
    let refusal = try #require(throws: FileRefusal.self) {
      try InputFile.examine(path: "/nowhere/a.csv", catalogue: shippedLayouts)
    }
    #expect(
      refusal.description == "/nowhere/a.csv: the file cannot be read (No such file or directory);"
        + " check that it is there and readable")
    #expect(refusal.sha256 == nil)
  }

  @Test func aFolderIsNoFile() throws {
    let refusal = try #require(throws: FileRefusal.self) {
      try InputFile.examine(path: NSTemporaryDirectory(), catalogue: shippedLayouts)
    }
    #expect(refusal.message == "it is not a regular file; name a file")
    #expect(refusal.reason == .unreadable)
  }

  @Test func aCategoryThatMustStopTheFile() throws {
    let layout = """
      layout: bank-fees
      kind: outcomes
      format: csv
      amounts: major
      recognise: { columns: [kind] }
      kind_by: { column: kind, values: { fee: fee }, unknown: stop }
      fields: { occurred_at: at, gross: amount, currency: currency }

      """
    let folder = try TestFile(layout, name: "bank-fees.yaml")
    let catalogue = try LayoutCatalogue(folder: (folder.path as NSString).deletingLastPathComponent)
    let file = try TestFile(
      "kind,at,amount,currency\nfee,2026-11-20T08:00:00Z,-1,USD\nloan,2026-11-20T08:00:00Z,1,USD\n")
    let examined = try InputFile.examine(path: file.path, catalogue: catalogue)
    var rows = 0
    let refusal = try #require(throws: FileRefusal.self) { try examined.forEachRow { _ in rows += 1 } }
    #expect(rows == 1)
    #expect(refusal.reason == .unknownCategory)
    #expect(refusal.line == 3)
    #expect(
      refusal.message
        == "\"kind\" holds a value that bank-fees does not list, and which it says must stop the file; add it to the layout"
    )
  }

  @Test(arguments: ["order_id,amount,currency\nA,2,USD\n", "order_id,amount,currency\nA,1,US", "", "order_id,\"amount"])
  func aFileThatChanges(_ later: String) throws {
    let file = try TestFile("order_id,amount,currency\nA,1,USD\n")
    let examined = try file.examine()
    try Data(later.utf8).write(to: URL(fileURLWithPath: file.path))
    let refusal = try #require(throws: FileRefusal.self) { try examined.forEachRow { _ in } }
    #expect(refusal.reason == .changed)
    #expect(
      refusal.message == "the file changed while it was being loaded; let whoever writes it finish, then run again")
  }

  @Test func everyReasonIsCovered() {
    // Those of statements and of records of several types are told in the samples of their layouts.
    let elsewhere: Set<FileRefusal.Reason> = [
      .unreadable, .unknownCategory, .changed, .malformed, .documentType, .invalidEntry, .notBooked, .controlTotals,
      .unknownRecord,
    ]
    #expect(Set(Self.cases.map(\.reason)).union(elsewhere) == Set(FileRefusal.Reason.allCases))
  }
}
