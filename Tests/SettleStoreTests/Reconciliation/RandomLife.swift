import Postgres
import SettleModel
import SettleStore
import SettleTesting

/// One thing after another happens to a few orders, as a seed decides.
struct RandomLife {
  private var dice: Dice
  private var told: [Reported] = []
  private var states: [String: PaymentState] = [:]

  init(seed: UInt64) { dice = Dice(seed: seed) }

  private mutating func order() -> String { "O\(Int.random(in: 0..<6, using: &dice))" }

  mutating func happen(in story: Story) async throws {
    switch Int.random(in: 0..<13, using: &dice) {
    case 0...2: try await authorize(story)
    case 3: try await story.claim(refusing: dice.rolls(1, in: 4) ? [order()] : [])
    case 4...6: try await answer(story)
    case 7...9: try await report(story)
    case 10: try await refund(story)
    case 11: try await giveUp(story)
    default: try await story.reconcile(waiting: 1)
    }
  }

  private mutating func authorize(_ story: Story) async throws {
    let rows = (0..<3).map { _ in
      Authorization.order(
        order(), dice.rolls(1, in: 8) ? 1_500 : 1_000, id: dice.rolls(1, in: 12) ? "x" : nil,
        method: dice.rolls(1, in: 3) ? "pm_b" : "pm_a")
    }
    try await story.authorize(rows)
  }

  private mutating func answer(_ story: Story) async throws {
    let context = await story.context()
    let open = try await story.read { db in
      try db.openAttempts(after: nil, limit: 99, lookUp: nil, context: context).map { ($0.payment, $0.attempt) }
    }
    for (payment, attempt) in open {
      guard let number = (0..<6).first(where: { story.payment("O\($0)") == payment }) else { continue }
      let order = "O\(number)"
      switch Int.random(in: 0..<6, using: &dice) {
      case 0...2: try await story.charged(order, attempt: attempt)
      case 3: try await story.declined(order, attempt: attempt, made: dice.rolls(1, in: 2) ? "pi_\(order)" : nil)
      case 4: try await story.unknown(order, attempt: attempt, reference: dice.rolls(1, in: 2) ? "pi_\(order)" : nil)
      default: break
      }
    }
  }

  private mutating func giveUp(_ story: Story) async throws {
    try await story.reserveCancellations(dice.rolls(1, in: 2) ? .all : .blocking)
    let context = await story.context()
    for open in try await story.read({ try $0.openCancellations(.all, after: nil, limit: 99, context: context) }) {
      switch Int.random(in: 0..<6, using: &dice) {
      case 0...1: try await story.record(.ended(.canceled), of: open)
      case 2: try await story.record(.ended(.refused(code: "x")), of: open)
      case 3:
        let charge = ProcessorCharge(
          processorPayment: open.processorPayment, processorCharge: "ch_\(open.processorPayment.dropFirst(3))",
          state: .succeeded, amount: open.amount, captured: open.amount.minor, refunded: 0, disputed: false,
          payment: open.payment, attempt: nil, createdAt: context.now)
        try await story.record(.ended(.succeeded(charge)), of: open)
      case 4: try await story.record(.open(why: dice.rolls(1, in: 2) ? "reset" : "timeout"), of: open)
      default: break
      }
    }
  }

  private mutating func report(_ story: Story) async throws {
    var rows: [Reported] = []
    for _ in 0..<Int.random(in: 1...4, using: &dice) {
      if let old = told.randomElement(using: &dice), dice.rolls(1, in: 3) {
        rows.append(dice.rolls(1, in: 2) ? old.payout("po_1") : old)
      } else {
        rows.append(row(story, await story.instant))
      }
    }
    told += rows
    let now = await story.instant
    try await story.report(rows.map { $0.record.occurredAt.microseconds == 0 ? $0.at(now) : $0 })
  }

  private mutating func row(_ story: Story, _ now: Timestamp) -> Reported {
    let order = order()
    let amount: Int64 = dice.rolls(1, in: 4) ? 1_300 : 1_000
    var row: Reported =
      switch Int.random(in: 0..<9, using: &dice) {
      case 0...3: .charge(order, amount)
      case 4: .failed(order)
      case 5: .captureReversal(order, -300)
      case 6: .refund(order, -300, re: dice.rolls(1, in: 2) ? "re_\(order)" : "re_other")
      case 7: .refundFailure(order, 300, re: "re_\(order)")
      default:
        dice.rolls(1, in: 3)
          ? .disputeReversal(order, 1_000, dp: "dp_\(order)") : .dispute(order, -1_000, dp: "dp_\(order)")
      }
    if dice.rolls(1, in: 5) { row = row.under("\(order)D") }
    switch Int.random(in: 0..<4, using: &dice) {
    case 0: row = row.changed { $0.references.payment = story.payment(order) }
    case 1: row = row.changed { $0.references.order = order }
    case 2: row = row.naming(.init(order: order)).row(nil)
    default: break
    }
    return row
  }

  private mutating func refund(_ story: Story) async throws {
    let context = await story.context()
    let candidates = try await story.read {
      try $0.refundCandidates(for: [.amountMismatch, .duplicateCharge], context: context)
    }
    guard let candidate = candidates.randomElement(using: &dice), let charge = candidate.processorCharge else { return }
    let order = candidate.subject.reported.minor
    let amount = Money(
      candidate.subject.expected.map { candidate.subject.reported.minor - $0.minor } ?? order, "USD")
    guard amount.minor > 0 else { return }
    do {
      let refund = try await story.reserveRefund(
        of: charge, for: candidate.breakID, payment: candidate.payment, amount: amount,
        reason: candidate.subject.reason, captured: 5_000)
      let results: [RefundResult] = [
        .processed(reference: "re_\(charge.dropFirst(3))"), .pending(reference: "re_\(charge.dropFirst(3))"),
        .failed(reference: nil, why: "refused"), .unknown(why: "timeout"),
      ]
      if let refund, let result = results.randomElement(using: &dice) { try await story.record(result, of: refund) }
    } catch is HeldBack {}
  }

  /// Orders whose state is lower than it was when this was last asked.
  mutating func fallenStates(in story: Story) async throws -> [String] {
    var fallen: [String] = []
    for line in try await story.store.rows("SELECT payment_id::text, state FROM payments") {
      let words = line.split(separator: " ").map(String.init)
      guard let state = PaymentState(rawValue: words[1]) else { continue }
      if let known = states[words[0]], state < known { fallen.append(line) }
      states[words[0]] = state
    }
    return fallen
  }
}
