import Foundation
import Postgres
import SettleFiles
import SettleModel
import SettleStore

/// How the files of a stage's sources are found, judged and loaded. A refused file does not stop the others.
struct InboxFiles: Sendable {
  let kinds: [Layout.Kind]
  let sources: [PipelineDefinition.Source]
  let pipeline: PipelineDefinition

  /// Takes each file that is not known yet through `load`, in order of source and name.
  func load(
    _ context: RunContext, stage: StageName,
    _ load: (InputFile, FileIdentity, PipelineDefinition.Source) async throws -> FileCounts,
    known: (FileIdentity) async throws -> FileCounts?
  ) async throws -> StageReport {
    var report = StageReport()
    let paths = try found(in: context.inbox)
    for (index, (path, source)) in paths.enumerated() {
      try Task.checkCancellation()
      let result = try await take(path, of: source, context, load: load, known: known)
      if result.status == .refused { context.progress.note(stage, "\(path) is refused: \(result.message ?? "")") }
      report.files.append(result)
      context.progress.advance(stage, to: Int64(index + 1), of: Int64(paths.count))
    }
    return finished(report)
  }

  /// The same within one open transaction.
  func rehearse(
    _ context: RunContext, _ load: (InputFile, FileIdentity, PipelineDefinition.Source) throws -> FileCounts,
    known: (FileIdentity) throws -> FileCounts?
  ) throws -> StageReport {
    try rehearse(in: context.inbox, context.layouts, load, known: known)
  }

  func rehearse(
    in inbox: String, _ layouts: LayoutCatalogue,
    _ load: (InputFile, FileIdentity, PipelineDefinition.Source) throws -> FileCounts,
    known: (FileIdentity) throws -> FileCounts?
  ) throws -> StageReport {
    var report = StageReport()
    for (path, source) in try found(in: inbox) {
      do {
        let (file, identity) = try examine(path, of: source, in: inbox, layouts)
        let before = try known(identity)
        let counts = try before ?? load(file, identity, source)
        report.files.append(Self.result(identity, counts: counts, known: before != nil))
      } catch let refusal as FileRefusal {
        report.files.append(Self.refused(path, refusal))
      }
    }
    return finished(report)
  }

  private func take(
    _ path: String, of source: PipelineDefinition.Source, _ context: RunContext,
    load: (InputFile, FileIdentity, PipelineDefinition.Source) async throws -> FileCounts,
    known: (FileIdentity) async throws -> FileCounts?
  ) async throws -> FileResult {
    do {
      let (file, identity) = try examine(path, of: source, in: context.inbox, context.layouts)
      if let counts = try await known(identity) { return Self.result(identity, counts: counts, known: true) }
      return Self.result(identity, counts: try await load(file, identity, source), known: false)
    } catch let refusal as FileRefusal {
      return Self.refused(path, refusal)
    }
  }

  private func examine(
    _ path: String, of source: PipelineDefinition.Source, in inbox: String, _ layouts: LayoutCatalogue
  ) throws -> (InputFile, FileIdentity) {
    var file = try InputFile.examine(
      path: inbox + "/" + path, layout: source.layout, catalogue: layouts, zone: source.zone)
    file.processors = pipeline.processors(reportedBy: layouts)
    guard kinds.contains(file.layout.kind) else {
      throw FileRefusal(
        path: path, reason: .unknownLayout,
        message:
          "this is a file of \(file.layout.kind.rawValue) (\(file.layout.name)) in a folder of \(kinds[0].rawValue):"
          + " move it to the other folder", sha256: file.sha256)
    }
    let identity = FileIdentity(
      sha256: file.sha256, name: path, bytes: Int64(file.bytes), layout: file.layout.name)
    return (file, identity)
  }

  /// A known file's rows are all ignored: that is the stated reason.
  private static func result(_ file: FileIdentity, counts: FileCounts, known: Bool) -> FileResult {
    FileResult(
      path: file.name, sha256: file.sha256, layout: file.layout,
      counts: known ? FileCounts(read: counts.read, accepted: 0, quarantined: 0, ignored: counts.read) : counts,
      status: known ? .known : .loaded)
  }

  private static func refused(_ path: String, _ refusal: FileRefusal) -> FileResult {
    FileResult(
      path: path, sha256: refusal.sha256, layout: nil,
      counts: FileCounts(read: 0, accepted: 0, quarantined: 0, ignored: 0), status: .refused,
      kind: refusal.kind, message: (refusal.line.map { "line \($0): " } ?? "") + refusal.message)
  }

  private func finished(_ report: StageReport) -> StageReport {
    var report = report
    func sum(_ value: (FileCounts) -> Int64) -> Int64 { report.files.reduce(0) { $0 + value($1.counts) } }
    func files(_ status: FileResult.Status) -> Int64 { Int64(report.files.count { $0.status == status }) }
    report.counts = [
      ("files_loaded", files(.loaded)), ("files_known", files(.known)), ("files_refused", files(.refused)),
      ("rows_read", sum(\.read)), ("rows_accepted", sum(\.accepted)), ("rows_quarantined", sum(\.quarantined)),
      ("rows_ignored", sum(\.ignored)),
    ]
    let refused = report.files.filter { $0.status == .refused }
    let statements = Int64(refused.count { $0.kind == .statement })
    if statements > 0 { report.counts.append((FileResult.refusedStatements, statements)) }
    if let first = refused.first {
      let others = refused.dropFirst().prefix(9).map(\.path).joined(separator: ", ")
      let more = refused.count > 10 ? " and \(refused.count - 10) more" : ""
      report.stop = Failure(
        status: .inputRefused,
        message: "\(first.path) is refused: \(first.message ?? "")" + (others.isEmpty ? "" : "; also \(others)\(more)"))
    }
    return report
  }

  /// Paths relative to the inbox. A source that matches nothing has no files today; an inbox that is not there is a
  /// mistake.
  private func found(in inbox: String) throws -> [(path: String, source: PipelineDefinition.Source)] {
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: inbox, isDirectory: &isFolder), isFolder.boolValue else {
      throw Failure(
        status: .configuration, message: "there is no inbox folder \(inbox): make it, or name another with --inbox")
    }
    var seen: Set<String> = []
    return try sources.flatMap { source in
      try Glob.files(matching: source.path, under: inbox).filter { seen.insert($0).inserted }.map { ($0, source) }
    }
  }
}
