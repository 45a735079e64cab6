package import SettleModel

/// A figure that a file states about its own rows, beside what its rows come to.
package struct ControlTotal: Sendable, Equatable {
  /// The physical line of the record that states it; nil where such a record is missing.
  package var line: Int?
  /// The type of that record, such as `SF`.
  package var record: String
  /// Nil where records are counted, or amounts of any currency are summed.
  package var currency: Currency?
  /// What is counted, such as `fee credits`.
  package var figure: String
  /// Minor units as stated; nil where the record is missing or its field is no amount.
  package var stated: Int64?
  /// Minor units that the rows come to.
  package var found: Int64
  package var isRight: Bool

  package init(
    line: Int?, record: String, currency: Currency?, figure: String, stated: Int64?, found: Int64, isRight: Bool
  ) {
    self.line = line
    self.record = record
    self.currency = currency
    self.figure = figure
    self.stated = stated
    self.found = found
    self.isRight = isRight
  }

  /// An amount in decimal major units, a count as it is; a number that may be a card's is not shown.
  package func text(_ value: Int64) -> String {
    currency.map { Money(minor: value, currency: $0).major } ?? StatementText.masked(String(value))
  }

  /// `line 9: SF AUD fee credits are stated as 6.00 and come to 0.00, 6.00 less`.
  package var description: String {
    let place = line.map { "line \($0): " } ?? ""
    let subject = currency.map { "\(record) \($0) \(figure)" } ?? "\(record) \(figure)"
    let sum = text(found)
    guard let stated else {
      return line == nil
        ? "there is no \(record)\(currency.map { " for \($0)" } ?? ""), whose \(figure) come to \(sum)"
        : "\(place)\(subject) are no amount, and come to \(sum)"
    }
    guard !isRight else { return "\(place)\(subject) are \(text(stated))" }
    let (apart, overflow) = found.subtractingReportingOverflow(stated)
    let difference = overflow || apart == .min ? "" : ", \(text(abs(apart))) \(apart < 0 ? "less" : "more")"
    return "\(place)\(subject) are stated as \(text(stated)) and come to \(sum)\(difference)"
  }
}
