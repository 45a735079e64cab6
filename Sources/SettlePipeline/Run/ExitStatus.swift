/// How a command ends, for cron and people alike. The numbers are the contract's (BSD's sysexits where they exist).
package enum ExitStatus: Int32, Sendable, CaseIterable {
  case done = 0
  /// Done, but breaks or quarantined rows exceed the pipeline's `fail_on`.
  case exceeded = 1
  case usage = 64
  /// Input refused as a whole.
  case inputRefused = 65
  /// The database or the processor cannot be reached.
  case unavailable = 69
  /// A defect in settle.
  case defect = 70
  case tryLater = 75
  case notPermitted = 77
  case configuration = 78

  /// Which of several counts: the one that a person must look at first.
  package static func first(of statuses: [ExitStatus]) -> ExitStatus {
    let order: [ExitStatus] = [
      .defect, .configuration, .notPermitted, .inputRefused, .unavailable, .tryLater, .exceeded,
    ]
    return order.first(where: statuses.contains) ?? .done
  }
}
