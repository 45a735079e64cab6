/// All that one command did, in one piece: the unit of the journal, applied whole or not at all.
struct Change: Sendable, Equatable {
  /// The bank's clock, Unix seconds.
  var at: Int64
  /// The next unused serial number for ids.
  var serial: UInt64
  /// New value of how far the clock was moved forward, seconds.
  var clockOffset: Int64?
  /// Objects as they stand afterwards, new or changed.
  var intents: [PaymentIntent] = []
  var charges: [Charge] = []
  var refunds: [Refund] = []
  var payouts: [Payout] = []
  var movements: [Movement] = []
  var saved: SavedReply?
}

/// The answer kept for an idempotency key.
struct SavedReply: Sendable, Equatable {
  struct Key: Sendable, Hashable {
    let account: String
    let key: String
  }

  let key: Key
  let fingerprint: String
  let created: Int64
  let reply: Reply
}
