#if FAULTS
  import Glibc

  /// What SETTLE_FAULT orders: `POINT[@STAGE]:COUNT:ACTION`, such as `after-call@refund:2:kill`.
  ///
  /// COUNT is the how-manieth passage of the point, in that stage where one is named. `kill` is SIGKILL; `stop` is
  /// SIGSTOP, from which only SIGCONT wakes.
  package struct FaultOrder: Sendable, Equatable {
    package var point: FaultPoint
    package var stage: String?
    package var count: Int
    package var signal: Int32

    package init?(_ text: String) {
      let parts = text.split(separator: ":", omittingEmptySubsequences: false)
      guard parts.count == 3, let count = Int(parts[1]), count > 0 else { return nil }
      let place = parts[0].split(separator: "@", maxSplits: 1).map(String.init)
      guard let point = place.first.flatMap(FaultPoint.init) else { return nil }
      switch parts[2] {
      case "kill": signal = SIGKILL
      case "stop": signal = SIGSTOP
      default: return nil
      }
      self.point = point
      self.stage = place.count > 1 ? place[1] : nil
      self.count = count
    }

    /// A misspelt order would be a trial of nothing, so it ends the process at once.
    static let ofProcess: FaultOrder? = {
      guard let text = FaultEnvironment[FaultEnvironment.fault] else { return nil }
      guard let order = FaultOrder(text) else {
        preconditionFailure("SETTLE_FAULT=\(text) is not POINT[@STAGE]:COUNT:kill|stop")
      }
      return order
    }()
  }
#endif
