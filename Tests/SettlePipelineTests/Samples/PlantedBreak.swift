/// A break as the `README.md` of a sample night lists it and as `breaks.csv` tells it.
struct PlantedBreak: CustomStringConvertible {
  /// The order's reference; where nothing names one, the processor's, else the processor.
  var about: String
  var reason: String
  /// `open` or `resolved`, and after a colon why it is held back, or how it was resolved.
  var state: String

  var description: String { "\(about): \(reason), \(state)" }
  var isOpen: Bool { state.hasPrefix("open") }

  func isSameBreak(as other: PlantedBreak) -> Bool { about == other.about && reason == other.reason }

  init(row: [String: String]) {
    let names = ["order_reference", "processor_reference", "processor"].compactMap { row[$0] }
    about = names.first { !$0.isEmpty } ?? ""
    reason = row["reason"] ?? ""
    let detail = [row["resolution"], row["held_back"]].compactMap(\.self).first { !$0.isEmpty }
    state = (row["status"] ?? "") + (detail.map { ": \($0)" } ?? "")
  }

  private init(cells: [String]) {
    (about, reason, state) = (cells[0], cells[2], cells[3])
  }

  /// The rows of the tables of four columns under a heading.
  static func listed(in markdown: String, under heading: String) -> [PlantedBreak] {
    let lines = markdown.split(separator: "\n").map(String.init)
    guard let start = lines.firstIndex(of: "## \(heading)") else { return [] }
    let section = lines[(start + 1)...].prefix { !$0.hasPrefix("## ") }
    let tables = section.filter { $0.hasPrefix("| ") }.map { line in
      line.dropFirst(2).dropLast(2).split(separator: " | ", omittingEmptySubsequences: false).map(String.init)
    }
    return tables.filter { $0.count == 4 && $0[0] != "---" && $0[2] != "break" }.map(PlantedBreak.init(cells:))
  }
}
