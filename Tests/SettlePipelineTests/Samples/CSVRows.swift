import Foundation

/// CSV (RFC 4180) as rows by column name, read without any code of settle's: what the reports say is judged by it.
struct CSVRows {
  var rows: [[String: String]] = []

  init(_ text: String) {
    var records: [[String]] = [[]]
    var field = ""
    var quoted = false
    var scalars = Array(text.replacing("\r\n", with: "\n").unicodeScalars)[...]
    while let scalar = scalars.popFirst() {
      switch scalar {
      case "\"" where quoted && scalars.first == "\"": field.unicodeScalars.append(scalars.removeFirst())
      case "\"": quoted.toggle()
      case "," where !quoted, "\n" where !quoted:
        records[records.count - 1].append(field)
        field = ""
        if scalar == "\n" { records.append([]) }
      default: field.unicodeScalars.append(scalar)
      }
    }
    guard let header = records.first else { return }
    rows = records.dropFirst().filter { !$0.isEmpty }.map { record in
      Dictionary(zip(header, record)) { first, _ in first }
    }
  }
}

/// Decimal sums by a key, such as a currency.
typealias Sums = [String: Decimal]

extension [[String: String]] {
  /// The sum of a column by what another holds. A cell that is no number makes the sum one too: nothing is passed over.
  func sums(of amount: (Element) -> String?, by key: (Element) -> String) -> Sums {
    reduce(into: [:]) { sums, row in
      guard let text = amount(row), !text.isEmpty else { return }
      sums[key(row), default: 0] += Decimal(string: text) ?? .nan
    }
  }
}
