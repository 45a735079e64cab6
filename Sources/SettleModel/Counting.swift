extension BinaryInteger {
  /// With a comma between thousands.
  package var grouped: String {
    let figures = String(magnitude)
    var text = ""
    for (index, figure) in figures.enumerated() {
      if index > 0, (figures.count - index) % 3 == 0 { text += "," }
      text.append(figure)
    }
    return (self < 0 ? "-" : "") + text
  }

  /// So many of something: `1 payment`, `1,234 payments`.
  package func of(_ one: String, _ many: String) -> String { "\(grouped) \(self == 1 ? one : many)" }

  /// So many as a stage's count tells them, whose name speaks of many: `rows_read` is `1 row read` or `3 rows read`.
  package func of(countNamed name: String) -> String {
    let words = (countsInFull[name] ?? name).split(separator: "_").map { self == 1 ? $0.ofOne : String($0) }
    return ([grouped] + words).joined(separator: " ")
  }
}

/// What is counted, where a count's name alone leaves that open.
private let countsInFull = ["canceled": "processor_payments_canceled_after_the_last_decline"]

extension Substring {
  /// The word for one of them, as far as the names of counts need it.
  fileprivate var ofOne: String {
    for (ending, replacement) in [("ies", "y"), ("ches", "ch"), ("ss", "ss"), ("us", "us"), ("s", "")]
    where hasSuffix(ending) { return dropLast(ending.count) + replacement }
    return String(self)
  }
}
