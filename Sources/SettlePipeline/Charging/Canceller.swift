import Postgres
import SettleModel
import SettleStore

/// Gives up the processor payments of payments that have failed for good, by the protocol of a charge: each request is
/// stored, sent, and its answer recorded.
///
/// A failed one takes no money by itself, but one that waits for its customer stays payable by them.
struct Canceller: Sendable {
  let context: RunContext
  let processor: any ProcessorAdapter

  private static let page = 500

  /// Repeats what has no answer yet, then asks for the rest. Returns why it stopped early, if it did; what is left then
  /// waits for the next run.
  func cancel(_ scope: CancellationScope) async throws -> (canceled: Int64, stop: StageStop?) {
    var canceled: Int64 = 0
    var last: PaymentID?
    var isRepeat = true
    while true {
      try Task.checkCancellation()
      let (seen, batch) = isRepeat ? try await open(scope, after: last) : try await reserve(scope, after: last)
      guard let seen else {
        guard isRepeat else { return (canceled, nil) }
        isRepeat = false
        last = nil
        continue
      }
      last = seen
      let sent = try await send(batch)
      canceled += Int64(sent.results.count { if case .ended(.canceled) = $0.outcome { true } else { false } })
      if let stop = sent.stop { return (canceled, stop) }
    }
  }

  private func open(
    _ scope: CancellationScope, after: PaymentID?
  ) async throws -> (seen: PaymentID?, stored: [StoredCancellation]) {
    let load = context.load
    let stored = try await context.store.pool.session {
      try $0.openCancellations(scope, after: after, limit: Self.page, context: load)
    }
    return (stored.last?.payment, stored)
  }

  private func reserve(
    _ scope: CancellationScope, after: PaymentID?
  ) async throws -> (seen: PaymentID?, stored: [StoredCancellation]) {
    let (load, run, processor) = (context.load, context.run, processor)
    let size = context.pipeline.charge.batch
    return try await context.write { db in
      try db.reserveCancellations(scope, after: after, limit: size, run: run, context: load) {
        try processor.request(for: $0)
      }
    }
  }

  private enum Sent: Sendable {
    case result(CancellationResult)
    case stop(StageStop)
    case failed(any Error)
  }

  /// What a batch has come to.
  private struct Answers: Sendable {
    var results: [CancellationResult] = []
    var stop: StageStop?
    var failure: (any Error)?

    mutating func add(_ sent: Sent) {
      switch sent {
      case .result(let result): results.append(result)
      case .stop(let why): stop = stop ?? why
      case .failed(let error): failure = failure ?? error
      }
    }
  }

  /// Sends a batch and records every answer that came, whatever stopped the others.
  private func send(
    _ batch: [StoredCancellation]
  ) async throws -> (results: [CancellationResult], stop: StageStop?) {
    let answers = await ask(batch)
    if !answers.results.isEmpty {
      let load = context.load
      try await Uncancelled.run { try await context.write { try $0.record(answers.results, context: load) } }
    }
    if let failure = answers.failure { throw failure }
    return (answers.results, answers.stop)
  }

  /// So many at once, until all are sent or one says stop.
  private func ask(_ batch: [StoredCancellation]) async -> Answers {
    await withTaskGroup(of: Sent.self, returning: Answers.self) { group in
      var answers = Answers()
      var next = 0
      while next < min(batch.count, context.pipeline.charge.concurrency) {
        let cancellation = batch[next]
        group.addTask { await send(cancellation) }
        next += 1
      }
      while let sent = await group.next() {
        answers.add(sent)
        guard answers.stop == nil, answers.failure == nil, next < batch.count else { continue }
        let cancellation = batch[next]
        group.addTask { await send(cancellation) }
        next += 1
      }
      return answers
    }
  }

  private func send(_ cancellation: StoredCancellation) async -> Sent {
    do { return try await exchange(cancellation) } catch let refusal as ProcessorRefusal {
      return switch refusal {
      case .unreachable(let why): .stop(.unreachable(why))
      case .later(let why): .stop(.later(why))
      case .notPermitted(let why): .stop(.notPermitted(why))
      case .unsupported(let why), .unexpected(let why): .result(CancellationResult(of: cancellation, .open(why: why)))
      }
    } catch {
      return .failed(error)
    }
  }

  private func exchange(_ cancellation: StoredCancellation) async throws -> Sent {
    let expires = cancellation.storedAt.adding(processor.keyLife - context.pipeline.charge.keyMargin)
    // A key that may be forgotten tells nothing of what became of the first request. That the processor payment is
    // still open does; and giving it up takes no money, so it may be asked for again.
    if context.clock() >= expires {
      let found = try await lookUp(cancellation, why: KeyExpired.why)
      if case .ended = found.outcome { return .result(found) }
    }
    var lifecycle = CancelLifecycle()
    while true {
      switch lifecycle.answered(try await processor.send(cancellation.request, permit: context.permit)) {
      case .end(let ending): return .result(Self.result(of: cancellation, ending))
      case .repeatSame(let pause): try await Task.sleep(for: pause)
      case .lookUp(let why): return .result(try await lookUp(cancellation, why: why))
      case .stop(let stop): return .stop(stop)
      }
    }
  }

  private func lookUp(_ cancellation: StoredCancellation, why: String) async throws -> CancellationResult {
    guard let charge = try await processor.charge(cancellation.processorPayment) else {
      // What the processor does not have takes no money; the request alone would not have said so.
      return CancellationResult(of: cancellation, .ended(.refused(code: "not_found")))
    }
    guard let ending = CancelLifecycle.ending(of: charge) else {
      return CancellationResult(of: cancellation, .open(why: why))
    }
    return Self.result(of: cancellation, ending)
  }

  /// Money that is not this payment's proves nothing, as in ``ChargeLookUp``.
  static func result(
    of cancellation: StoredCancellation, _ ending: CancelLifecycle.Ending
  ) -> CancellationResult {
    guard case .succeeded(let charge) = ending else { return CancellationResult(of: cancellation, .ended(ending)) }
    let isOwn = charge.took(atLeast: cancellation.amount, of: cancellation.payment)
    return CancellationResult(
      of: cancellation, isOwn ? .ended(ending) : .open(why: "the processor's charge is not this payment's"))
  }
}
