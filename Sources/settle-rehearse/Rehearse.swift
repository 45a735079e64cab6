import Dispatch
import Glibc
import Logging
import Postgres
import SettlePipeline
import SettleStore

/// Rehearses one stage of a night, as `settle run --dry-run` does, where its instructions can be counted.
///
/// Those of `settle` itself cannot: its `main` is asynchronous, and so waits in Dispatch's main loop, which Debian 12's
/// valgrind (3.19) does not survive: it writes to the mask that is given to `sigsuspend`, and that one is constant.
@main
enum Rehearse {
  static func main() {
    let arguments = CommandLine.arguments
    guard arguments.count == 4, let stage = StageName(rawValue: arguments[3]) else {
      end("settle-rehearse DATABASE_URL INBOX STAGE", status: 64)
    }
    Task.detached {
      do {
        try await rehearse(stage, inbox: arguments[2], database: arguments[1])
        exit(0)
      } catch {
        end("\(error)", status: 70)
      }
    }
    // Nobody signals it: the task ends the process.
    DispatchSemaphore(value: 0).wait()
  }

  private static func rehearse(_ stage: StageName, inbox: String, database: String) async throws {
    let store = Store(ConnectionSettings(conninfo: database))
    let runner = Runner(
      store: store, processor: { throw Failure(status: .usage, message: "no processor is asked here") },
      progress: NoProgress(), logger: Logger(label: "settle-rehearse") { _ in SwiftLogNoOpLogHandler() })
    let result = try await runner.run(
      RunRequest(pipeline: .shipped(), stages: [stage], inbox: inbox, dryRun: true, version: "test"))
    await store.close()
    guard result.exitStatus == .done, let rows = result.files.first?.counts, rows.quarantined == 0, rows.accepted > 0
    else { throw Failure(status: .defect, message: "\(result.stages.compactMap(\.message)) \(result.files)") }
  }

  private static func end(_ words: String, status: Int32) -> Never {
    let text = Array("settle-rehearse: \(words)\n".utf8)
    write(STDERR_FILENO, text, text.count)
    exit(status)
  }
}
