import SettleModel

// The charge stage's order of steps: what was left open first, then what is due, then what is still not known.

extension SimulatedRun {
  private static let rounds = 4
  /// Clocks of two companies differ: lists are gone through from this much earlier.
  private static let clockSkew: Duration = .seconds(600)
  /// How long before its latest terms a payment may have been tried.
  private static let longestAgreement: Duration = .seconds(30 * 24 * 3_600)

  /// `next` is called when the stage is over, however it went; a run that has lost its lease does not come to it.
  func charge(then next: @escaping () -> Void) {
    drain(SimulatedQueue(world.store.openAttempts(lookUp: false)), releasing: false) { [self] stopped in
      guard !stopped else { return next() }
      adoptKnown { [self] in
        let batch = world.dice.within(2...6)
        drain(SimulatedQueue(claiming: batch), releasing: true) { [self] stopped in
          guard !stopped else { return next() }
          resolve(round: 1, then: next)
        }
      }
    }
  }

  /// Looks for what is due in the processor's own list first, wherever a key could no longer protect it.
  private func adoptKnown(then next: @escaping () -> Void) {
    let life = SimulatedProcessor.keyLife - Self.keyMargin
    let before: Duration = world.defect == .listFromLatestTerms ? .zero : Self.longestAgreement
    let since = world.store.doubtfulSince(keysExpiredBefore: world.now.adding(.zero - life), before: before)
    guard world.defect != .noLookUpFirst else { return next() }
    guard let since else { return write({ $0.mustLookFirst = false }, then: next) }
    note("looks for earlier charges of what is due")
    ask("its list") {
      $0.list(since: since.adding(.zero - Self.clockSkew))
    } then: { [self] page in
      note("finds \(page.compactMap { $0.payment.map { $0.short } }.joined(separator: " "))")
      let now = world.now
      write {
        $0.adopt(page, at: now)
        $0.mustLookFirst = false
      } then: {
        next()
      }
    }
  }

  private func resolve(round: Int, then next: @escaping () -> Void) {
    let open = world.store.openAttempts
    guard !open.isEmpty, round <= Self.rounds else { return next() }
    wait(round > 1 ? .milliseconds(500 << round) : .zero) { [self] in
      lookUp(open.filter(\.lookUp)) { [self] in
        drain(SimulatedQueue(world.store.openAttempts(lookUp: false)), releasing: false) { [self] stopped in
          if stopped { next() } else { resolve(round: round + 1, then: next) }
        }
      }
    }
  }

  /// By the processor's own record: what an attempt's payment says where it is known, else one pass over the list.
  private func lookUp(_ sought: [SimulatedAttempt], then next: @escaping () -> Void) {
    guard !sought.isEmpty else { return next() }
    ask("charges") { [world] processor in
      var found: [(SimulatedAttempt, ProcessorCharge?)] = []
      let known = sought.map { ($0, $0.request.operation.hold ?? world.store.payments[$0.payment]?.intent) }
      for (attempt, reference) in known where reference != nil {
        found.append((attempt, reference.flatMap(processor.retrieve)))
      }
      let unseen = known.filter { $0.1 == nil }.map(\.0)
      guard let oldest = unseen.map(\.storedAt).min() else { return found }
      let list = processor.list(since: oldest.adding(.zero - Self.clockSkew))
      for attempt in unseen {
        let own = list.filter { $0.payment == attempt.payment && $0.attempt == attempt.number }
        found.append((attempt, own.last { $0.state == .succeeded } ?? own.last))
      }
      return found
    } then: { [self] (found: [(SimulatedAttempt, ProcessorCharge?)]) in
      let results = found.compactMap { attempt, charge in result(of: attempt, charge) }
      write({ store in for result in results { store.record(result) } }, then: next)
    }
  }

  private func result(of attempt: SimulatedAttempt, _ charge: ProcessorCharge?) -> SimulatedResult? {
    guard let charge else {
      note("finds nothing of \(attempt.request.key)")
      return world.defect == .notFoundIsFailed ? failed(attempt) : nil
    }
    let sought = SoughtAttempt(payment: attempt.payment, attempt: attempt.number, amount: attempt.amount)
    let outcome: SimulatedResult.Outcome =
      switch sought.step(after: charge) {
      case .end(let ending): .ended(ending)
      case .lookUp(let why, let reference): .open(why: why, lookUp: true, intent: reference)
      default: .open(why: "undecided", lookUp: true, intent: charge.processorPayment)
      }
    note("finds of \(attempt.request.key): \(outcome.words)")
    return SimulatedResult(payment: attempt.payment, attempt: attempt.number, outcome: outcome)
  }

  /// What a seeded defect makes of an attempt that it does not know the outcome of: failed, and due again.
  func failed(_ attempt: SimulatedAttempt) -> SimulatedResult {
    let decline = Decline(reason: .processingError, code: "unknown", processorPayment: nil, mayRetry: true)
    return SimulatedResult(
      payment: attempt.payment, attempt: attempt.number, outcome: .ended(.declined(decline)))
  }
}

extension ProcessorOperation {
  fileprivate var hold: String? {
    if case .capture(_, let hold) = self { return hold }
    return nil
  }
}
