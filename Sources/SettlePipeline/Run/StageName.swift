/// The stages of a run, in their order. The raw value is the same word in YAML, commands, journal, logs and documents.
package enum StageName: String, Sendable, CaseIterable, Comparable, CustomStringConvertible {
  case ingest
  case charge
  case importing = "import"
  case reconcile
  case refund
  case report

  package var description: String { rawValue }

  package static func < (left: StageName, right: StageName) -> Bool {
    guard let first = allCases.firstIndex(of: left), let second = allCases.firstIndex(of: right) else { return false }
    return first < second
  }
}
