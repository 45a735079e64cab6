import Synchronization

/// Ids of requests, in the order answered.
final class RequestIDs: Sendable {
  private let identifiers: Identifiers
  private let count = Atomic<UInt64>(0)

  /// - Parameter epoch: differs after each restart, so that ids do not come twice.
  init(seed: UInt64, epoch: UInt64) {
    identifiers = Identifiers(seed: mixed(seed ^ 0x2E9, epoch))
  }

  func next() -> String {
    identifiers.id("req", serial: count.add(1, ordering: .relaxed).oldValue)
  }
}
