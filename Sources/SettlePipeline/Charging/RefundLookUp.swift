import SettleModel
import SettleStore
import Synchronization

/// Finds out where refunds are by now that the processor has taken on: most by one pass over its list, which serves a
/// hundred of them a call, the rest by their own references.
struct RefundLookUp: Sendable {
  let processor: any ProcessorAdapter

  /// Stripe says that a refund may fail up to 30 days after it was made; its list is not gone through further back.
  static let watched: Duration = .seconds(30 * 86_400)

  /// What is news of the refunds, in their order. One that is unfinished and that the processor does not know (any
  /// more) is unknown; one that is only watched is left as it is.
  func news(of refunds: [KnownRefund], at now: Timestamp) async throws -> [(refund: KnownRefund, result: RefundResult)]
  {
    guard let oldest = refunds.map(\.requestedAt).min() else { return [] }
    let since = max(oldest, now.adding(.zero - Self.watched)).adding(.zero - ChargeLookUp.clockSkew)
    let listed = try await listed(Set(refunds.map(\.reference)), since: since)
    var news: [(refund: KnownRefund, result: RefundResult)] = []
    for refund in refunds {
      var found = listed[refund.reference]
      if found == nil {
        guard refund.isUnfinished else { continue }
        found = try await processor.refund(refund.reference)
      }
      let result = found.map { RefundLifecycle.result(of: refund.order, as: $0) } ?? .unknown(why: Self.vanished)
      switch result {
      case .unknown where refund.isUnfinished, .failed, .canceled: news.append((refund, result))
      case .processed, .pending, .requiresAction:
        if refund.isUnfinished, refund.isDoubted || result.processorState != refund.state {
          news.append((refund, result))
        }
      case .unknown: break
      }
    }
    return news
  }

  private static let vanished = "the processor does not know its own refund any more"

  private func listed(_ references: Set<String>, since start: Timestamp) async throws -> [String: ProcessorRefund] {
    let found = Mutex<[String: ProcessorRefund]>([:])
    try await processor.refunds(since: start) { page in
      found.withLock { found in
        for refund in page where references.contains(refund.reference) { found[refund.reference] = refund }
      }
    }
    return found.withLock { $0 }
  }
}
