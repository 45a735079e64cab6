/// What may come beside a whole file, under other names: parts of it, copies of it, its rows in another order.
enum FileVariants {
  struct Variant: Sendable {
    var bytes: [UInt8]
    /// Whether it is read before the whole file, or after it.
    var comesFirst: Bool
    /// For the names of files and for what is said of them.
    var word: String
  }

  /// The file cut after each of its bytes, from one byte to all but one.
  static func cuts(of file: SampleFile, _ random: inout SeededRandom) -> [Variant] {
    let whole = Array(file.text.utf8)
    return (1..<whole.count).map { length in
      Variant(bytes: Array(whole[..<length]), comesFirst: Bool.random(using: &random), word: "cut-\(length)")
    }
  }

  /// Copies, other orders, and windows that overlap.
  static func relatives(of file: SampleFile, _ random: inout SeededRandom) -> [Variant] {
    var texts = [("copy", file.text), ("copy-too", file.text)]
    for number in 0..<4 { texts.append(("reordered-\(number)", file.text(of: file.rows.shuffled(using: &random)))) }
    texts.append(("reversed", file.text(of: file.rows.reversed())))
    for start in file.rows.indices {
      for end in start..<file.rows.count {
        texts.append(("rows-\(start)-\(end)", file.text(of: Array(file.rows[start...end]))))
      }
    }
    return texts.map { word, text in
      Variant(bytes: Array(text.utf8), comesFirst: Bool.random(using: &random), word: word)
    }
  }
}
