/// Rows with aligned columns, for people.
struct Table {
  enum Alignment { case left, right }

  struct Column {
    var title: String
    var alignment: Alignment

    static func left(_ title: String) -> Column { Column(title: title, alignment: .left) }
    static func right(_ title: String) -> Column { Column(title: title, alignment: .right) }
  }

  struct Cell: ExpressibleByStringInterpolation {
    var text: String
    var tint: Style.Tint?

    init(_ text: String, _ tint: Style.Tint? = nil) {
      self.text = text.printable
      self.tint = tint
    }

    init(stringLiteral value: String) { self.init(value) }
  }

  let columns: [Column]
  private(set) var rows: [[Cell]] = []

  init(_ columns: [Column]) { self.columns = columns }

  mutating func add(_ cells: Cell...) { rows.append(cells) }

  /// The lines, without blanks at their ends. A column that no row fills is left out.
  func lines(_ style: Style, indentation: Int = 0) -> [String] {
    let filled = columns.indices.filter { column in rows.contains { $0.count > column && !$0[column].text.isEmpty } }
    let titles = columns.map { Cell($0.title, .dim) }
    let shown = columns.allSatisfy { $0.title.isEmpty } ? rows : [titles] + rows
    let widths = filled.map { column in
      shown.map { $0.count > column ? $0[column].text.unicodeScalars.count : 0 }.max() ?? 0
    }
    return shown.map { row in
      var line = String(repeating: " ", count: indentation)
      var trailing = 0
      for (place, column) in filled.enumerated() {
        let cell = row.count > column ? row[column] : Cell("")
        let blanks = widths[place] - cell.text.unicodeScalars.count
        let before = (place > 0 ? 2 : 0) + (columns[column].alignment == .right ? blanks : 0)
        if !cell.text.isEmpty {
          line += String(repeating: " ", count: trailing + before) + style(cell.text, cell.tint)
          trailing = columns[column].alignment == .left ? blanks : 0
        } else {
          trailing += before + (columns[column].alignment == .left ? blanks : 0)
        }
      }
      return line
    }
  }
}
