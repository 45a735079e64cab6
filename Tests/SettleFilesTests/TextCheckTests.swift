import Testing

@testable import SettleFiles

@Suite struct TextCheckTests {
  static func damage(_ bytes: [UInt8], chunk: Int) -> TextCheck.Damage? {
    var check = TextCheck()
    do throws(TextCheck.Damage) {
      var found: TextCheck.Damage?
      inChunks(bytes, of: chunk) { piece in
        do throws(TextCheck.Damage) { try check.check(piece) } catch { found = found ?? error }
      }
      if let found { return found }
      try check.finish()
      return nil
    } catch {
      return error
    }
  }

  @Test(arguments: [
    "", "plain", "Zoë", "日本語", "😀", "\u{7FF}\u{800}\u{FFFF}\u{10000}\u{10FFFF}", "\u{D7FF}\u{E000}",
    "a long line of plain text, and then ü and 1234567890 more of it\n",
  ])
  func textPasses(_ text: String) {
    for chunk in 1...9 { #expect(Self.damage(Array(text.utf8), chunk: chunk) == nil) }
  }

  @Test(
    arguments: [
      ([0x61, 0x80], 1), ([0xC0, 0xAF], 0), ([0xC1, 0xBF], 0), ([0xE0, 0x80, 0xAF], 1), ([0xED, 0xA0, 0x80], 1),
      ([0xF0, 0x80, 0x80, 0x80], 1), ([0xF4, 0x90, 0x80, 0x80], 1), ([0xF5, 0x80], 0), ([0xFF], 0),
      ([0x61, 0x62, 0xC3], 3), ([0xE2, 0x82], 2), ([0xE2, 0x82, 0x41], 2), ([0x63, 0x61, 0x66, 0xE9, 0x0A], 4),
    ] as [([UInt8], Int)])
  func whatIsNotUTF8(_ bytes: [UInt8], _ offset: Int) {
    for before in 0...9 {
      let padded = [UInt8](repeating: UInt8(ascii: "."), count: before) + bytes
      for chunk in [1, 2, 3, 8, 100] {
        #expect(Self.damage(padded, chunk: chunk) == TextCheck.Damage(offset: before + offset, reason: .notUTF8))
      }
    }
  }

  @Test func nulsAreFoundWhereverTheyStand() {
    for place in 0..<40 {
      var bytes = [UInt8](repeating: UInt8(ascii: "."), count: 40)
      bytes[place] = 0
      #expect(Self.damage(bytes, chunk: 100) == TextCheck.Damage(offset: place, reason: .nulByte))
    }
  }

  @Test func agreesWithTheStandardLibrary() {
    var random = SeededGenerator(seed: 9)
    let pieces: [[UInt8]] = [
      [0x41], [0xC2], [0xE0], [0xED], [0xF0], [0xF4], [0x80], [0x9F], [0xA0], [0xBF], [0xC3, 0xA9], [0xE2, 0x82, 0xAC],
      [0xF0, 0x9F, 0x98, 0x80],
    ]
    for _ in 0..<20_000 {
      let bytes = (0..<5).flatMap { _ in pieces.randomElement(using: &random) ?? [] }
      #expect((Self.damage(bytes, chunk: 3) == nil) == (String(validating: bytes, as: UTF8.self) != nil), "\(bytes)")
    }
  }
}
