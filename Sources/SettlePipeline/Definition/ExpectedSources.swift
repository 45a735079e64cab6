import SettleModel
import SettleStore

// When a source's files are to come: `expected: daily`, or on the banking days of `reconcile.calendar`.

extension PipelineDefinition.Source {
  package struct Expectation: Sendable, Equatable {
    package enum Rhythm: String, Sendable, CaseIterable {
      case daily
      case bankingDays = "banking_days"
    }
    package var rhythm: Rhythm
    /// Whose files these are; nil for the pipeline's own processor.
    package var processor: String?
  }
}

extension YAMLPlace {
  func expectation(in keys: [String: YAMLPlace]) throws -> PipelineDefinition.Source.Expectation? {
    guard let place = keys["expected"] else {
      if let processor = keys["processor"] {
        throw processor.refusal("says whose files are expected: give expected: daily or banking_days beside it")
      }
      return nil
    }
    let rhythm = try place.choice(
      of: PipelineDefinition.Source.Expectation.Rhythm.allCases.map { ($0.rawValue, $0) })
    return .init(rhythm: rhythm, processor: try keys["processor"]?.name())
  }
}

extension PipelineDefinition {
  /// Whose files are expected on which days.
  var expectedFiles: [ExpectedFiles] {
    importing.compactMap { source in
      source.expected.map {
        ExpectedFiles(
          processor: $0.processor ?? processor,
          calendar: $0.rhythm == .daily ? BankingCalendar(.none) : reconcile.calendar)
      }
    }
  }

  /// Banking days need a calendar that has some.
  func checkExpectations(_ place: YAMLPlace) throws {
    guard reconcile.calendar == BankingCalendar(.none),
      importing.contains(where: { $0.expected?.rhythm == .bankingDays })
    else { return }
    throw place.refusal(
      "expected: banking_days needs a calendar, such as reconcile: { calendar: target2 }; or write expected: daily")
  }
}
