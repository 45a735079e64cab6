import Postgres
import SettleModel
import SettleStore
import SettleTesting
import Testing

/// The whole table of the contract's § Identity: a row, and the same authorization again in other words.
@Suite struct IdentityTableTests {
  /// How far the payment has come between the two.
  enum Standing: String, Sendable, CaseIterable { case unsent, open, failed, succeeded }

  /// What becomes of the second row.
  enum Verdict: Sendable, Equatable {
    case same
    case changes
    case another
    case refused(field: String, QuarantineReason, String)

    var counts: FileCounts {
      switch self {
      case .same: FileCounts(read: 1, accepted: 0, quarantined: 0, ignored: 1)
      case .changes, .another: FileCounts(read: 1, accepted: 1, quarantined: 0, ignored: 0)
      case .refused: FileCounts(read: 1, accepted: 0, quarantined: 1, ignored: 0)
      }
    }

    static func conflict(_ field: String) -> Verdict {
      .refused(field: field, .conflict, "known with another \(field): one authorization has one set of terms")
    }

    static let named = Verdict.refused(
      field: "authorization_id", .conflict,
      "this order is known without an authorization_id: load it again as it was, or correct the first file")
    static let unnamed = Verdict.refused(
      field: "authorization_id", .conflict,
      "this order is known with an authorization_id: name it, so that it cannot become a second payment")
    static let mixed = Verdict.refused(
      field: "authorization_id", .conflict,
      "this file names the order both with and without an authorization_id: the first form counts")
    static let charged = Verdict.refused(
      field: "payment_method", .alreadyCharged, "this payment was charged already; its payment method cannot change")
    static let attemptOpen = Verdict.refused(
      field: "payment_method", .attemptOpen,
      "an attempt is open; give this row again, in a new file, when its outcome is known")
  }

  struct Pair: Sendable, CustomStringConvertible {
    var description: String
    var one: Authorization
    var other: Authorization
    /// The verdict on the second, whatever has become of the payment.
    var always: Verdict?
    /// The verdict where both stand in one file, if that is another.
    var inOneFile: Verdict?
    /// The verdict the other way round, if that is another.
    var reversed: Verdict?

    init(
      _ description: String, _ one: Authorization, _ other: Authorization, _ always: Verdict?,
      inOneFile: Verdict? = nil, reversed: Verdict? = nil
    ) {
      self.description = description
      self.one = one
      self.other = other
      self.always = always
      self.inOneFile = inOneFile
      self.reversed = reversed
    }

    func verdict(_ standing: Standing) -> Verdict {
      if let always { return always }
      return switch standing {
      case .unsent, .failed: .changes
      case .open: .attemptOpen
      case .succeeded: .charged
      }
    }
  }

  static let later = Timestamp(seconds: 1_800_000_000)

  static let pairs = [
    Pair("the same", .order("A", 1_000, customer: "c"), .order("A", 1_000, customer: "c"), .same),
    Pair("another amount", .order("A", 1_000), .order("A", 1_001), .conflict("amount")),
    Pair("another currency", .order("A", 1_000), .order("A", 1_000, "EUR"), .conflict("currency")),
    Pair("another customer", .order("A", 1, customer: "c"), .order("A", 1, customer: "d"), .conflict("customer_id")),
    Pair("no customer", .order("A", 1, customer: "c"), .order("A", 1), .conflict("customer_id")),
    Pair("another amount and method", .order("A", 1), .order("A", 2, method: "pm_b"), .conflict("amount")),
    Pair(
      "now with an authorization_id", .order("A", 1), .order("A", 1, id: "x"), .named, inOneFile: .mixed,
      reversed: .unnamed),
    Pair("another authorization of the order", .order("A", 1, id: "x"), .order("A", 1, id: "y"), .another),
    Pair("another order", .order("A", 1, id: "x"), .order("B", 1, id: "x"), .conflict("order_id")),
    Pair("another payment method", .order("A", 1), .order("A", 1, method: "pm_b"), nil),
    Pair("no payment method", .order("A", 1), .order("A", 1, method: nil), nil),
    Pair("a hold", .order("A", 1), .order("A", 1, hold: "pi_h"), nil),
    Pair("another hold", .order("A", 1, hold: "pi_h"), .order("A", 1, hold: "pi_i"), nil),
    // A hold with another deadline is another hold; see below for what other instants mean.
    Pair(
      "another time to capture", .order("A", 1, hold: "pi_h"), .order("A", 1, hold: "pi_h", captureBefore: later), nil),
  ]

  /// An export that dates the same agreement anew changes what is still to be sent, and never charges a card again.
  @Test(arguments: Standing.allCases)
  func anotherInstantIsNoOtherAgreement(standing: Standing) async throws {
    try await Story.tell { story in
      let one = Authorization.order("A", 1)
      var other = one
      other.authorizedAt = Self.later
      try await story.authorize(one)
      try await bring(story, one, to: standing)
      let state = try await story.state("A")
      let verdict = standing == .unsent ? Verdict.changes : .same
      #expect(try await story.authorize(other) == verdict.counts)
      #expect(try await story.state("A") == state)
    }
  }

  static func expected(_ verdict: Verdict, line: Int) -> [String] {
    guard case .refused(let field, let reason, let detail) = verdict else { return [] }
    return ["\(line) \(field) \(reason.rawValue): \(detail)"]
  }

  @Test(arguments: pairs)
  func inOneFile(_ pair: Pair) async throws {
    try await Story.tell { story in
      for reversed in [false, true] {
        let (one, other) = reversed ? (pair.other, pair.one) : (pair.one, pair.other)
        let verdict = pair.inOneFile ?? (reversed ? pair.reversed : nil) ?? pair.verdict(.unsent)
        var counts = verdict.counts
        counts.read += 1
        counts.accepted += 1
        #expect(try await story.authorize(one, other) == counts)
        #expect(try await story.quarantined() == Self.expected(verdict, line: 3))
        try await check(story, one, other, verdict)
        try await story.forget()
      }
    }
  }

  @Test(arguments: pairs)
  func inTwoFiles(_ pair: Pair) async throws {
    try await Story.tell { story in
      for (standing, reversed) in Standing.allCases.flatMap({ [($0, false), ($0, true)] }) {
        let (one, other) = reversed ? (pair.other, pair.one) : (pair.one, pair.other)
        let verdict = (reversed ? pair.reversed : nil) ?? pair.verdict(standing)
        try await story.authorize(one)
        try await bring(story, one, to: standing)
        let state = try await story.state(id(story, one))
        #expect(try await story.authorize(other) == verdict.counts, "\(standing)")
        #expect(try await story.quarantined() == Self.expected(verdict, line: 2), "\(standing)")
        try await check(story, one, other, verdict)
        let due = verdict == .changes && standing == .failed ? ", due 2026-11-20" : ""
        #expect(try await story.state(id(story, one)) == state + due)
        try await story.forget()
      }
    }
  }

  private func id(_ story: Story, _ row: Authorization) -> PaymentID {
    PaymentID(merchant: story.merchant, authorizationID: row.authorizationID, orderReference: row.orderReference)
  }

  private func bring(_ story: Story, _ row: Authorization, to standing: Standing) async throws {
    guard standing != .unsent else { return }
    try await story.claim()
    let payment = id(story, row)
    func told(_ outcome: AttemptResult.Outcome) async throws {
      try await story.record([AttemptResult(payment: payment, attempt: 1, outcome: outcome)])
    }
    switch standing {
    case .unsent, .open: break
    case .failed: try await told(.ended(.refused(code: "declined")))
    case .succeeded:
      let charge = ProcessorCharge(
        processorPayment: "pi_1", processorCharge: nil, state: .succeeded, amount: row.amount, captured: 0, refunded: 0,
        disputed: false, payment: nil, attempt: 1, createdAt: await story.instant)
      try await told(.ended(.succeeded(charge, proof: .answer)))
    }
  }

  /// There are as many payments as the verdict means, and the first has the terms that the verdict leaves it.
  private func check(
    _ story: Story, _ one: Authorization, _ other: Authorization, _ verdict: Verdict
  ) async throws {
    let terms = verdict == .changes ? other : one
    let instrument = terms.instrument
    let payment = id(story, one)
    #expect(
      try await story.store.rows(
        """
        SELECT order_reference, amount::text, currency, customer_reference, payment_method, hold
        FROM payments WHERE payment_id = \(payment)
        """) == [
          [
            one.orderReference, "\(one.amount.minor)", one.amount.currency.code, one.customerReference ?? "-",
            instrument.paymentMethod ?? "-", instrument.hold ?? "-",
          ].joined(separator: " ")
        ])
    #expect(try await story.store.rows("SELECT count(*)::text FROM payments") == [verdict == .another ? "2" : "1"])
    if let hold = instrument.hold {
      #expect(
        try await story.store.rows(
          "SELECT kind FROM payment_references WHERE value = \(hold) AND payment_id = \(payment)") == ["hold"])
    }
  }
}
