/// A file whose records begin with a word for their type: one type holds the rows, one names their columns, some
/// carry control totals.
struct RecordRule: Sendable {
  /// The type whose fields name the columns of the rows, their own first field included.
  var columnNames: String
  var row: String
  /// The type that begins a section; nil where there are none.
  var section: String?
  /// Types that are known and say nothing that is read.
  var ignored: [String]
  var totals: TotalsRule?

  /// What a record is, by its first field; nil for a type that the layout does not know.
  enum Role: Equatable { case columnNames, row, section, sectionTotal, fileTotal, ignored }

  func role(of record: RecordBuffer) -> Role? {
    guard record.count > 0 else { return nil }
    let type = record[0]
    func isType(_ name: String?) -> Bool { name.map { type.elementsEqual($0.utf8) } ?? false }
    if isType(row) { return .row }
    if isType(columnNames) { return .columnNames }
    if isType(section) { return .section }
    if isType(totals?.ofSection) { return .sectionTotal }
    if isType(totals?.ofFile) { return .fileTotal }
    return ignored.contains { isType($0) } ? .ignored : nil
  }
}

/// Which fields of a record hold control totals, and what they are totals of.
struct TotalsRule: Sendable {
  enum Figure: String, CaseIterable, Sendable {
    case currency
    case grossCredits = "gross_credits"
    case grossDebits = "gross_debits"
    case feeCredits = "fee_credits"
    case feeDebits = "fee_debits"
    /// A field that is not checked.
    case skipped

    /// What people call it.
    var title: String { rawValue.replacing("_", with: " ") }
  }

  /// The type with the totals of a section's rows, one record a currency; and that with those of the whole file.
  var ofSection: String?
  var ofFile: String?
  /// What the fields hold that follow the record's type, in their order. Further fields are not read.
  var figures: [Figure]
  /// Whether files differ in which of the two fee totals comes first, so that either order is right.
  var feesInEitherOrder = false
  /// Whether files differ in whether payouts are counted, so that the totals are right with and without them.
  var payoutsMayBeLeftOut = false
}
