/// A bound that settle is to hold on any machine: mostly a ratio of two times of one run. Floating numbers are times,
/// rates and their ratios.
struct Target: Codable {
  enum Bound: String, Codable {
    case atMost = "≤"
    case atLeast = "≥"
  }

  var name: String
  var bound: Bound
  var limit: Double
  var figure: Double
  var unit = ""

  var isMet: Bool { bound == .atMost ? figure <= limit : figure >= limit }

  init(_ name: String, _ figure: Double, _ bound: Bound, _ limit: Double, _ unit: String = "") {
    (self.name, self.figure, self.bound, self.limit, self.unit) = (name, figure, bound, limit, unit)
  }

  static let header = ["target", "bound", "measured", ""]

  var row: [String] {
    [name, "\(bound.rawValue) \(told(limit))", told(figure), isMet ? "met" : "NOT met"]
  }

  private func told(_ number: Double) -> String {
    let text = number.magnitude >= 1_000 ? "\(Int(number))" : Columns.seconds(number)
    return unit.isEmpty ? "× \(text)" : "\(text) \(unit)"
  }
}
