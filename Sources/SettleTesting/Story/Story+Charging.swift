import Postgres
package import SettleModel
package import SettleStore

extension Story {
  /// Loads an authorizations file; its first row stands in line 2.
  @discardableResult
  package func authorize(_ rows: Authorization..., file name: String? = nil) async throws -> FileCounts {
    try await authorize(rows, file: name)
  }

  @discardableResult
  package func authorize(_ rows: [Authorization], file name: String? = nil) async throws -> FileCounts {
    let staged = rows.enumerated().map { index, row in
      var row = row
      row.line = index + 2
      return row
    }
    let file = file(name, layout: "settle-authorizations")
    let context = context()
    return try await write { db in
      try db.loadAuthorizations(file, context: context) { take in for row in staged { try take(.accepted(row)) } }
    }
  }

  /// Claims what is due: requests are stored, and nothing is sent.
  @discardableResult
  package func claim(
    size: Int = 100, refusing: Set<String> = [], keyLife: Duration = .seconds(80_000)
  ) async throws -> ClaimedBatch {
    let (context, run) = (context(), run)
    return try await write { db in
      try db.claimBatch(of: size, run: run, context: context, keyLife: keyLife) { operation in
        try Self.request(for: operation, refusing: refusing)
      }
    }
  }

  /// Bytes that a test can read: what is asked, of which payment, in which attempt.
  private static func request(
    for operation: ProcessorOperation, refusing: Set<String>
  ) throws -> ProcessorRequest {
    let (words, order): (String, ChargeOrder) =
      switch operation {
      case .charge(let order): ("charge", order)
      case .confirm(let order, let reference): ("confirm \(reference)", order)
      case .capture(let order, let hold): ("capture \(hold)", order)
      case .cancel, .refund: throw ProcessorRefusal.unsupported("a claim asks for charges only")
      }
    guard !refusing.contains(order.orderReference) else {
      throw ProcessorRefusal.unsupported("no payment method was given")
    }
    return ProcessorRequest(
      path: "/v1/payment_intents", body: "\(words) \(order.amount)",
      idempotencyKey: "\(order.payment)-\(order.attempt)", apiVersion: "2024-06-20")
  }

  /// Records what became of attempts.
  package func record(_ results: [AttemptResult]) async throws {
    let context = context()
    try await write { db in try db.record(results, context: context) }
  }

  /// Records a success as `pi_A` and `ch_A`, or other ids.
  package func charged(
    _ order: String, attempt: Int = 1, ids: String? = nil, proof: ChargeLifecycle.Proof = .answer
  ) async throws {
    let charge = ProcessorCharge(
      processorPayment: "pi_\(ids ?? order)", processorCharge: "ch_\(ids ?? order)", state: .succeeded,
      amount: Money(0, "USD"), captured: 0, refunded: 0, disputed: false, payment: payment(order), attempt: attempt,
      createdAt: instant)
    try await record([
      AttemptResult(payment: payment(order), attempt: attempt, outcome: .ended(.succeeded(charge, proof: proof)))
    ])
  }

  package func declined(
    _ order: String, attempt: Int = 1, _ reason: FailureReason = .cardDeclined, code: String = "generic_decline",
    made reference: String? = nil
  ) async throws {
    let decline = Decline(reason: reason, code: code, processorPayment: reference, mayRetry: true)
    try await record([
      AttemptResult(payment: payment(order), attempt: attempt, outcome: .ended(.declined(decline)))
    ])
  }

  package func unknown(
    _ order: String, attempt: Int = 1, why: String = "timeout", lookUp: Bool = false, reference: String? = nil
  ) async throws {
    try await record([
      AttemptResult(
        payment: payment(order), attempt: attempt,
        outcome: .open(why: why, lookUp: lookUp, processorPayment: reference))
    ])
  }

  /// Claims everything that is due and records a success for these orders.
  package func charge(_ orders: String...) async throws {
    try await claim()
    for order in orders { try await charged(order) }
  }
}
