import Postgres
import SettleFiles
import SettleModel
import SettleStore

/// Which stages still run after one has failed. Failures stay small: what does not depend on the failed part goes on.
enum StageOrder {
  static let afterRefusedOutcomes =
    "left out, because an outcome file was refused: it may explain what would be refunded"
  static let databaseIsAway = "left out, because the database cannot be reached"

  /// Why a stage is left out, or nil where it runs.
  static func reasonToSkip(_ stage: StageName, after results: [StageResult]) -> String? {
    if results.contains(where: \.isSuperseded) { return "left out, because another run has taken over" }
    for result in results where result.database != nil {
      if result.database == .damaged { return "left out, because the database cannot read or write its own files" }
      if result.status == .skipped { return databaseIsAway }
    }
    for result in results where result.status == .failed {
      let asksProcessor = result.stage == .charge || result.stage == .refund
      switch result.exitStatus {
      case .defect:
        return "left out, because \(result.stage) failed"
      case .configuration where !asksProcessor:
        return "left out, because \(result.stage) failed"
      case .unavailable where !asksProcessor:
        return "left out, because \(result.stage) lost the database"
      case .configuration, .unavailable, .notPermitted:
        if stage == .refund, result.database == nil { return "left out, because the processor could not be asked" }
      case .inputRefused:
        if stage == .refund, result.stage == .importing, !result.refusedStatementsAlone {
          return afterRefusedOutcomes
        }
      default: break
      }
    }
    return nil
  }
}

extension StageResult {
  /// Whether all files that an import refused are surely a bank's statements, which tell nothing of charges or refunds.
  /// One that nobody can tell may be an outcome file.
  fileprivate var refusedStatementsAlone: Bool {
    let refused = files.filter { $0.status == .refused }
    return !refused.isEmpty && refused.allSatisfy { $0.kind == .statement }
  }
}

extension PipelineDefinition.FailOn {
  /// What is more than the pipeline allows, as sentences.
  func exceeded(by exceptions: (openBreaks: Int64, quarantined: Int64)) -> [String] {
    var messages: [String] = []
    if let most = breaks, exceptions.openBreaks > Int64(most) {
      messages.append(
        "\(exceptions.openBreaks.of("break is", "breaks are")) open, more than the \(most) of fail_on: see breaks.csv")
    }
    if let most = quarantined, exceptions.quarantined > Int64(most) {
      messages.append(
        "\(exceptions.quarantined.of("row was", "rows were")) quarantined, more than the \(most) of fail_on:"
          + " see quarantine.csv")
    }
    return messages
  }
}
