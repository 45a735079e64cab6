import Foundation

/// A CSV file that settle has written, cell by cell (RFC 4180).
struct OutTable: Sendable, Equatable {
  var rows: [[String]]

  init(_ data: Data) {
    rows = []
    var row: [String] = []
    var cell: [UInt8] = []
    var isQuoted = false
    // Within quotes one more may end the text, or be the first of two that stand for one.
    var wasQuote = false
    for byte in data {
      switch byte {
      case UInt8(ascii: "\"") where !isQuoted: isQuoted = true
      case UInt8(ascii: "\"") where !wasQuote: wasQuote = true
      case UInt8(ascii: "\""):
        cell.append(byte)
        wasQuote = false
      case UInt8(ascii: ",") where !isQuoted || wasQuote:
        row.append(String(decoding: cell, as: UTF8.self))
        (cell, isQuoted, wasQuote) = ([], false, false)
      case UInt8(ascii: "\r") where !isQuoted || wasQuote: break
      case UInt8(ascii: "\n") where !isQuoted || wasQuote:
        row.append(String(decoding: cell, as: UTF8.self))
        rows.append(row)
        (row, cell, isQuoted, wasQuote) = ([], [], false, false)
      default: cell.append(byte)
      }
    }
  }

  /// The table without one of its columns.
  func without(_ column: String) -> OutTable {
    guard let place = rows.first?.firstIndex(of: column) else { return self }
    var table = self
    for index in table.rows.indices where table.rows[index].count > place { table.rows[index].remove(at: place) }
    return table
  }

  /// Cells that a spreadsheet would run: they begin as a formula does, and are no number.
  var formulas: [String] {
    rows.joined().filter { cell in
      guard let first = cell.first else { return false }
      if first == "=" || first == "@" || first == "\t" || first == "\r" { return true }
      guard first == "+" || first == "-" else { return false }
      return !cell.dropFirst().allSatisfy { $0.isNumber || $0 == "." }
    }
  }
}

extension FilesOut {
  func table(_ name: String) -> OutTable? { files[name].map(OutTable.init) }
}
