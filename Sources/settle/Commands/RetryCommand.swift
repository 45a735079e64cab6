import ArgumentParser
import Postgres
import SettleModel
import SettlePipeline
import SettleStore

struct RetryCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "retry", abstract: "Runs the last run again, from where it failed.",
    discussion: """
      Keeps its business date, pipeline file, inbox and folder of files out, whatever folder or environment this is \
      run in. Nothing happens where the last run ended well.

      EXAMPLE
        settle retry
      """)

  @Flag(help: "Print run_results.json instead of a table.")
  var json = false

  @Flag(name: .shortAndLong, help: "Log what the processor's client does.")
  var verbose = false

  func run() async throws {
    let settings = try Settings()
    let last = try await settings.withFoundStore { store in
      try await store.pool.session { db in try db.recentRuns(limit: 1, deciding: false).first }
    }
    guard let last else { throw Failure(status: .usage, message: "there is no run to retry: use settle run") }
    guard let stages = Retry.stages(of: last) else {
      Console.say("settle: the last run (\(last.pipeline), \(last.date)) ended well: nothing to retry")
      return
    }
    let request = try Retry.request(for: last, stages: stages, settings)
    Console.say("settle: \(last.pipeline), \(last.date), again from \(stages[0])")
    try await RunExecution(settings: settings, json: json, verbose: verbose).perform(request)
  }
}

/// What to do again of a run.
enum Retry {
  /// The stages from the first that did not end well; nil where all did.
  ///
  /// A run may end badly though each of its stages ended well, as when attempts are left without an answer: then all
  /// of it is due again.
  static func stages(of run: RunSummary) -> [StageName]? {
    if let status = run.exitStatus, status == ExitStatus.done.rawValue || status == ExitStatus.exceeded.rawValue {
      return nil
    }
    let asked = run.stages.compactMap(StageName.init(rawValue:)).sorted()
    let done = run.stageRuns.filter { $0.status == .done }.map(\.stage)
    let rest = asked.drop { done.contains($0.rawValue) }
    return rest.isEmpty ? asked : Array(rest)
  }

  static func request(for run: RunSummary, stages: [StageName], _ settings: Settings) throws -> RunRequest {
    var options = try options(of: run)
    options.stage = stages
    options.date = run.date
    return try options.request(try settings.withoutFolders(), dryRun: false, now: .now)
  }

  /// What a run was asked for.
  static func options(of run: RunSummary) throws -> RunOptions {
    do {
      return try RunOptions.parse(Array(run.arguments.dropFirst()))
    } catch {
      throw Failure(
        status: .configuration,
        message: "the last run was asked for in words that this version does not know"
          + " (\(run.arguments.joined(separator: " "))): use settle run")
    }
  }
}

extension Settings {
  /// The same, where the environment names neither pipeline nor folders: the journal does.
  fileprivate func withoutFolders() throws -> Settings {
    try Settings(environment.without(.pipeline, .inbox, .out))
  }
}
