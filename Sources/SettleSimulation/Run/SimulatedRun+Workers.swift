import SettleModel

// Workers take attempts, send them, and hand their results to one writer, as the charge stage's do.

/// What the workers of one drain have in common.
final class SimulatedDrain {
  var braked = false
  /// A worker met the loss of the lease: what is open is left, the run ends.
  var leaseLost = false
  var working = 0
  var pending: [SimulatedResult] = []
  var isWriting = false
  var finish: (() -> Void)?
}

extension SimulatedRun {
  /// Lets so many workers send what the queue holds, and calls `next` when all answers are recorded, with whether the
  /// stage must stop.
  ///
  /// - Parameter releasing: whether what no worker took was certainly never sent, and so is given back.
  func drain(_ queue: SimulatedQueue, releasing: Bool, then next: @escaping (Bool) -> Void) {
    let drain = SimulatedDrain()
    drain.finish = { [self] in
      drain.finish = nil
      let left = drain.braked ? queue.close() : []
      let go = { [self] in
        if drain.leaseLost { end("its lease was not renewed in time") } else { next(drain.braked) }
      }
      guard releasing, !left.isEmpty else { return go() }
      note("gives back \(left.count) attempts that were never sent")
      write({ $0.release(left) }, then: go)
    }
    let workers = world.dice.within(1...4)
    drain.working = workers
    for _ in 0..<workers { step { [self] in work(queue, drain) } }
  }

  private func work(_ queue: SimulatedQueue, _ drain: SimulatedDrain) {
    guard !drain.braked else { return leave(drain) }
    if let attempt = queue.take() {
      let lifecycle = ChargeLifecycle(
        storedAt: attempt.storedAt, keyLife: SimulatedProcessor.keyLife, margin: Self.keyMargin)
      return send(attempt, lifecycle, drain) { [self] in work(queue, drain) }
    }
    guard !queue.isExhausted else { return leave(drain) }
    queue.waiting.append { [self] in step { [self] in work(queue, drain) } }
    guard !queue.isClaiming else { return }
    queue.isClaiming = true
    var claimed: [SimulatedAttempt] = []
    let now = world.now
    let keeping = world.defect != .storedAfterCall
    write {
      claimed = $0.claim(queue.batch, at: now, keeping: keeping)
    } then: { [self] in
      if !claimed.isEmpty { note("has claimed \(claimed.map(\.request.key).joined(separator: ", "))") }
      queue.add(claimed)
    }
  }

  private func leave(_ drain: SimulatedDrain) {
    drain.working -= 1
    if drain.working == 0, !drain.isWriting { drain.finish?() }
  }

  /// Sends one attempt until its lifecycle says what to do with it.
  private func send(
    _ attempt: SimulatedAttempt, _ lifecycle: ChargeLifecycle, _ drain: SimulatedDrain,
    then next: @escaping () -> Void
  ) {
    guard permit() || world.defect == .repostAfterKeyLife && world.store.lease.token == token else {
      drain.braked = true
      drain.leaseLost = true
      return next()
    }
    guard lifecycle.maySend(at: world.now) || world.defect == .repostAfterKeyLife else {
      return add(open(attempt, why: "the key may be forgotten", lookUp: true), to: drain, then: next)
    }
    var request = attempt.request
    if world.defect == .randomKey { request.key += "-\(world.dice.below(1 << 30))" }
    if world.defect == .storedAfterCall { request.key += "-\(token)" }
    post(request) { [self] answer in
      if world.defect == .storedAfterCall {
        write({ $0.keep(attempt) }) { [self] in react(attempt, lifecycle, answer, drain, then: next) }
      } else {
        react(attempt, lifecycle, answer, drain, then: next)
      }
    }
  }

  private func react(
    _ attempt: SimulatedAttempt, _ lifecycle: ChargeLifecycle, _ answer: ProcessorAnswer, _ drain: SimulatedDrain,
    then next: @escaping () -> Void
  ) {
    var lifecycle = lifecycle
    if case .unknown = answer, world.defect == .unknownIsFailed { return add(failed(attempt), to: drain, then: next) }
    switch lifecycle.answered(answer, at: world.now) {
    case .end(let ending):
      add(
        SimulatedResult(payment: attempt.payment, attempt: attempt.number, outcome: .ended(ending)), to: drain,
        then: next)
    case .repeatSame(let pause):
      var again = attempt
      if world.defect == .newKeyOnUnknown { again.request.key += "+" }
      wait(pause) { [self] in send(again, lifecycle, drain, then: next) }
    case .lookUp(let why, let reference):
      add(open(attempt, why: why, lookUp: true, intent: reference), to: drain, then: next)
    case .leave(let why): add(open(attempt, why: why, lookUp: false), to: drain, then: next)
    case .stop(let stop):
      note("stops: \(stop)")
      drain.braked = true
      add(open(attempt, why: "the stage stopped", lookUp: false), to: drain, then: next)
    }
  }

  private func open(
    _ attempt: SimulatedAttempt, why: String, lookUp: Bool, intent: String? = nil
  ) -> SimulatedResult {
    SimulatedResult(
      payment: attempt.payment, attempt: attempt.number, outcome: .open(why: why, lookUp: lookUp, intent: intent))
  }

  /// Hands a result to the writer: while one transaction commits, the next group gathers.
  private func add(_ result: SimulatedResult, to drain: SimulatedDrain, then next: @escaping () -> Void) {
    note("learns of \(result.payment.short)-\(result.attempt): \(result.outcome.words)")
    drain.pending.append(result)
    if !drain.isWriting {
      drain.isWriting = true
      writeResults(drain)
    }
    step(next)
  }

  private func writeResults(_ drain: SimulatedDrain) {
    let group = drain.pending
    drain.pending = []
    let mayRetry = world.defect == .unknownIsFailed || world.defect == .notFoundIsFailed
    write { store in
      for result in group {
        store.record(result)
        if mayRetry, case .ended(.declined(let decline)) = result.outcome, decline.code == "unknown" {
          store.retry(result.payment)
        }
      }
    } then: { [self] in
      if !drain.pending.isEmpty { return writeResults(drain) }
      drain.isWriting = false
      if drain.working == 0 { drain.finish?() }
    }
  }
}
