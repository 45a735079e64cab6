import Foundation

/// How figures are written. Floating numbers here are times, rates and their ratios; no money comes this way.
enum Columns {
  static func seconds(_ seconds: Double) -> String { String(format: "%.2f", seconds) }

  /// To a tenth, and from a hundred on to one.
  static func rounded(_ number: Double) -> String {
    number < 100 ? tenths(number) : count(Int(min(number, 1e15).rounded()))
  }

  static func tenths(_ number: Double) -> String { String(format: "%.1f", number) }

  static func mebibytes(_ bytes: Int) -> String { String(format: "%.1f", Double(bytes) / 1_048_576) }

  static func mebibytes(_ bytes: Int64) -> String { mebibytes(Int(bytes)) }

  static func gibibytes(_ bytes: Int64) -> String { String(format: "%.1f", Double(bytes) / 1_073_741_824) }

  /// With a comma before each third figure.
  static func count(_ number: Int) -> String {
    let figures = Array(String(number.magnitude))
    let grouped = figures.enumerated().map { place, figure in
      place > 0 && (figures.count - place) % 3 == 0 ? ",\(figure)" : "\(figure)"
    }
    return (number < 0 ? "-" : "") + grouped.joined()
  }

  static func settings(_ settings: [String: String]) -> String {
    settings.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }.joined(separator: ", ")
  }

  /// Columns by their widest cell: so many of them to the left, and the others to the right.
  static func aligned(_ rows: [[String]], left: Int) -> String {
    let widths = rows[0].indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
    return rows.map { row in
      row.enumerated().map { column, cell in
        let blanks = String(repeating: " ", count: widths[column] - cell.count)
        return column < left ? cell + blanks : blanks + cell
      }.joined(separator: "  ") + "\n"
    }.joined()
  }
}

extension World.Summary {
  var told: String {
    """
    \(Columns.count(authorizations)) orders (\(Columns.mebibytes(authorizationBytes)) MiB) against \
    \(Columns.count(outcomes)) rows of a report (\(Columns.mebibytes(outcomeBytes)) MiB)
    """
  }
}
