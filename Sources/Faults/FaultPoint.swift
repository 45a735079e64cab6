/// The places where a run can be made to die or stand still, so that the fault harness need not wait for bad luck.
///
/// A build without the condition FAULTS holds none: every point is an empty function there.
package enum FaultPoint: String, CaseIterable, Sendable {
  /// The lease is taken, nothing is written yet.
  case afterLease = "after-lease"
  case stageBegun = "stage-begun"
  case stageDone = "stage-done"
  /// A transaction of the run has done its work and is about to commit.
  case beforeCommit = "before-commit"
  case afterCommit = "after-commit"
  /// A batch is stored, none of it is sent.
  case afterClaim = "after-claim"
  /// A call has its turn; whether it may leave is asked next.
  case beforeCall = "before-call"
  /// An answer is in hand and nothing of it is written down.
  case afterCall = "after-call"
  /// A group of answers is about to be recorded.
  case beforeRecord = "before-record"
  /// The processor was asked what became of open attempts; nothing of it is written down.
  case afterLookUp = "after-look-up"
  /// The processor's figures of a charge are in hand, and its refund is not stored.
  case beforeReserve = "before-reserve"
  /// A refund is stored and not sent.
  case afterReserve = "after-reserve"
  /// The report is written beside the old one.
  case beforePublish = "before-publish"
  case afterPublish = "after-publish"
}

#if FAULTS
  import Glibc
  import Synchronization

  extension FaultPoint {
    /// Dies here, or stands still, where SETTLE_FAULT says so.
    package func reached() {
      guard let order = FaultOrder.ofProcess, order.point == self else { return }
      let due = Passage.state.withLock { state in
        guard order.stage == nil || order.stage == state.stage else { return false }
        state.count += 1
        return state.count == order.count
      }
      if due { kill(getpid(), order.signal) }
    }

    /// Notes which stage begins: an order may name one.
    package static func begin(stage: String) {
      Passage.state.withLock { $0.stage = stage }
      FaultPoint.stageBegun.reached()
    }
  }

  private enum Passage {
    static let state = Mutex<(stage: String?, count: Int)>((nil, 0))
  }
#else
  extension FaultPoint {
    package func reached() {}
    package static func begin(stage: String) {}
  }
#endif
