/// A bound that settle is to hold on any machine: mostly a ratio of two times of one run. Floating numbers are times,
/// rates and their ratios.
struct Target: Codable {
  enum Bound: String, Codable {
    case atMost = "≤"
    case atLeast = "≥"
  }

  enum Verdict: String, Codable {
    case met = "met"
    case notMet = "NOT met"
    /// Its part was not run, or a peer that it needs is not installed.
    case notMeasured = "not measured"
  }

  let name: String
  let bound: Bound
  let limit: Double
  let figure: Double?
  let unit: String
  let verdict: Verdict

  /// - Parameter figure: nil where it was not measured.
  init(_ name: String, _ figure: Double?, _ bound: Bound, _ limit: Double, _ unit: String = "") {
    (self.name, self.figure, self.bound, self.limit, self.unit) = (name, figure, bound, limit, unit)
    verdict = figure.map { bound == .atMost ? $0 <= limit : $0 >= limit }.map { $0 ? .met : .notMet } ?? .notMeasured
  }

  static let header = ["target", "bound", "measured", ""]

  var row: [String] { [name, "\(bound.rawValue) \(told(limit))", figure.map(told) ?? "-", verdict.rawValue] }

  private func told(_ number: Double) -> String {
    let text = number.magnitude >= 1_000 ? Columns.count(Int(number)) : Columns.seconds(number)
    return unit.isEmpty ? "× \(text)" : "\(text) \(unit)"
  }
}
