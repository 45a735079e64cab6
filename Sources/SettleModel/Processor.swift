/// One operation at a processor, in settle's terms. The adapter turns it into exact bytes.
package enum ProcessorOperation: Sendable, Equatable {
  /// Create the payment's one processor payment and confirm it, off-session.
  case charge(ChargeOrder)
  /// Confirm the payment's existing processor payment again, for a later attempt.
  case confirm(ChargeOrder, processorPayment: String)
  /// Capture a hold, wholly or in part; the rest of it is released.
  case capture(ChargeOrder, hold: String)
  /// Give up a processor payment that no attempt will confirm again.
  case cancel(PaymentID, processorPayment: String)
  case refund(RefundOrder)
}

/// What a charge attempt asks for.
package struct ChargeOrder: Sendable, Equatable {
  package var payment: PaymentID
  /// The order's reference as it was given.
  package var orderReference: String
  /// Counts from 1.
  package var attempt: Int
  package var amount: Money
  package var instrument: Instrument

  package init(payment: PaymentID, orderReference: String, attempt: Int, amount: Money, instrument: Instrument) {
    self.payment = payment
    self.orderReference = orderReference
    self.attempt = attempt
    self.amount = amount
    self.instrument = instrument
  }
}

/// What a refund asks for: an amount of one charge at the processor.
package struct RefundOrder: Sendable, Equatable {
  package var refund: RefundID
  package var payment: PaymentID
  package var processorCharge: String
  package var amount: Money
  package var reason: BreakReason

  package init(
    refund: RefundID, payment: PaymentID, processorCharge: String, amount: Money, reason: BreakReason
  ) {
    self.refund = refund
    self.payment = payment
    self.processorCharge = processorCharge
    self.amount = amount
    self.reason = reason
  }
}

/// The exact bytes of a request, as they are stored before they are sent and repeated if need be.
///
/// It carries tokens only: no secret, and no card number, which settle never holds.
package struct ProcessorRequest: Sendable, Equatable {
  package var method: String
  /// Path and query below the processor's base address.
  package var path: String
  package var body: String
  package var idempotencyKey: String
  /// The processor's API version that the body was written for.
  package var apiVersion: String

  package init(method: String = "POST", path: String, body: String, idempotencyKey: String, apiVersion: String) {
    self.method = method
    self.path = path
    self.body = body
    self.idempotencyKey = idempotencyKey
    self.apiVersion = apiVersion
  }
}

/// What a processor answered, in the terms that decide what happens next.
package enum ProcessorAnswer: Sendable, Equatable {
  /// The charge stands (or the refund was taken on: see its state).
  case charged(ProcessorCharge)
  case refunded(ProcessorRefund)
  /// The processor has it and has not decided; an outcome will follow.
  case pending(reference: String)
  case canceled(reference: String)
  case declined(Decline)
  /// A definite refusal of the request itself (HTTP 400, 402 without a decline, 404): nothing moved.
  case refused(code: String, message: String)
  /// Money may have moved: a time-out, a reset, a 5xx, a key in use.
  ///
  /// `replayed` is true where the processor gave back a saved answer: repeating will never tell more, so look it up.
  case unknown(why: String, replayed: Bool)
  /// No connection could be made, so nothing was sent.
  case unreachable(why: String)
  /// The processor kept limiting, or too much failed in a row: stop cleanly and come back later. Nothing was done.
  case later(why: String)
  /// The processor refuses the API key (401, 403).
  case notPermitted(why: String)
  /// The key was used before with another body: a defect of settle.
  case keyMismatch(why: String)
}

/// A refused charge: the contract's reason, the processor's own code, and where it was refused.
package struct Decline: Sendable, Equatable {
  package var reason: FailureReason
  /// The processor's own decline code, such as `insufficient_funds` or `lost_card`.
  package var code: String
  /// The processor payment that stays open for a later attempt, if one was made.
  package var processorPayment: String?
  /// Whether card networks and the processor allow another attempt at all for this code.
  package var mayRetry: Bool

  package init(reason: FailureReason, code: String, processorPayment: String?, mayRetry: Bool) {
    self.reason = reason
    self.code = code
    self.processorPayment = processorPayment
    self.mayRetry = mayRetry
  }
}

/// A charge as the processor has it.
package struct ProcessorCharge: Sendable, Equatable {
  package enum State: Sendable, Equatable {
    case succeeded
    /// Undecided at the processor.
    case pending
    /// Not charged, with the last decline where there was one.
    case failed(Decline?)
    /// A hold that waits to be captured.
    case held
    case canceled
  }
  /// At Stripe the PaymentIntent, `pi_…`.
  package var processorPayment: String
  /// At Stripe the charge, `ch_…`.
  package var processorCharge: String?
  package var state: State
  /// What was asked for.
  package var amount: Money
  /// What was taken, in minor units of `amount`'s currency.
  package var captured: Int64
  package var refunded: Int64
  package var disputed: Bool
  /// The payment and attempt that its metadata names, where settle made it.
  package var payment: PaymentID?
  package var attempt: Int?
  package var createdAt: Timestamp

  package init(
    processorPayment: String, processorCharge: String?, state: State, amount: Money, captured: Int64, refunded: Int64,
    disputed: Bool, payment: PaymentID?, attempt: Int?, createdAt: Timestamp
  ) {
    self.processorPayment = processorPayment
    self.processorCharge = processorCharge
    self.state = state
    self.amount = amount
    self.captured = captured
    self.refunded = refunded
    self.disputed = disputed
    self.payment = payment
    self.attempt = attempt
    self.createdAt = createdAt
  }
}

/// A refund as the processor has it.
package struct ProcessorRefund: Sendable, Equatable {
  package typealias State = ProcessorRefundState
  /// At Stripe `re_…`.
  package var reference: String
  package var processorCharge: String?
  package var state: State
  package var amount: Money
  /// The refund that its metadata names, where settle asked for it.
  package var refund: RefundID?
  /// The processor's word for why it failed.
  package var failure: String?

  package init(
    reference: String, processorCharge: String?, state: State, amount: Money, refund: RefundID?, failure: String? = nil
  ) {
    self.reference = reference
    self.processorCharge = processorCharge
    self.state = state
    self.amount = amount
    self.refund = refund
    self.failure = failure
  }
}

/// What settle needs of a processor: exact requests, answers that say what to do next, and look-ups.
///
/// Pace, back-off and the circuit breaker lie behind it: `send` returns only what the caller must act on.
package protocol ProcessorAdapter: Sendable {
  var name: String { get }
  /// How long the processor remembers an idempotency key. Past it, nothing is ever posted again.
  var keyLife: Duration { get }
  /// Where its answers arrive. Tasks that send one request after the other run there at the least cost: nothing has to
  /// wake another thread for each of them. Nil where any place is as good.
  var executor: (any TaskExecutor)? { get }

  /// The request for an operation: pure, so that the same operation always has the same bytes and key.
  /// Throws ``ProcessorRefusal`` for what the processor cannot do at all.
  func request(for operation: ProcessorOperation) throws -> ProcessorRequest

  /// Sends a stored request. `permit` is called at the last moment before the bytes leave, after any wait for
  /// pace; when it throws, nothing was sent and its error is thrown on.
  func send(_ request: ProcessorRequest, permit: @Sendable () throws -> Void) async throws -> ProcessorAnswer

  /// The processor's current figures of one charge, by its payment's or its own reference; nil where it has none.
  func charge(_ reference: String) async throws -> ProcessorCharge?

  /// Every charge that the processor has created since an instant, newest first, a page at a time.
  func charges(since start: Timestamp, page: @Sendable ([ProcessorCharge]) async throws -> Void) async throws

  /// How often a processor payment has been tried to be charged, declines included, as far as the processor tells.
  func tries(of processorPayment: String) async throws -> Int

  /// The refunds of one charge at the processor, newest first.
  func refunds(of processorCharge: String) async throws -> [ProcessorRefund]

  /// One refund as the processor has it now, by its own reference; nil where it has none.
  func refund(_ reference: String) async throws -> ProcessorRefund?

  /// Every refund that the processor has taken on since an instant, newest first, a page at a time; those of others on
  /// the same account too.
  func refunds(since start: Timestamp, page: @Sendable ([ProcessorRefund]) async throws -> Void) async throws

  /// The account and mode that the key belongs to: a store remembers it and refuses another.
  func account() async throws -> ProcessorAccount
}

extension ProcessorAdapter {
  package var executor: (any TaskExecutor)? { nil }

  /// For a processor that does not tell: what its list of charges says of attempts has to do.
  package func tries(of processorPayment: String) async throws -> Int { 0 }

  /// The newest of the processor's charges, as far back as a hundred that name payments; of an account that others use
  /// too, ten pages at the most.
  package func newestCharges() async throws -> [ProcessorCharge] {
    let newest = Newest()
    do {
      try await charges(since: Timestamp(seconds: 0)) { page in
        if await newest.add(page) { throw Enough() }
      }
    } catch is Enough {}
    return await newest.charges
  }
}

private actor Newest {
  private(set) var charges: [ProcessorCharge] = []
  private var pages = 0

  /// Whether that is enough of them.
  func add(_ page: [ProcessorCharge]) -> Bool {
    charges += page
    pages += 1
    return pages == 10 || charges.count { $0.payment != nil } >= 100
  }
}

/// Ends a walk through the list before its end.
private struct Enough: Error {}

/// Whose money it is: a processor account, live or test.
package struct ProcessorAccount: Sendable, Equatable {
  package var id: String
  package var live: Bool
  package init(id: String, live: Bool) {
    self.id = id
    self.live = live
  }
}

/// A processor could not be asked, or refused to be: what happened and what the operator does next.
package enum ProcessorRefusal: Error, Equatable, CustomStringConvertible {
  case unreachable(String)
  case notPermitted(String)
  case later(String)
  case unsupported(String)
  case unexpected(String)

  package var description: String {
    switch self {
    case .unreachable(let why): "the processor cannot be reached: \(why); check STRIPE_API_BASE and the network"
    case .notPermitted(let why): "the processor refuses the key: \(why); check STRIPE_API_KEY"
    case .later(let why): "the processor asks to come back later: \(why)"
    case .unsupported(let what): what
    case .unexpected(let what): "the processor answered in a way that settle does not know: \(what)"
    }
  }
}
