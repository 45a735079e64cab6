import Foundation
import SettleModel

extension Timestamp {
  /// The system's clock.
  static var now: Timestamp {
    Timestamp(microseconds: Int64((Date().timeIntervalSince1970 * 1_000_000).rounded(.down)))
  }

  /// For people: what happened within a second stands in its order anyway.
  var toTheSecond: String { Timestamp(seconds: seconds).description }
}
