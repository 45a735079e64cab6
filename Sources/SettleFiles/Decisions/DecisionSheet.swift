import Crypto
import SettleModel

/// A `breaks.csv` that came back from a spreadsheet: its rows as text, by the columns that settle knows.
///
/// Columns stand in any order; those that settle does not know are left alone, and of those that it does only
/// `break_id` and `decision` are needed. The separator (comma, semicolon or tab) is the one under which the header has
/// both; UTF-8 with or without a mark and Excel's "Unicode text" (UTF-16 with a mark) are read.
package struct DecisionSheet: Sendable {
  /// A column of `breaks.csv` that matters to a decision.
  package enum Column: String, Sendable, CaseIterable {
    case breakID = "break_id"
    case decision, note, reason, status
    case paymentID = "payment_id"
    case orderReference = "order_reference"
    case expected = "expected_amount"
    case reported = "reported_amount"
    case delta, currency
    case reportedCurrency = "reported_currency"
    case firstSeen = "first_seen"
    case heldBack = "held_back"
  }

  package struct Row: Sendable, Equatable {
    /// The physical line where it starts.
    package var line: Int
    /// The texts of the columns that the file has, without blanks around them; empty where nothing stands.
    package var cells: [Column: String]
    /// Something stands to the right of the last column, or a cell is longer than settle reads.
    package var isMisshapen = false

    /// A row as a test writes it.
    package init(line: Int, cells: [Column: String]) {
      self.line = line
      self.cells = cells
    }

    package subscript(column: Column) -> String? { cells[column] }
  }

  /// Without its folder.
  package var name: String
  package var sha256: String
  /// Rows that hold nothing at all are left out.
  package var rows: [Row]

  /// More than this is no list of breaks that a person has gone through.
  static let mostBytes = 64 << 20

  package init(name: String, sha256: String, rows: [Row]) {
    self.name = name
    self.sha256 = sha256
    self.rows = rows
  }

  /// Reads a file. Throws ``FileRefusal`` where it cannot be read as a whole.
  package init(path: String) throws {
    do {
      var bytes: [UInt8] = []
      try FileBytes.read(path) { chunk in
        guard bytes.count + chunk.count <= Self.mostBytes else {
          throw FileDamage(.unreadable, "the file is larger than 64 MiB; give only the rows that are decided")
        }
        bytes.append(contentsOf: chunk)
      }
      let name = path.split(separator: "/").last.map(String.init) ?? path
      try self.init(bytes: bytes, name: name, sha256: SHA256.hash(data: bytes).hexadecimal)
    } catch let damage as FileDamage {
      throw FileRefusal(path: path, line: damage.line, reason: damage.reason, message: damage.message)
    }
  }

  init(bytes: [UInt8], name: String, sha256: String) throws {
    let text = try SheetText(bytes)
    let plan = try HeaderPlan(text)
    var rows: [Row] = []
    try text.records(separator: plan.separator) { record in
      if record.line > plan.line, let row = plan.row(of: record) { rows.append(row) }
    }
    self.init(name: name, sha256: sha256, rows: rows)
  }
}

/// Which of the file's columns is which.
private struct HeaderPlan {
  let separator: UInt8
  let line: Int
  /// By place.
  private var columns: [Int: DecisionSheet.Column] = [:]
  private var count = 0

  private static let separators = [UInt8(ascii: ","), UInt8(ascii: ";"), UInt8(ascii: "\t")]

  init(_ text: SheetText) throws {
    let headers = try Self.separators.compactMap { separator in
      try text.header(separator: separator).map { (separator, $0.line, $0.texts.map(Self.normalised)) }
    }
    let wanted: [DecisionSheet.Column] = [.breakID, .decision]
    let complete = headers.first { header in wanted.allSatisfy { header.2.contains($0.rawValue) } }
    guard let (separator, line, names) = complete else { throw Self.missing(wanted, in: headers.map(\.2)) }
    self.separator = separator
    self.line = line
    count = names.count
    for (place, name) in names.enumerated() {
      guard let column = DecisionSheet.Column(rawValue: name) else { continue }
      guard !columns.values.contains(column) else {
        throw FileDamage(.duplicateColumn, line: line, "two columns are named \(column.rawValue); delete one of them")
      }
      columns[place] = column
    }
  }

  private static func normalised(_ name: String) -> String { name.trimmedForSheet.lowercased() }

  private static func missing(_ wanted: [DecisionSheet.Column], in headers: [[String]]) -> FileDamage {
    guard let names = headers.max(by: { $0.count < $1.count }) else {
      return FileDamage(.empty, "the file is empty, without even a header; give the breaks.csv that was edited")
    }
    let column = wanted.first { !names.contains($0.rawValue) } ?? .breakID
    let isNear = names.contains { !$0.isEmpty && NearestName.suggestion(for: $0, among: [column.rawValue]) != nil }
    let hint = isNear ? "; a column is named nearly so: put its name right" : ""
    return FileDamage(
      .missingColumn, line: 1,
      "the header has no column \(column.rawValue), under comma, semicolon or tab: give a breaks.csv of settle's, saved"
        + " as CSV with its first row\(hint)")
  }

  /// Nil for a row of nothing.
  func row(of record: RecordBuffer) -> DecisionSheet.Row? {
    var cells: [DecisionSheet.Column: String] = [:]
    var isEmpty = true
    var isMisshapen = record.tooLong != nil
    for (place, text) in record.texts.enumerated() {
      let text = text.trimmedForSheet
      if !text.isEmpty { isEmpty = false }
      if place >= count, !text.isEmpty { isMisshapen = true }
      if let column = columns[place] { cells[column] = text }
    }
    guard !isEmpty || isMisshapen else { return nil }
    for column in columns.values where cells[column] == nil { cells[column] = "" }
    var row = DecisionSheet.Row(line: record.line, cells: cells)
    row.isMisshapen = isMisshapen
    return row
  }
}

extension String {
  /// Without blanks at its ends, also those that spreadsheets put in to group digits.
  package var trimmedForSheet: String {
    var text = self[...]
    while let first = text.first, first.isWhitespace { text.removeFirst() }
    while let last = text.last, last.isWhitespace { text.removeLast() }
    return String(text)
  }
}
