import Dispatch

/// Runs an actor's work on a queue of its own, one job after another: libpq blocks, and Swift's shared threads must not.
final class ConnectionExecutor: SerialExecutor {
  private let queue = DispatchQueue(label: "postgres-connection")

  func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    queue.async { job.runSynchronously(on: self.asUnownedSerialExecutor()) }
  }

  func asUnownedSerialExecutor() -> UnownedSerialExecutor { UnownedSerialExecutor(ordinary: self) }

  func checkIsolated() { dispatchPrecondition(condition: .onQueue(queue)) }
}
