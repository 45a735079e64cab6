import SettleModel

/// One run of the nightly job: settle's thin loops in steps between which anything may happen, around the decisions
/// of SettleModel.
final class SimulatedRun {
  unowned let world: World
  let name: String
  private(set) var token = 0
  private(set) var isAlive = true
  private(set) var pausedUntil: Int64?
  /// When a pause ended that was longer than the lease lives; its first renewal after that is still to come.
  private var renewsAt: Int64?
  private var inFlight = 0

  static let leaseLife: Int64 = 5_000_000
  static let keyMargin: Duration = .seconds(3_600)
  /// Rules that give back every proven duplicate and overcharge.
  static let policy: RefundPolicy = {
    let most: [Currency: Int64] = [World.currency: 1_000_000_000]
    return RefundPolicy(
      rules: [
        RefundRule(when: .duplicateCharge, portion: .duplicate, limit: most),
        RefundRule(when: .amountMismatch, portion: .overcharge, limit: most),
        RefundRule(when: .unexpectedCharge, portion: .duplicate, limit: most),
      ], perRun: most, perDay: most)
  }()

  init(world: World, name: String) {
    self.world = world
    self.name = name
  }

  func note(_ what: @autoclosure () -> String) { world.note("\(name): \(what())") }

  /// Takes the lease, or ends at once where a run holds it that is alive and has not been stopped for too long.
  func begin() {
    step { [self] in
      if let holder = world.store.lease.holder, holder.holdsLease(at: world.time) {
        end("\(holder.name) holds the lease")
        return
      }
      if world.store.lease.holder != nil { world.statistics.takeovers += 1 }
      token = world.store.lease.token + 1
      world.store.lease = SimulatedLease(token: token, holder: self)
      note("begins with token \(token)")
      ingest()
    }
  }

  private func holdsLease(at time: Int64) -> Bool {
    guard isAlive else { return false }
    guard let pausedSince else { return true }
    return time - pausedSince < Self.leaseLife
  }

  private var pausedSince: Int64?

  func end(_ why: String) {
    guard isAlive else { return }
    note("ends: \(why)")
    isAlive = false
    if world.store.lease.token == token, world.store.lease.holder === self { world.store.lease.holder = nil }
  }

  func kill() {
    world.statistics.kills += 1
    if inFlight > 0 { world.statistics.killsInFlight += 1 }
    note("is killed\(inFlight > 0 ? " with \(inFlight) requests under way" : "")")
    isAlive = false
  }

  func pause(until: Int64) {
    world.statistics.pauses += 1
    note("is stopped until \(Timestamp(microseconds: until))")
    pausedSince = world.time
    pausedUntil = until
    world.after(.microseconds(until - world.time)) { [self] in
      guard isAlive, pausedUntil == until else { return }
      if until - (pausedSince ?? until) >= Self.leaseLife - 500_000 {
        renewsAt = until + Int64(world.dice.below(1_000_000))
      }
      pausedUntil = nil
      pausedSince = nil
      note("is continued")
    }
  }

  /// Whether a call to the processor may leave now.
  func permit() -> Bool {
    if let renewsAt, world.time < renewsAt { return false }
    return world.store.lease.token == token
  }

  // MARK: Steps

  /// Something that takes the process a moment, before which it may die.
  func step(_ action: @escaping () -> Void) { wait(.microseconds(world.dice.within(100...3_000)), action) }

  func wait(_ pause: Duration, _ action: @escaping () -> Void) { world.after(pause, of: self, action) }

  /// One fenced transaction, then what follows from it. The process may die before it, and between the two.
  func write(_ body: @escaping (inout SimulatedStore) -> Void, then next: @escaping () -> Void) {
    step { [self] in
      guard world.defect == .noFencing || world.store.lease.token == token else {
        end("another run has taken over")
        return
      }
      body(&world.store)
      step(next)
    }
  }

  /// Sends a request; `next` gets the answer, as far as the network lets it through. Nothing comes back to a run that
  /// is dead, and a request that has left arrives all the same.
  func post(_ request: SimulatedRequest, then next: @escaping (ProcessorAnswer) -> Void) {
    let weather = world.weather
    world.statistics.calls += 1
    note("sends \(request.key)")
    if world.dice.happens(weather.unreachable) { return answer(after: 50...200, .unreachable(why: "refused"), next) }
    if world.dice.happens(weather.limited) { return answer(after: 500...9_000, .later(why: "HTTP 429"), next) }
    if world.dice.happens(weather.reset) {
      return answer(after: 10...500, .unknown(why: "reset", replayed: false), next)
    }
    inFlight += 1
    let slow = world.dice.happens(weather.slow)
    let lost = world.dice.happens(weather.lostResponse)
    if slow || lost {
      wait(world.dice.milliseconds(slow ? 30_000...60_000 : 100...80_000)) { [self] in
        inFlight -= 1
        note("hears nothing about \(request.key)")
        world.statistics.unknown += 1
        next(.unknown(why: "time-out", replayed: false))
      }
    }
    world.after(world.dice.milliseconds(slow ? 20_000...600_000 : 5...200)) { [self] in
      world.processor.receive(request) { [self] answer in
        guard !slow, !lost else { return }
        wait(world.dice.milliseconds(5...200)) { [self] in
          inFlight -= 1
          if case .unknown = answer { world.statistics.unknown += 1 }
          next(answer)
        }
      }
    }
  }

  private func answer(
    after range: ClosedRange<Int>, _ answer: ProcessorAnswer, _ next: @escaping (ProcessorAnswer) -> Void
  ) {
    wait(world.dice.milliseconds(range)) { [self] in
      note("gets \(answer.word)")
      next(answer)
    }
  }

  /// A look-up: it changes nothing, and where it fails, the run's stage ends.
  func ask<Answer>(
    _ what: String, _ body: @escaping (SimulatedProcessor) -> Answer, then next: @escaping (Answer) -> Void
  ) {
    world.statistics.lookUps += 1
    wait(world.dice.milliseconds(20...900)) { [self] in
      guard !world.dice.happens(world.weather.reset / 4) else {
        end("the processor could not be asked for \(what)")
        return
      }
      let answer = body(world.processor)
      wait(world.dice.milliseconds(20...200)) { next(answer) }
    }
  }

  private func ingest() {
    let inbox = world.inbox
    write { store in
      for row in inbox { store.ingest(row.payment, row.amount, row.instrument, row.authorizedAt) }
    } then: { [self] in
      charge { [self] in importOutcomes { [self] in refund { [self] in end("done") } } }
    }
  }

  private func importOutcomes(then next: @escaping () -> Void) {
    let report = world.report()
    write {
      $0.take(report)
    } then: { [self] in
      let twice = world.twoAskers
      write {
        $0.reconcile(twice: twice)
      } then: {
        next()
      }
    }
  }
}
