import Foundation
import Logging
import SettleModel
import SettlePipeline
import SettleProcessors
import SettleStore

/// What a command goes by: a flag, else the environment, else the pipeline file, else a default.
struct Settings: Sendable {
  let environment: Environment

  /// Throws where the environment holds a misspelt variable of ours.
  init(_ environment: Environment = .ofProcess) throws {
    try environment.check()
    self.environment = environment
  }

  /// The file of `--pipeline`, else of SETTLE_PIPELINE, else the pipeline in the binary. What it says of processors is
  /// checked here, not when the first payment is due.
  func pipeline(flag: String?) throws -> PipelineDefinition {
    guard let path = pipelineFile(flag: flag) else { return try PipelineDefinition.shipped() }
    return try PipelineDefinition(path: path, processors: KnownProcessors(declines: ProcessorCatalogue.declines))
  }

  func pipelineFile(flag: String?) -> String? { flag ?? environment[.pipeline] }

  func inbox(flag: String?) -> String { flag ?? environment[.inbox] ?? "inbox" }

  /// The folder for a date's files out.
  func out(flag: String?, date: BusinessDate) -> String { flag ?? environment[.out] ?? "reports/\(date)" }

  /// Where settle keeps what is its own.
  var home: String { environment[.home] ?? ".settle" }

  /// How long in all a command waits for a database that is being restarted, as `10s`.
  func databaseWait() throws -> Duration {
    guard let text = environment[.databaseWait] else { return Store.usualPatience }
    guard text.hasSuffix("s"), let seconds = UInt16(text.dropLast()), seconds <= 600 else {
      throw Failure(
        status: .configuration,
        message: "SETTLE_DATABASE_WAIT is \(text); give seconds from 0s to 600s, such as 10s")
    }
    return .seconds(Int64(seconds))
  }

  var database: DatabaseSource { DatabaseSource(environment, home: home) }

  /// What it takes to talk to the pipeline's processor. That the key can be used is checked with the adapter.
  func processor(for pipeline: PipelineDefinition) throws -> ProcessorSettings {
    ProcessorSettings(
      apiKey: Secret(environment[.apiKey] ?? ""), apiBase: environment[.apiBase],
      rate: try pipeline.charge.rate.map { try RatePerSecond($0) }, concurrency: pipeline.charge.concurrency)
  }

  /// The adapter of the pipeline's processor. Nothing is sent yet. Throws ``Failure``.
  func adapter(for pipeline: PipelineDefinition, logger: Logger) throws -> any ConnectedProcessor {
    do {
      return try ProcessorCatalogue.adapter(
        named: pipeline.processor, settings: try processor(for: pipeline), logger: logger)
    } catch let error as ProcessorSettingsError {
      throw Failure(status: .configuration, message: error.description)
    }
  }
}

extension RatePerSecond {
  /// Rounded down, so that a pipeline's limit is never exceeded.
  init(_ rate: PipelineDefinition.Rate) throws {
    let seconds = Int(max(1, rate.per.components.seconds))
    guard let value = RatePerSecond(thousandths: max(1, rate.requests * 1_000 / seconds)) else {
      throw Failure(
        status: .configuration, message: "charge.rate: \(rate.requests) requests are more than settle can pace")
    }
    self = value
  }
}

extension String {
  /// The path as seen from anywhere.
  var absolutePath: String {
    hasPrefix("/") ? self : URL(fileURLWithPath: self).standardizedFileURL.path
  }
}
