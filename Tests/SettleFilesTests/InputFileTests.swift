import Foundation
import SettleModel
import Testing

@testable import SettleFiles

@Suite struct InputFileTests {
  @Test(arguments: [
    "order_id,amount,currency\nA,1,USD\n", "\u{FEFF}order_id,amount,currency\r\nA,1,USD\r\n",
    "order_id,amount,currency\nA,1,USD", "\n\norder_id,amount,currency\n\nA,1,USD\n\n",
    "\"order_id\",\"amount\",\"currency\"\n\"A\",\"1\",\"USD\"\n", "amount,order_id,currency\r\n1,A,USD",
  ])
  func everyAcceptedSpelling(_ text: String) throws {
    let row = try #require(try rows(text).first?.authorization)
    #expect(row.orderReference == "A")
    #expect(row.amount == (try money(1, "USD")))
  }

  @Test func aFileIsKnownByItsBytes() throws {
    let text = "order_id,amount,currency\nA,1,USD\n"
    let file = try TestFile(text).examine()
    #expect(file.sha256 == "6d1d55de43ff691bc12257843e5c70d0cacd2a320d19587863aef058fa781357")
    #expect(file.bytes == text.utf8.count)
    #expect(file.name == "input.csv")
    #expect(file.endsWithNewline)
    let cut = try TestFile(String(text.dropLast())).examine()
    #expect(!cut.endsWithNewline)
    #expect(cut.sha256 != file.sha256)
    #expect(try InputFile.sha256(of: TestFile(text).path) == file.sha256)
  }

  @Test func aHeaderAloneIsAFileWithoutRows() throws {
    #expect(try rows("order_id,amount,currency\n").isEmpty)
    #expect(try rows("order_id,amount,currency").isEmpty)
  }

  @Test func manyChunksReadAsOne() throws {
    let filler = String(repeating: "x", count: 200)
    var text = "order_id,amount,currency,payment_method\r\n"
    for index in 1...5_000 { text += "\"\(index)\n\",\(index),USD,\"\(filler)\"\r\nA\(index),\(index),USD,\r\n" }
    let all = try rows(text)
    #expect(all.count == 10_000)
    // Each turn of the loop takes three lines, of which its first record takes two.
    let expected = (0..<5_000).flatMap { turn -> [Int] in [3 * turn + 2, 3 * turn + 4] }
    #expect(all.map(\.line) == expected)
    #expect(all[0].quarantined?.reason == .invalidText)
    #expect(all[9_999].authorization?.amount.minor == 5_000)
  }

  @Test func aHugeFieldIsRefusedWithItsRowAlone() throws {
    let huge = String(repeating: "x", count: 10_000_000)
    let all = try rows("order_id,amount,currency\nA,1,USD\n\(huge),1,USD\nB,\"\(huge)\",USD\nC,1,USD\n")
    #expect(all.map(\.line) == [2, 3, 4, 5])
    #expect(all[1].quarantined?.reason == .tooLong)
    #expect(all[1].quarantined?.field == "order_id")
    #expect(all[2].quarantined?.field == "amount")
    #expect(all[3].authorization?.orderReference == "C")
  }

  @Test func whatTheReceiverThrowsEndsTheReading() throws {
    struct Full: Error {}
    let file = try TestFile("order_id,amount,currency\nA,1,USD\nB,1,USD\n").examine()
    var seen = 0
    #expect(throws: Full.self) {
      try file.forEachRow { _ in
        seen += 1
        throw Full()
      }
    }
    #expect(seen == 1)
  }

  static func carts(_ ids: [String]) -> String {
    ids.map { "{\"cartId\":\"\($0)\",\"amount\":12,\"currency\":\"USD\"}\n" }.joined()
  }

  /// Files as they come, each cut after every one of its bytes.
  static let whole: [(name: String, text: String)] = [
    (
      "authorizations",
      "order_id,amount,currency,payment_method\nA1,1250,USD,pm_card_visa\n\"B,\"\"2\"\"\",7,JPY,pm_1\n\nC3,99,KWD,é\n"
    ),
    ("quoted", "\u{FEFF}\"order_id\",\"amount\",\"currency\"\r\n\"A\",\"1\",\"USD\"\r\n\"B\",\"250\",\"EUR\"\r\n"),
    (
      "outcomes",
      "event,order_id,amount,currency,occurred_at\npayment-succeeded,A1,1250,USD,2026-11-20T08:05:00Z\n"
        + "payment-succeeded,B2,7,JPY,2026-11-20T08:05:00Z\n"
    ),
    ("amount last", "currency,order_id,amount\nUSD,A1,1250\nUSD,A2,990\n"),
    ("order last", "currency,amount,order_id\nUSD,1250,A-1001\nUSD,990,A-1002\n"),
    ("json", carts(["550e8400-e29b-41d4-a716-446655440000", "16fd2706-8baf-433b-82eb-8c7fada847da"])),
  ]

  /// A cut file is refused, or gives the first rows of the whole one. Only its last row may differ, where the cut
  /// falls inside that row's last field: it is quarantined, or tells the same money with another card's token.
  @Test(arguments: whole.indices)
  func cutAtEveryByte(_ index: Int) throws {
    let text = Self.whole[index].text
    let complete = try rows(text)
    #expect(complete.allSatisfy { $0.quarantined == nil })
    var refused = 0
    for length in 0..<text.utf8.count {
      let file = try TestFile(text.utf8.prefix(length))
      do {
        let examined = try file.examine()
        let cut = try examined.rows
        if !examined.endsWithNewline, let last = cut.last, last.quarantined == nil {
          let place = cut.count - 1
          #expect(last.authorization?.amount == complete[place].authorization?.amount, "\(length) bytes")
          #expect(last.authorization?.orderReference == complete[place].authorization?.orderReference)
        }
        let sure = examined.endsWithNewline ? cut : Array(cut.dropLast())
        #expect(Array(complete.prefix(sure.count)) == sure, "\(length) bytes")
        #expect(cut.count <= complete.count)
      } catch is FileRefusal {
        refused += 1
      }
    }
    #expect(refused > text.utf8.count / 3)
  }

  /// Damaged bytes anywhere: each file is refused or read to its end, and nothing of what it holds is repeated.
  @Test(arguments: 0..<UInt64(8))
  func damagedFilesAreRefusedOrRead(_ seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    let hostile: [[UInt8]] = [
      [0], [0xFF], [0x0D], [0x0A], [0x22], [0x2C], [0x7B], [0x5C], [0xC3], [0xE2, 0x80, 0xAE], Array("=1+1".utf8),
      Array("4242424242424242".utf8), Array("9999999999999999999".utf8), Array("\r\n".utf8), Array("\"\"".utf8),
    ]
    for (_, text) in Self.whole {
      for _ in 0..<60 {
        var bytes = Array(text.replacing("A1", with: "secret-1").utf8)
        for _ in 0..<Int.random(in: 1...3, using: &random) {
          let place = Int.random(in: 0..<bytes.count, using: &random)
          let length = Bool.random(using: &random) ? 0 : 1
          bytes.replaceSubrange(place..<place + length, with: hostile.randomElement(using: &random) ?? [])
        }
        let file = try TestFile(bytes)
        do {
          for row in try file.rows() {
            guard let refused = row.quarantined else { continue }
            #expect(!refused.detail.contains("secret") && !refused.detail.contains("4242"))
          }
        } catch let refusal as FileRefusal {
          #expect(!refusal.message.contains("secret-1,") && !refusal.message.contains("4242"))
          #expect(refusal.sha256 != nil)
        }
      }
    }
  }
}
