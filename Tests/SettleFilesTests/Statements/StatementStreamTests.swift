import Foundation
import SettleModel
import Testing

@testable import SettleFiles

@Suite struct StatementStreamTests {
  @Test(arguments: StatementFiles.all.indices) func eachIsRecognisedByItsContent(_ index: Int) throws {
    let (name, text) = StatementFiles.all[index]
    let file = try TestFile(text).examine()
    #expect(file.layout.name == name)
    #expect(file.layout.kind == .statement)
    #expect(file.endsWithNewline)
    let rows = try file.rows
    let statements = rows.compactMap(\.statement)
    let sum = rows.compactMap(\.bankLine).map(\.amount.minor).reduce(0, +)
    #expect(statements.first?.opening == (try money(1000, "EUR")))
    #expect(statements.last?.closing == (try money(1225, "EUR")))
    #expect(sum == 225)
    #expect(statements.map(\.entries).reduce(0, +) == 2)
    #expect(Set(rows.compactMap(\.bankLine).map(\.account)) == ["A-1"])
    // A statement comes after its lines.
    #expect(rows.last?.statement != nil)
  }

  @Test(arguments: StatementFiles.all.indices, [1, 2, 3, 7, 64, 1_000]) func chunksOfAnySizeReadAsOne(
    _ index: Int, _ size: Int
  ) throws {
    let (name, text) = StatementFiles.all[index]
    #expect(try StatementFiles.rows(text, layout: name, chunks: size) == (try rows(text)))
  }

  /// A cut file is refused, unless nothing is lost by the cut: MT940 ends anywhere between messages, and a CSV has no
  /// end of its own. What is taken are whole statements, or of a CSV the first rows.
  @Test(arguments: StatementFiles.all.indices) func cutAtEveryByte(_ index: Int) throws {
    let (name, text) = StatementFiles.all[index]
    let complete = try rows(text)
    var refused = 0
    for length in 0..<text.utf8.count {
      let file = try TestFile(text.utf8.prefix(length))
      do {
        let cut = try file.rows()
        switch name {
        case "camt053", "bai2": #expect(cut == complete, "\(length) bytes")
        case "mt940":
          #expect(Array(complete.prefix(cut.count)) == cut, "\(length) bytes")
          #expect(cut.last?.statement != nil, "\(length) bytes")
        default:
          let lines = cut.compactMap(\.bankLine)
          #expect(Array(complete.compactMap(\.bankLine).prefix(lines.count)) == lines, "\(length) bytes")
        }
      } catch is FileRefusal {
        refused += 1
      }
    }
    #expect(refused > text.utf8.count * (name == "bank-csv" ? 3 : 9) / 10)
  }

  /// Damaged bytes anywhere: each file is refused or read to its end, what is taken adds up, and nothing of what the
  /// file holds is repeated in a refusal.
  @Test(arguments: 0..<UInt64(6)) func damagedFilesAreRefusedOrAddUp(_ seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    let hostile: [[UInt8]] = [
      [0], [0xFF], [0x0D], [0x0A], [0x22], [0x2C], [0x2F], [0x3A], [0x3C], [0x26], [0xC3], [0xE2, 0x80, 0xAE],
      Array("4242424242424242".utf8), Array("99999999999999999999".utf8), Array("\r\n".utf8),
      Array("<!DOCTYPE a>".utf8),
      Array("-".utf8), Array(":61:".utf8), Array("88,".utf8),
    ]
    for (name, text) in StatementFiles.all {
      for _ in 0..<80 {
        var bytes = Array(text.replacing("A-1", with: "secret-1").utf8)
        for _ in 0..<Int.random(in: 1...3, using: &random) {
          let place = Int.random(in: 0..<bytes.count, using: &random)
          let length = Bool.random(using: &random) ? 0 : 1
          bytes.replaceSubrange(place..<place + length, with: hostile.randomElement(using: &random) ?? [])
        }
        let file = try TestFile(bytes)
        do {
          let rows = try file.rows()
          for statement in rows.compactMap(\.statement) {
            let lines = rows.compactMap(\.bankLine).filter {
              $0.statement == statement.id && $0.account == statement.account
                && $0.amount.currency == statement.currency
            }
            #expect(statement.opening.minor + lines.map(\.amount.minor).reduce(0, +) == statement.closing.minor)
          }
          for line in rows.compactMap(\.bankLine) { #expect(line.text?.contains("4242424242424242") != true) }
        } catch let refusal as FileRefusal {
          // Unknown columns are told by their names.
          #expect(name == "bank-csv" || !refusal.message.contains("secret"), "\(refusal.message)")
          #expect(!refusal.message.contains("4242424242424242"), "\(refusal.message)")
          #expect(refusal.sha256 != nil)
        }
      }
    }
  }

  /// More than one chunk of a real file, and lines that are still right at its end.
  @Test func manyEntries() throws {
    let count = 6_000
    let entry = """
      <Ntry><Amt Ccy="EUR">1.00</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts>BOOK</Sts>
      <BookgDt><Dt>2026-11-20</Dt></BookgDt></Ntry>

      """
    let parts = StatementFiles.camt.split(separator: "<Ntry>", maxSplits: 1)
    let head = parts[0].replacing("12.25", with: "\(10 + count).00")
    let file = try TestFile(
      head + String(repeating: entry, count: count) + "</Stmt></BkToCstmrStmt></Document>\n"
    ).examine()
    #expect(file.bytes > 2 * FileBytes.chunk)
    let rows = try file.rows
    #expect(rows.count == count + 1)
    #expect(rows.prefix(count).map(\.line) == (0..<count).map { 6 + 2 * $0 })
    #expect(rows.last?.statement?.entries == count)
  }

  @Test(arguments: StatementFiles.all.indices) func aFileThatChanges(_ index: Int) throws {
    let text = StatementFiles.all[index].text
    for later in [text.replacing("A-1", with: "A-2"), String(text.prefix(text.count / 2)), ""] {
      let file = try TestFile(text)
      let examined = try file.examine()
      try Data(later.utf8).write(to: URL(fileURLWithPath: file.path))
      let refusal = try #require(throws: FileRefusal.self) { try examined.forEachRow { _ in } }
      #expect(refusal.reason == .changed)
    }
  }

  @Test func whatTheReceiverThrowsEndsTheReading() throws {
    struct Full: Error {}
    for (_, text) in StatementFiles.all {
      let file = try TestFile(text).examine()
      #expect(throws: Full.self) { try file.forEachRow { _ in throw Full() } }
    }
  }

  @Test func everyTotalIsListed() throws {
    let file = try InputFile.inspect(
      path: try TestFile(StatementFiles.bai2.replacing("16,165,300", with: "16,165,301").utf8).path,
      catalogue: shippedLayouts)
    #expect(
      file.controlTotals.map(\.description) == [
        "line 7: 49 amounts of the account in line 3 are stated as 2600 and come to 2601, 1 more",
        "line 7: 49 records of the account in line 3 are 5",
        "line 3: 015 EUR opening balance and entries of statement 2026-11-20 are stated as 12.25 and come to 12.26, 0.01 more",
        "line 8: 98 amounts of the group in line 2 are stated as 2600 and come to 2601, 1 more",
        "line 8: 98 accounts of the group in line 2 are 1", "line 8: 98 records of the group in line 2 are 7",
        "line 9: 99 amounts of the file are stated as 2600 and come to 2601, 1 more",
        "line 9: 99 groups of the file are 1",
        "line 9: 99 records of the file are 9",
      ])
    #expect(file.refusalOfTotals?.reason == .controlTotals)
    #expect(file.refusalOfTotals?.line == 7)
    #expect(try FileSummary(file).accepted == 3)
  }

  @Test func aStatementNamedByAnotherLayout() throws {
    let refusal = try #require(try refusal(StatementFiles.mt940.utf8, layout: "camt053"))
    #expect(
      refusal.description
        == "input.csv:1: the file is not XML (camt.053), as camt053 is; name the layout that it has, or auto")
  }
}
