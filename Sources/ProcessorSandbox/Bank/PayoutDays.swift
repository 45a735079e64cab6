/// Groups what is reported into payouts, one a UTC day and currency, made when the day is over.
struct PayoutDays: Sendable {
  private struct Day: Hashable {
    let day: Int64
    let currency: String
  }

  private var open: [Day: Int64] = [:]
  private var closed: [Day: Payout] = [:]

  /// Counts a movement towards its day. A missing charge is in no report, so it is in no payout either.
  mutating func add(_ movement: Movement) {
    let net: Int64
    switch movement.kind {
    case .charge where movement.anomaly == .missing: return
    case .charge: net = movement.amount - movement.fee
    case .refund: net = -movement.amount
    case .refundFailure: net = movement.amount
    case .payout: return
    }
    open[Day(day: movement.created / 86_400, currency: movement.currency), default: 0] += net
  }

  mutating func close(_ payout: Payout) {
    let day = Day(day: payout.day, currency: payout.currency)
    open[day] = nil
    closed[day] = payout
  }

  /// The days that are over at `now` and have no payout yet, in order of day and currency, with their net.
  func due(at now: Int64) -> [(day: Int64, currency: String, net: Int64)] {
    let today = now / 86_400
    guard open.contains(where: { $0.key.day < today }) else { return [] }
    return open.filter { $0.key.day < today }
      .map { (day: $0.key.day, currency: $0.key.currency, net: $0.value) }
      .sorted { ($0.day, $0.currency) < ($1.day, $1.currency) }
  }

  /// The payout that a movement was paid out with; nil while its day lasts.
  func payout(of movement: Movement) -> Payout? {
    closed[Day(day: movement.created / 86_400, currency: movement.currency)]
  }
}
