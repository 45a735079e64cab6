import Dispatch
import Foundation

/// Runs work that Ctrl-C, a closed terminal and SIGTERM cancel, so that what it made is removed as after a failure. A
/// second signal ends the process at once.
func interruptible<Result: Sendable>(
  _ work: @escaping @Sendable () async throws -> Result, saying say: @escaping @Sendable (String) -> Void
) async throws -> Result {
  // A closed pipe is an error of the writer then, which clears up, too.
  signal(SIGPIPE, SIG_IGN)
  let task = Task { try await work() }
  let sources = [SIGINT, SIGTERM, SIGHUP].map { number in
    signal(number, SIG_IGN)
    let source = DispatchSource.makeSignalSource(signal: number, queue: .global(qos: .userInitiated))
    source.setEventHandler {
      say("stopping: servers are stopped and what was made is removed; once more ends it at once and leaves all behind")
      signal(number, SIG_DFL)
      task.cancel()
    }
    source.resume()
    return source
  }
  defer { for source in sources { source.cancel() } }
  do {
    return try await task.value
  } catch {
    // What is cut off fails in words of its own.
    throw task.isCancelled ? BenchFailure("interrupted") : error
  }
}
