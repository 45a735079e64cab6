import Postgres
import SettleFiles
import SettleModel
import SettleStore

/// Takes what processors and banks report: every row becomes an outcome record or a bank line, or is quarantined or ignored
/// for a stated reason.
struct ImportStage: Stage {
  let name = StageName.importing
  let unit = "files"

  func perform(_ context: RunContext) async throws -> StageReport {
    let report = try await Self.files(of: context.pipeline).load(context, stage: name) { file, identity, source in
      let load = context.load
      let pipeline = context.pipeline
      return try await context.write { db in try Self.load(file, identity, of: source, into: db, pipeline, load) }
    } known: { identity in
      try await context.store.pool.session { try $0.knownOutcomes(identity) }
    }
    if report.counts.contains(where: { $0.name == "rows_accepted" && $0.value > 0 }) {
      try await context.store.analyze(["outcome_records", "outcome_keys", "payouts", "bank_lines"])
    }
    return report
  }

  func rehearse(_ db: Session, _ context: RunContext) throws -> StageReport {
    try Self.files(of: context.pipeline).rehearse(context) { file, identity, source in
      try Self.load(file, identity, of: source, into: db, context.pipeline, context.load)
    } known: { identity in
      try db.knownOutcomes(identity)
    }
  }

  static func files(of pipeline: PipelineDefinition) -> InboxFiles {
    InboxFiles(kinds: [.outcomes, .statement], sources: pipeline.importing, pipeline: pipeline)
  }

  private static func load(
    _ file: InputFile, _ identity: FileIdentity, of source: PipelineDefinition.Source, into db: Session,
    _ pipeline: PipelineDefinition, _ load: LoadContext
  ) throws -> FileCounts {
    guard file.layout.kind == .outcomes else { return try loadStatement(file, identity, into: db, load) }
    let processor = source.processor ?? file.layout.processor ?? pipeline.processor
    if let counts = try db.noteAnother(identity, of: processor, context: load) { return counts }
    return try db.loadOutcomes(
      identity, processor: processor,
      reported: pipeline.reconcile.settledBy?.contains(file.layout.name) ?? true,
      idsRepeat: file.layout.rowIDsRepeat, context: load
    ) { take in
      try file.forEachRow { row in
        switch row {
        case .outcome(let record): try take(.accepted(record))
        case .quarantined(let refusal): try take(.refused([refusal]))
        case .ignored, .authorization, .bankLine, .statement: try take(.ignored)
        }
      }
    }
  }

  private static func loadStatement(
    _ file: InputFile, _ identity: FileIdentity, into db: Session, _ load: LoadContext
  ) throws -> FileCounts {
    try db.loadStatement(identity, context: load) { take in
      try file.forEachRow { row in
        switch row {
        case .bankLine(let line): try take(.accepted(.line(line)))
        case .statement(let statement): try take(.accepted(.statement(statement)))
        case .quarantined(let refusal): try take(.refused([refusal]))
        case .ignored, .authorization, .outcome: try take(.ignored)
        }
      }
    }
  }
}
