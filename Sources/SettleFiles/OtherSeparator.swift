import SettleModel

/// A file that is none of the layouts' because another mark than theirs separates its columns: spreadsheets write what
/// is usual in their country.
struct OtherSeparator {
  /// What is wrong and what to do about it.
  let message: String

  private static let marks = Array(",;\t|".utf8)

  /// Nil where the mark is not what is wrong.
  init?(_ head: FileHead, _ layouts: [Layout]) {
    let tables = layouts.filter { layout in
      layout.format == .csv && layout.records == nil && Self.columns(head, layout).count <= 1
    }
    for layout in tables {
      for mark in Self.marks where layout.lack(in: Self.columns(head, layout, mark)) == nil {
        message =
          "the columns are those of \(layout.name), but \(Self.name(mark)) separates them and not"
          + " \(Self.name(layout.separator)); \(Self.remedy(mark, "extends it", layout.unit)), or export the file with"
          + " \(Self.name(layout.separator))"
        return
      }
    }
    let known = Set(tables.map(\.separator))
    guard let layout = tables.first,
      let mark = Self.marks.first(where: { !known.contains($0) && Self.columns(head, layout, $0).count > 1 })
    else { return nil }
    let wanted = known.sorted().map(Self.name).joined(separator: " or ")
    let whose = layouts.count == 1 ? layout.name : "the layouts that settle knows"
    message =
      "\(Self.name(mark)) separates the columns of this file, and \(wanted) those of \(whose);"
      + " \(Self.remedy(mark, "names its columns", .major)), or export the file with \(wanted)"
  }

  private static func columns(_ head: FileHead, _ layout: Layout, _ mark: UInt8? = nil) -> [String] {
    var layout = layout
    layout.separator = mark ?? layout.separator
    return (try? head.header(of: layout))?.columns ?? []
  }

  private static func remedy(_ mark: UInt8, _ does: String, _ unit: Layout.Unit) -> String {
    let word = mark == UInt8(ascii: "\t") ? "tab" : "\"\(Character(Unicode.Scalar(mark)))\""
    let decimal = unit == .major ? " (and decimal: \",\" where its amounts are written 12,34)" : ""
    return "write a layout that \(does) with separator: \(word)\(decimal)"
  }

  private static func name(_ mark: UInt8) -> String {
    switch mark {
    case UInt8(ascii: ","): "a comma"
    case UInt8(ascii: ";"): "a semicolon"
    case UInt8(ascii: "\t"): "a tab"
    default: "\"\(Character(Unicode.Scalar(mark)))\""
    }
  }
}
