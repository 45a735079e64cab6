import SettleModel

/// What statements state about themselves, compared one by one while they are read.
struct StatementTotals {
  /// In the file's order, as far as they are kept: all that are told of a file.
  private(set) var results: [ControlTotal] = []
  private var right = 0
  private var wrong = 0

  /// A file of a hundred thousand accounts has as many balances: so many right ones are listed, and so many wrong ones.
  static let kept = 1_000

  mutating func compare(
    _ figure: String, record: String, line: Int, stated: Int64, found: Int64, currency: Currency? = nil
  ) {
    let isRight = stated == found
    if isRight { right += 1 } else { wrong += 1 }
    guard (isRight ? right : wrong) <= Self.kept else { return }
    results.append(
      ControlTotal(
        line: line, record: record, currency: currency, figure: figure, stated: stated, found: found, isRight: isRight))
  }
}
