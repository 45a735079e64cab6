import Dispatch
import Glibc

/// Runs work that SIGINT and SIGTERM stop at its next safe point. A second signal ends the process at once, which loses
/// nothing either: the next run goes on where this one was.
func stoppable<Value: Sendable>(
  _ work: @escaping @Sendable () async throws -> Value, saying say: @escaping @Sendable (String) -> Void
) async throws -> Value {
  let task = Task { try await work() }
  let sources = [SIGINT, SIGTERM].map { number in
    signal(number, SIG_IGN)
    let source = DispatchSource.makeSignalSource(signal: number, queue: .global(qos: .userInitiated))
    source.setEventHandler {
      say("stopping at the next safe point; once more ends it at once")
      signal(number, SIG_DFL)
      task.cancel()
    }
    source.resume()
    return source
  }
  defer { for source in sources { source.cancel() } }
  return try await task.value
}
