/// How a layout puts an amount together that does not simply stand in a column with its sign.
enum AmountForm: Sendable, Equatable {
  /// Two columns without signs, of which one is filled.
  case pair(debit: String, credit: String)
  /// One column without a sign, and one that holds a word for debit or credit.
  case marked(mark: String, debit: String, credit: String)
  /// The sum of several columns, as far as they are filled.
  case sum

  /// Columns that the form reads beside those of its rule.
  var columns: [String] { if case .marked(let mark, _, _) = self { [mark] } else { [] } }
}

/// How many digits of an amount that is written as an integer stand behind its decimal point, where that is not the
/// currency's own number: PayPal writes 100 yen as 10000.
struct WrittenDigits: Sendable, Equatable {
  /// For every currency that is not named.
  var all: Int?
  var named: [String: Int] = [:]

  var isEmpty: Bool { all == nil && named.isEmpty }
}

/// What happens to digits of an amount that its currency does not have.
enum ExcessDigits: String, CaseIterable, Sendable {
  /// An amount that needs a guess is no amount.
  case refused
  /// The processor itself counts in fractions of the smallest unit and rounds only what it pays out.
  case rounded
}
