import Postgres
import SettleFiles
import SettleModel
import SettleStore

/// Takes authorizations from the inbox: good rows become payments, the rest is quarantined.
struct IngestStage: Stage {
  let name = StageName.ingest
  let unit = "files"

  func perform(_ context: RunContext) async throws -> StageReport {
    let report = try await Self.files(of: context.pipeline).load(context, stage: name) { file, identity, source in
      let load = context.load
      return try await context.write { db in try Self.load(file, identity, of: source, into: db, load) }
    } known: { identity in
      try await context.store.pool.session { try $0.knownFile(identity) }
    }
    if report.counts.contains(where: { $0.name == "rows_accepted" && $0.value > 0 }) {
      try await context.store.analyze(["payments"])
    }
    return report
  }

  func rehearse(_ db: Session, _ context: RunContext) throws -> StageReport {
    try Self.files(of: context.pipeline).rehearse(context) { file, identity, source in
      try Self.load(file, identity, of: source, into: db, context.load)
    } known: { identity in
      try db.knownFile(identity)
    }
  }

  static func files(of pipeline: PipelineDefinition) -> InboxFiles {
    InboxFiles(kinds: [.authorizations], sources: pipeline.ingest, pipeline: pipeline)
  }

  private static func load(
    _ file: InputFile, _ identity: FileIdentity, of source: PipelineDefinition.Source, into db: Session,
    _ load: LoadContext
  ) throws -> FileCounts {
    try db.loadAuthorizations(identity, chargedBy: source.processor, context: load) { take in
      try file.forEachRow { row in
        switch row {
        case .authorization(let authorization): try take(.accepted(authorization))
        case .quarantined(let refusal): try take(.refused([refusal]))
        case .ignored, .outcome, .bankLine, .statement: try take(.ignored)
        }
      }
    }
  }
}
