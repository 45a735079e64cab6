import Postgres
import SettleModel
import SettleStore
import SettleTesting
import Testing

extension Reported {
  /// A further charge of the same payment, as the processor's metadata say.
  func again(_ ids: String, of payment: PaymentID) -> Reported {
    naming(.init(payment: payment, processorPayment: "pi_\(ids)", processorCharge: "ch_\(ids)")).row("txn_\(ids)")
  }
}

extension Story {
  /// Seals what came since the last seal, as a run does at its end.
  @discardableResult
  func seal() async throws -> AuditSeal {
    let (run, at) = (run.id, context().now)
    return try await write { db in
      let seal = try db.seal(run: run, at: at)
      try db.finish(run, exitStatus: 0, seal: seal, at: at)
      return seal
    }
  }

  /// The chain of a payment: `attempt_stored 1`, `refund_requested`, in order.
  func chain(_ order: String) async throws -> [String] {
    let payment = payment(order)
    return try await read { db in
      try db.query(
        "SELECT kind, detail ->> 'attempt' AS attempt FROM audit WHERE payment_id = \(payment) ORDER BY entry"
      ) {
        [try $0.get("kind") as String, try $0.get("attempt") as String?].compactMap { $0 }.joined(separator: " ")
      }
    }
  }

  /// Asks for the end of what has failed for good: one is canceled, one is refused, one has no answer.
  private func giveUp() async throws {
    for stored in try await reserveCancellations() {
      switch stored.processorPayment {
      case "pi_M": try await record(.ended(.canceled), of: stored)
      case "pi_N": try await record(.ended(.refused(code: "not_found")), of: stored)
      default:
        try await record(.open(why: "reset"), of: stored)
        try await record(.open(why: "still nothing"), of: stored)
      }
    }
  }

  /// What finance says about the one break of an order's, or of money of nobody's.
  private func decide(_ decision: BreakDecision, about order: String?, note: String? = nil, approved: Bool = false)
    async throws
  {
    let row = try #require(try await breakRows().first { $0.orderReference == order && $0.open })
    let source = DecisionSource(
      by: "alice", login: "finance", fileName: "breaks.csv", sha256: Story.digest(of: "breaks.csv"))
    let refund = row.delta.map { DecidedAmount(amount: $0, needsApproval: approved) }
    let context = context()
    try await write { db in
      let matter = try #require(try db.decidableBreaks([row.id], processor: "stripe")[row.id])
      try db.decide(
        decision, note: note, about: matter, line: 2, refund: decision == .refund ? refund : nil, by: source,
        context: context)
      guard approved else { return }
      let decided = try #require(try db.decidableBreaks([row.id], processor: "stripe")[row.id])
      var second = source
      second.by = "bob"
      try db.approve(
        try #require(decided.standing), about: decided, note: nil, line: 2, by: second, context: context)
    }
  }

  /// Four nights with one of everything that the trail tells of, the last two sealed together.
  func liveThroughEverything() async throws -> [AuditSeal] {
    var seals: [AuditSeal] = []
    try await authorize(
      .order("A", 1_000), .order("B", 2_000), .order("C", 3_000), .order("D", 4_000), .order("E", 5_000),
      .order("F", 6_000), .order("K", 7_000), .order("L", 8_000), .order("M", 9_000),
      .order("N", 9_500), .order("O", 9_900))
    try await claim(refusing: ["F"])
    for order in ["A", "C", "D", "K"] { try await charged(order) }
    try await declined("B", code: "insufficient_funds", made: "pi_B")
    for order in ["M", "N", "O"] { try await declined(order, made: "pi_\(order)") }
    try await unknown("E")
    try await unknown("E", why: "still nothing")
    try await unknown("L")
    seals.append(try await seal())
    next()
    // Told by files alone: G and H were never asked for.
    try await authorize(.order("G", 1_500), .order("H", 1_600), .order("B", 2_000, method: "pm_card_mastercard"))
    try await report(
      .charge("A", 1_000).fee(30), .charge("C", 3_300), .charge("D", 4_000),
      .charge("D", 4_000).again("D2", of: payment("D")),
      .charge("X", 700), .charge("K", 7_900), .charge("L", 8_000).naming(.init(payment: payment("L"))),
      .charge("G", 1_500).naming(.init(payment: payment("G"), processorPayment: "pi_G", processorCharge: "ch_G")),
      .failed("H").naming(.init(payment: payment("H"))))
    // A's fee of 0.30 is not what was agreed.
    try await reconcile(fees: [FeeTerm(processor: "stripe", currency: .named("USD"), cap: 0, tolerance: 29)])
    try await refund(.duplicateCharge, captured: 4_000, answer: .pending(reference: "re_D"))
    let held = try #require(try await breakRows().first { $0.reason == .amountMismatch && $0.orderReference == "K" })
    let (payment, context) = (payment("K"), context())
    try await write { db in
      _ = try db.holdBack(held.id, of: payment, because: .notProven, context: context)
    }
    try await decide(.wait(until: date.adding(days: 30)), about: "C", note: "ask the shop")
    try await decide(.refund, about: "K", approved: true)
    try await decide(.accept, about: nil, note: "of the other shop")
    seals.append(try await seal())
    next()
    try await authorize(.order("I", 900), .order("J", 1_100), .order("A", 999))
    try await claim()
    try await write { db in
      try db.bind(to: ProcessorAccount(id: "acct_1", live: false), of: "stripe")
    }
    try await charged("B", attempt: 2)
    try await charged("J")
    try await giveUp()
    try await report(
      .charge("A", 1_000).fee(30).payout("po_1"), .charge("B", 2_000), .charge("J", 1_100),
      .refund("D", -4_000, re: "re_D").naming(.init(payment: self.payment("D"), processorRefund: "re_D")))
    try await report(
      Reported.other(.payout, -970, row: "txn_po_1").payout("po_1"),
      Reported.other(.fee, -5, row: "txn_po_2").payout("po_2"))
    try await book(
      .line(970, text: "po_1"), .line(44, reference: "R1"), .line(55),
      statement: .of("2026-11-22", number: 1, opening: 0, closing: 1_069))
    try await reconcile()
    next()
    // The file that would tell of Q never comes.
    try await authorize(.order("Q", 1_300))
    try await claim()
    // Comes too late for this night's charges: it stays due.
    try await authorize(.order("P", 1_200))
    try await charged("Q")
    try await reconcile(files: [ExpectedFiles(processor: "stripe", calendar: BankingCalendar(.none))])
    try await journal(.done, of: "reconcile")
    try await publish("break_id,reason\r\n", as: "breaks.csv")
    seals.append(try await seal())
    return seals
  }

  /// Keeps an edition of a report's file.
  func publish(_ text: String, as file: String) async throws {
    let (date, at) = (date, context().now)
    try await write { db in
      var left: [UInt8]? = Array(text.utf8)
      _ = try db.keepEdition(of: file, on: date, sha256: Self.digest(of: text), at: at) {
        defer { left = nil }
        return left
      }
    }
  }
}
