package import Foundation
import SettleFiles
package import SettleModel
package import SettleStore

/// What a run was asked to do.
package struct RunRequest: Sendable {
  package var pipeline: PipelineDefinition
  /// In any order; empty means all.
  package var stages: [StageName]
  /// Today in the pipeline's zone where nil.
  package var date: BusinessDate?
  package var inbox: String
  /// `reports/<business date>` where nil.
  package var out: String?
  /// The report is not written anew but told again as it was known at this instant.
  package var asOf: Timestamp?
  /// The report is written anew, though nothing has changed since it was published.
  package var anew: Bool
  package var dryRun: Bool
  /// Other matching rules, of which a dry run tells what they would change; nil for the pipeline's alone.
  package var rules: MatchRules?
  /// Kept in the journal as given, so that `settle retry` can ask for the same.
  package var arguments: [String]
  package var version: String

  package init(
    pipeline: PipelineDefinition, stages: [StageName] = [], date: BusinessDate? = nil, inbox: String = "inbox",
    out: String? = nil, asOf: Timestamp? = nil, anew: Bool = false, dryRun: Bool = false,
    rules: MatchRules? = nil, arguments: [String] = [], version: String
  ) {
    self.pipeline = pipeline
    self.stages = stages
    self.date = date
    self.inbox = inbox
    self.out = out
    self.asOf = asOf
    self.anew = anew
    self.dryRun = dryRun
    self.rules = rules
    self.arguments = arguments
    self.version = version
  }

  var stagesInOrder: [StageName] { stages.isEmpty ? StageName.allCases : Set(stages).sorted() }
}

/// What became of one input file.
package struct FileResult: Sendable, Equatable {
  /// The count of an import that tells how many of the refused files are surely a bank's statements.
  static let refusedStatements = "statements_refused"

  package enum Status: String, Sendable {
    case loaded
    /// The same bytes were loaded before.
    case known
    case refused
  }
  package var path: String
  package var sha256: String?
  package var layout: String?
  package var counts: FileCounts
  package var status: Status
  /// Of one that was refused, what it is as far as that is known.
  var kind: Layout.Kind?
  /// Why it was refused.
  package var message: String?
}

/// What one stage did, or why it did not.
package struct StageResult: Sendable {
  package var stage: StageName
  package var status: StageStatus
  /// In the order in which they are told.
  package var counts: [(name: String, value: Int64)] = []
  package var message: String?
  package var exitStatus: ExitStatus = .done
  /// Another run has taken over: this one can write nothing more.
  var isSuperseded = false
  /// What was the matter with the database, where that ended the stage or kept it from beginning.
  package var database: DatabaseTrouble?
  package var files: [FileResult] = []
  package var startedAt: Timestamp
  package var finishedAt: Timestamp

  /// Whether the stage ended badly for files that it has refused, each of which is told by itself.
  package var hasRefusedFiles: Bool { exitStatus == .inputRefused && files.contains { $0.status == .refused } }

  /// The stage ended because another run has taken over.
  mutating func supersede() {
    let loss = Failure(StoreError.leaseLost("another run has taken over"))
    (status, message, exitStatus, isSuperseded) = (.failed, loss.message, loss.status, true)
    database = nil
  }
}

/// What a run did.
package struct RunResult: Sendable {
  package var runID: UUID
  package var request: RunRequest
  package var date: BusinessDate
  package var startedAt: Timestamp
  package var finishedAt: Timestamp
  package var stages: [StageResult]
  package var totals: [TotalRow]
  /// What the report was written from, where this run wrote one.
  var report: WrittenReport?
  /// Where the files were written; nil where this run wrote none.
  package var outFolder: String?
  package var exitStatus: ExitStatus
  /// What else a person must know, such as why the run ends with 1.
  package var messages: [String]
  /// The audit trail's seal at the run's end: whoever keeps it can prove later that nothing was changed since.
  package var seal: AuditSeal?
  /// What other rules would say of past charges; nil where none were given.
  package var flips: [MatchFlip]?

  package var files: [FileResult] { stages.flatMap(\.files) }
}
