import Glibc
import Logging
import SettleModel
import SettlePipeline
import SettleProcessors
import SettleStore
import Synchronization

/// One run from the command line: composes it, shows it, and ends with its exit status.
struct RunExecution: Sendable {
  let settings: Settings
  let json: Bool
  let verbose: Bool

  /// Throws ``Ended`` where the run ended with another status than 0.
  func perform(_ request: RunRequest) async throws {
    // A log's reader that goes away must not end a run.
    signal(SIGPIPE, SIG_IGN)
    let progress = ConsoleProgress()
    let level: Logger.Level = verbose ? .debug : .warning
    let logger = Logger(label: "settle") { _ in ConsoleLog(progress, level: level) }
    let result = try await stoppable {
      try await run(request, progress, logger)
    } saying: { words in
      progress.say("settle: \(words)")
    }
    do {
      try Console.write(json ? result.json() : RunSummaryText(result).text(.ofOutput))
    } catch is OutputClosed {
      // The run's own status counts, whoever reads of it.
    }
    for message in result.messages { Console.say("settle: \(message.printable)") }
    if result.exitStatus != .done { throw Ended(status: result.exitStatus) }
  }

  private func run(_ request: RunRequest, _ progress: ConsoleProgress, _ logger: Logger) async throws -> RunResult {
    let opened = OpenedAdapters()
    defer { progress.end() }
    // Whoever only asks what would happen makes no store.
    if request.dryRun, !settings.database.isMade {
      return try FirstRehearsal(request, store: settings.home).run { .now }
    }
    // A dry run migrates nothing: it is given the store as it is.
    let result = try await settings.withStore(schema: request.dryRun ? .asItIs : .required) { store in
      let runner = Runner(
        store: store,
        processor: { try opened.keep(settings.adapter(for: request.pipeline, logger: logger)) }, progress: progress,
        logger: logger)
      do {
        let result = try await runner.run(request)
        await opened.close()
        return result
      } catch {
        await opened.close()
        throw error
      }
    }
    return result
  }
}

/// The processors' connections that a run has opened, so that they can be closed after it.
private final class OpenedAdapters: Sendable {
  private let adapters = Mutex<[any ConnectedProcessor]>([])

  func keep(_ adapter: any ConnectedProcessor) -> any ConnectedProcessor {
    adapters.withLock { $0.append(adapter) }
    return adapter
  }

  func close() async {
    for adapter in adapters.withLock({ $0 }) { await adapter.close() }
  }
}
