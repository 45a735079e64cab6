import Postgres
import SettleModel
import SettleStore

/// What follows after the charges themselves: attempts to come, and processor payments that are given up.
actor Further {
  struct Tally: Sendable {
    var planned: Int64 = 0
    var canceled: Int64 = 0
    var stop: StageStop?
  }

  private(set) var tally = Tally()

  func planned(_ more: Int) { tally.planned += Int64(more) }

  /// Whatever keeps cancellations from going on keeps no charge from doing so.
  func cancel(_ scope: CancellationScope, _ canceller: Canceller) async throws {
    let (canceled, stop) = try await canceller.cancel(scope)
    tally.canceled += canceled
    tally.stop = stop ?? tally.stop
  }
}

extension Further.Tally {
  var counts: [(name: String, value: Int64)] {
    [("retries_planned", planned), ("canceled", canceled)].filter { $0.value > 0 }
  }

  var defect: Failure? {
    guard let stop, case .defect = stop else { return nil }
    return Failure(stop)
  }

  /// Cancellations take no money and can wait, so what stops them ends a run with “later” and nothing worse.
  func stop(open: Int64) -> Failure? {
    if let stop {
      return Failure(StageStop.later("processor payments that failed for good are not all cancelled: \(stop)"))
    }
    guard open > 0 else { return nil }
    return Failure(
      StageStop.later("\(open.of("cancellation has", "cancellations have")) no known outcome yet"))
  }
}

extension ChargeStage {
  /// What a dry run says of further attempts and of cancellations.
  static func rehearseFurther(_ db: Session, _ context: RunContext, _ report: inout StageReport) throws {
    let retries = try db.retriesDue(context: context.load)
    report.counts.append(("to_retry", retries.reduce(0) { $0 + $1.count }))
    report.notes += retries.map {
      "charge: of these, \($0.amount) in \($0.count.of("payment", "payments")) would be retried after "
        + $0.reason.rawValue
    }
    let planned = try db.retriesPlanned(context: context.load)
    if let next = planned.next {
      report.notes.append(
        "charge: \(planned.count.of("retry is", "retries are")) planned for later, the next on \(next)")
    }
    let cancellations = try db.cancellationsWaiting(context: context.load)
    report.counts.append(("to_cancel", cancellations.due + cancellations.open))
  }
}
