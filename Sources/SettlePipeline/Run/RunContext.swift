import Foundation
import Logging
import Postgres
import SettleFiles
import SettleModel
import SettleStore

/// What every stage of one run is given.
struct RunContext: Sendable {
  let store: Store
  let run: RunIdentity
  /// Throws unless a call to the processor may leave now.
  let permit: @Sendable () throws -> Void
  let pipeline: PipelineDefinition
  let layouts: LayoutCatalogue
  let date: BusinessDate
  /// Set where the report is to be told as it was known at this instant.
  var asOf: Timestamp?
  /// Whether the report is written anew though nothing has changed since it was published.
  var anew = false
  let inbox: String
  let reports: ReportFolder
  let processor: @Sendable () async throws -> any ProcessorAdapter
  /// Database time, carried forward on boot time: see ``RunClock``.
  let clock: @Sendable () -> Timestamp
  let progress: any ProgressSink
  let logger: Logger
  /// Other matching rules, whose difference a dry run tells.
  var otherRules: MatchRules?

  /// What writes have in common, at this instant.
  var load: LoadContext {
    LoadContext(merchant: pipeline.merchant, processor: pipeline.processor, date: date, now: clock())
  }

  /// One fenced transaction of this run.
  func write<T: Sendable>(_ body: @Sendable (Session) throws -> T) async throws -> T {
    try await store.write(run.fence, body)
  }
}

/// What a stage has done. A stage that ends early says why in `stop` and keeps what it did.
struct StageReport: Sendable {
  var counts: [(name: String, value: Int64)] = []
  var files: [FileResult] = []
  var totals: [TotalRow] = []
  /// What the report was written from, where one was.
  var written: WrittenReport?
  /// Sentences that counts cannot say.
  var notes: [String] = []
  /// What other matching rules would say of past charges.
  var flips: [MatchFlip]?
  var stop: Failure?

  /// What was counted, on one line for the screen.
  var summary: String {
    let counted = counts.filter { $0.value != 0 }.map { $0.value.of(countNamed: $0.name) }
    guard counted.isEmpty else { return counted.joined(separator: ", ") }
    return stop == nil ? "nothing to do" : "stopped before anything was done"
  }
}

/// One step of a run. Everything it does may be done again: a second time finds nothing left to do.
protocol Stage: Sendable {
  var name: StageName { get }
  /// What is counted while it goes on.
  var unit: String { get }

  /// Does the work, each part of it in fenced transactions. A throw ends the stage without its checkpoint.
  func perform(_ context: RunContext) async throws -> StageReport

  /// Says what the work would do, inside a transaction that is rolled back, and without calling the processor.
  func rehearse(_ db: Session, _ context: RunContext) throws -> StageReport
}

/// Every stage there is. A new one is a file of its own and a line here.
enum StageCatalogue {
  static let stages: [any Stage] = [
    IngestStage(), ChargeStage(), ImportStage(), ReconcileStage(), RefundStage(), ReportStage(),
  ]

  static func stage(_ name: StageName) -> (any Stage)? { stages.first { $0.name == name } }
}
