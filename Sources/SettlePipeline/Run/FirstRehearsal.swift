import Foundation
import SettleFiles
package import SettleModel
import SettleStore

/// A dry run where there is no store yet: what the files alone tell. A store is neither made nor asked for.
package struct FirstRehearsal: Sendable {
  private let request: RunRequest
  /// What a run would do first, in the message's words.
  private let store: String

  /// - Parameter store: where a run would make the store.
  package init(_ request: RunRequest, store: String) {
    self.request = request
    self.store = store
  }

  /// Reads the files of the stages that take any; the others have nothing to begin with. Throws ``Failure`` where there
  /// is no inbox.
  package func run(now: @Sendable () -> Timestamp) throws -> RunResult {
    let layouts = try LayoutCatalogue(folder: request.pipeline.layoutsFolder)
    let startedAt = now()
    let date = request.date ?? request.pipeline.calendar.today(at: startedAt)
    try request.tryOut(ReportFolder(path: request.out ?? RunRequest.reports(of: date, asOf: request.asOf), token: 0))
    var stages: [StageResult] = []
    for name in request.stagesInOrder {
      guard let files = Self.files(of: name, request.pipeline) else { continue }
      let begun = now()
      let report = try files.rehearse(in: request.inbox, layouts)
      stages.append(
        StageResult(
          stage: name, status: report.stop == nil ? .done : .failed, counts: report.counts,
          message: report.stop?.message, exitStatus: report.stop?.status ?? .done, files: report.files,
          startedAt: begun, finishedAt: now()))
    }
    return RunResult(
      runID: UUID(), request: request, date: date, startedAt: startedAt, finishedAt: now(), stages: stages, totals: [],
      outFolder: nil,
      exitStatus: ExitStatus.first(of: stages.map(\.exitStatus)),
      messages: request.unreadFiles + [
        "dry run: there is no store yet, and none was made; a run makes one in \(store)",
        "what stages other than \(StageName.ingest.rawValue) and \(StageName.importing.rawValue) would do can be told"
          + " once a run has ingested the orders",
      ])
  }

  private static func files(of stage: StageName, _ pipeline: PipelineDefinition) -> InboxFiles? {
    switch stage {
    case .ingest: IngestStage.files(of: pipeline)
    case .importing: ImportStage.files(of: pipeline)
    case .charge, .reconcile, .refund, .report: nil
    }
  }
}

extension InboxFiles {
  /// What the files hold by themselves: nothing is known of what came before.
  fileprivate func rehearse(in inbox: String, _ layouts: LayoutCatalogue) throws -> StageReport {
    try rehearse(in: inbox, layouts) { file, _, _ in
      let summary = try FileSummary(file)
      return FileCounts(
        read: Int64(summary.read), accepted: Int64(summary.accepted), quarantined: Int64(summary.quarantined),
        ignored: Int64(summary.ignored))
    } known: { _ in
      nil
    }
  }
}
