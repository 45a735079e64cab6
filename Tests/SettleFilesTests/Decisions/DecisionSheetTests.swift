import Foundation
import SettleModel
import Testing

@testable import SettleFiles

@Suite struct DecisionSheetTests {
  private static let id = "1e4f6a3c-0000-4000-8000-000000000001"

  private func read(_ text: String) throws -> DecisionSheet { try read(Array(text.utf8)) }

  private func read(_ bytes: [UInt8]) throws -> DecisionSheet {
    try DecisionSheet(bytes: bytes, name: "breaks.csv", sha256: "")
  }

  private func cells(_ sheet: DecisionSheet) -> [String] {
    sheet.rows.map { row in
      "\(row.line) \(row[.breakID] ?? "-")|\(row[.decision] ?? "-")|\(row[.note] ?? "-")|\(row[.expected] ?? "-")"
    }
  }

  /// Whatever a spreadsheet makes of the file, it says the same.
  @Test(arguments: [
    "break_id,decision,note\n\(id),accept,\"a, b\"\n", "break_id;decision;note\r\n\(id);accept;a, b\r\n",
    "break_id\tdecision\tnote\n\(id)\taccept\ta, b\n", "\u{FEFF}break_id;decision;note\n\(id);accept;a, b\n",
    "\"break_id\";\"decision\";\"note\"\n\"\(id)\";\"accept\";\"a, b\"",
    " Break_ID ;DECISION; Note\n\(id); accept ;a, b\n",
    "note,decision,break_id\n\"a, b\",accept,\(id)\n", "owner;note;decision;break_id;;\nme;a, b;accept;\(id);;\n",
    "break_id;decision;note;;;\n\(id);accept;a, b;;;\n;;;;;\n\n",
    "break_id,decision,note,more\n\(id),accept,\"a, b\"\n",
  ])
  func separatorsOrderAndQuotesDoNotMatter(text: String) throws {
    #expect(cells(try read(text)) == ["2 \(Self.id)|accept|a, b|-"])
  }

  @Test func excelsOwnFirstLineIsPassedOver() throws {
    #expect(cells(try read("sep=;\r\nbreak_id;decision\r\n\(Self.id);wait\r\n")) == ["3 \(Self.id)|wait|-|-"])
  }

  /// Excel's "Unicode text".
  @Test(arguments: [true, false])
  func utf16IsRead(bigEndian: Bool) throws {
    let text = "break_id\tdecision\tnote\r\n\(Self.id)\taccept\tGrüße 🙂\r\n"
    let units = [0xFEFF] + Array(text.utf16)
    let bytes = units.flatMap { unit in
      bigEndian ? [UInt8(unit >> 8), UInt8(unit & 0xFF)] : [UInt8(unit & 0xFF), UInt8(unit >> 8)]
    }
    #expect(cells(try read(bytes)) == ["2 \(Self.id)|accept|Grüße 🙂|-"])
    #expect(throws: FileDamage.self) { try read(Array(bytes.dropLast())) }
    let halved = bytes.dropLast(2) + (bigEndian ? [0xD8, 0x3D] : [0x3D, 0xD8])
    #expect(throws: FileDamage.self) { try read(Array(halved)) }
  }

  @Test func linesAreThoseOfTheFile() throws {
    let sheet = try read("\nbreak_id,decision,note\n\n\(Self.id),accept,\"one\ntwo\"\n,,\n\(Self.id),wait,\n")
    #expect(sheet.rows.map(\.line) == [4, 7])
  }

  @Test func aRowThatIsTooWideSaysSo() throws {
    let sheet = try read("break_id,decision\n\(Self.id),accept,oops\n\(Self.id),accept,,\n")
    #expect(sheet.rows.map(\.isMisshapen) == [true, false])
    #expect(try read("break_id,decision,note\n\(Self.id)\n").rows.map { $0[.decision] } == [""])
  }

  @Test(arguments: [
    ("", FileRefusal.Reason.empty, "without even a header"),
    ("break_id,note\n", .missingColumn, "no column decision"),
    ("break_id,desicion\n", .missingColumn, "named nearly so"),
    ("order,amount\n1,2\n", .missingColumn, "no column break_id"),
    ("break_id|decision\n", .missingColumn, "under comma, semicolon or tab"),
    ("break_id,decision,Decision\n", .duplicateColumn, "two columns are named decision"),
    ("break_id,decision\n\(id),\"accept\n", .truncated, "cut off"),
    ("break_id,decision\r\(id),accept\r", .bareCarriageReturn, "LF or CRLF"),
    ("break_id,decision\n\(id),acc\"ept\n", .strayQuote, "quotation mark"),
    ("break_id,decision\n\u{0},accept\n", .nulByte, "NUL"),
  ])
  func aFileThatIsNoneIsRefusedAsAWhole(_ text: String, _ reason: FileRefusal.Reason, _ says: String) {
    #expect {
      try read(text)
    } throws: { error in
      guard let damage = error as? FileDamage else { return false }
      return damage.reason == reason && damage.message.contains(says)
    }
  }

  @Test func anotherCharacterSetIsRefusedWithItsLine() {
    let bytes = Array("break_id,decision,note\n\(Self.id),accept,Gr".utf8) + [0xFC, 0x0A]
    #expect {
      try read(bytes)
    } throws: { ($0 as? FileDamage)?.reason == .notUTF8 && ($0 as? FileDamage)?.line == 2 }
  }

  @Test func aFileThatIsNotThereIsRefused() {
    #expect { try DecisionSheet(path: "/nowhere/breaks.csv") } throws: { ($0 as? FileRefusal)?.reason == .unreadable }
  }
}

@Suite struct NoteTextTests {
  @Test(
    arguments: [
      ("  seen ", "seen"), ("one\r\ntwo\tthree", "one two three"), ("", nil), (" \n ", nil), ("'=SUM(A1)", "=SUM(A1)"),
      ("'tis fine", "'tis fine"), ("e\u{301}", "é"), ("👩‍💻 done", "👩‍💻 done"),
    ] as [(String, String?)])
  func aNoteIsKeptOnOneLine(_ text: String, _ kept: String?) throws {
    #expect(try NoteText.read(text) == kept)
  }

  @Test(arguments: [
    ("card 4242 4242 4242 4242", DecisionRefusal.Reason.cardNumber), ("4242\n4242\n4242\n4242", .cardNumber),
    (String(repeating: "x", count: 501), .tooLong), ("a\u{202E}b", .invalidText), ("a\u{7}b", .invalidText),
  ])
  func whatMustNotBeKeptIsRefusedUnquoted(_ text: String, _ reason: DecisionRefusal.Reason) {
    do throws(DecisionRefusal) {
      _ = try NoteText.read(text)
      Issue.record("it was kept")
    } catch {
      #expect(error.reason == reason)
      #expect(!error.detail.contains("4242"))
    }
  }
}
