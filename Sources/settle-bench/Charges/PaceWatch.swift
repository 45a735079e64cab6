import Foundation

/// How evenly requests came, as the sandbox counts them. Floating numbers are times and rates.
struct PaceWatch {
  private var seen: [(at: Date, requests: Int)] = []

  mutating func note(_ requests: Int, at now: Date) { seen.append((now, requests)) }

  /// The fewest requests a second over any ten seconds in which there were some left to send: from the first request to
  /// the last. Nil where all were sent in less.
  var slowestTenSeconds: Double? {
    guard let total = seen.last?.requests, let begun = seen.last(where: { $0.requests == 0 }),
      let ended = seen.first(where: { $0.requests == total })
    else { return nil }
    let sending = seen.filter { $0.at >= begun.at && $0.at <= ended.at }
    return sending.indices.compactMap { first -> Double? in
      guard let last = sending[first...].first(where: { $0.at.timeIntervalSince(sending[first].at) >= 10 }) else {
        return nil
      }
      return Double(last.requests - sending[first].requests) / last.at.timeIntervalSince(sending[first].at)
    }.min()
  }
}
