/// Answers kept for idempotency keys, really forgotten when their life is over.
struct SavedReplies: Sendable {
  private var replies: [SavedReply.Key: SavedReply] = [:]
  /// Keys in the order saved; the same key may stand twice, once pruned and once used anew.
  private var order: [(key: SavedReply.Key, created: Int64)] = []
  private var oldest = 0

  var count: Int { replies.count }

  subscript(key: SavedReply.Key) -> SavedReply? { replies[key] }

  mutating func put(_ reply: SavedReply) {
    replies[reply.key] = reply
    order.append((reply.key, reply.created))
  }

  /// Forgets what was saved at or before `instant`: from then on a repeat is a new request, as with Stripe.
  mutating func prune(savedUntil instant: Int64) {
    while oldest < order.count, order[oldest].created <= instant {
      let (key, created) = order[oldest]
      if replies[key]?.created == created { replies[key] = nil }
      oldest += 1
    }
    if oldest > 4096, oldest * 2 > order.count {
      order.removeFirst(oldest)
      oldest = 0
    }
  }
}
