import SettleModel
import SettleStore

// When a source's files are to come: `expected: daily`, or on the banking days of `reconcile.calendar`.

extension PipelineDefinition.Source {
  package enum Expectation: String, Sendable, CaseIterable {
    case daily
    case bankingDays = "banking_days"
  }
}

extension YAMLPlace {
  func expectation() throws -> PipelineDefinition.Source.Expectation {
    try choice(of: PipelineDefinition.Source.Expectation.allCases.map { ($0.rawValue, $0) })
  }
}

extension PipelineDefinition {
  /// Whose files are expected on which days.
  var expectedFiles: [ExpectedFiles] {
    importing.compactMap { source in
      source.expected.map {
        ExpectedFiles(
          processor: source.processor ?? processor,
          calendar: $0 == .daily ? BankingCalendar(.none) : reconcile.calendar)
      }
    }
  }

  /// Banking days need a calendar that has some.
  func checkExpectations(_ place: YAMLPlace) throws {
    guard reconcile.calendar == BankingCalendar(.none),
      importing.contains(where: { $0.expected == .bankingDays })
    else { return }
    throw place.refusal(
      "expected: banking_days needs a calendar, such as reconcile: { calendar: target2 }; or write expected: daily")
  }
}
