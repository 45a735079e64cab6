/// Files that are no files of ours at all, and must be refused as a whole without a word of what they hold.
enum PoisonFiles {
  static func all(_ cards: TestCards, _ random: inout SeededRandom) -> [(name: String, bytes: [UInt8])] {
    let header = Array("order_id,amount,currency\n".utf8)
    let card = Array(cards.written(&random).utf8)
    let row = Array("A-1,100,USD\n".utf8)
    func file(_ name: String, _ parts: [UInt8]...) -> (name: String, bytes: [UInt8]) {
      ("poison-\(name).csv", parts.flatMap { $0 })
    }
    return [
      file("nul", header, card, [0], row), file("late-nul", header, row, row, row, [0]),
      file("not-utf8", header, card, [0xC3, 0x28], row), file("overlong", header, [0xC0, 0xAF], row),
      file("surrogate", header, [0xED, 0xA0, 0x80], row), file("utf16", [0xFF, 0xFE], header),
      file("bare-returns", Array("order_id,amount,currency\rA-1,100,USD\rA-2,100,USD\r".utf8)),
      file("open-quote", header, Array("\"A-1,100,USD\n".utf8), card),
      file("stray-quote", header, Array("A\"1,100,USD\n".utf8)),
      file("card-in-header", Array("order_id,amount,currency,".utf8), card, Array("\n".utf8), row),
      file("cut-row", header, row, Array("A-2,1".utf8)), file("empty"), file("mark-alone", [0xEF, 0xBB, 0xBF]),
      file("card-alone", card), file("unknown", Array("first,second\n".utf8), card, Array(",2\n".utf8)),
      file("binary", (0..<4_096).map { _ in UInt8.random(in: 0...255, using: &random) }),
    ]
  }
}
