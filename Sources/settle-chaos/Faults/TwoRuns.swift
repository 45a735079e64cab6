import Glibc

/// Two runs on one store: started together, or one stopped past its lease while the other goes on, then woken.
struct TwoRuns: Fault {
  let name = "two-runs"
  let summary = "two runs at once; one stopped past its lease, or its keys' life, then woken"

  enum Story: Int, CaseIterable {
    case together, stoppedAtRandom, stoppedWithABatch, stoppedPastKeyLife, stoppedInReport
  }

  func worlds(_ effort: Effort) -> Int { effort == .full ? 250 : 5 }

  /// They mostly wait for a lease to lapse.
  func lanes(_ effort: Effort) -> Int { effort == .full ? 12 : 5 }

  func run(world number: Int, in setting: Setting) async throws -> Trial {
    let story = Story.allCases[number % Story.allCases.count]
    var random = setting.random(name, world: number)
    var terms = World.Terms()
    terms.sandbox.seed = random.next()
    if story == .stoppedPastKeyLife { terms.sandbox.faults = "lost-response=0.6" }
    // So that most of the batch waits behind few workers: only what none of them has taken is ever given back.
    if story == .stoppedWithABatch { terms.concurrency = 1 }
    let orders = Order.made(40, named: "T\(number)", declined: 5, &random)
    let moment = Int.random(in: 3...30, using: &random)
    return try await World.with(setting, named: name, terms) { world in
      try await world.deliver(orders)
      var trial = Trial()
      var everything = true
      switch story {
      case .together: try await Self.together(world)
      case .stoppedAtRandom:
        trial.killsInFlight = try await Self.stopped("before-call@charge:\(moment):stop", world)
      case .stoppedWithABatch: try await Self.stoppedWithABatch(world, passage: moment % 3 + 8)
      case .stoppedPastKeyLife:
        try await Self.stoppedPastKeyLife(world, passage: moment % 4 + 8)
        everything = false
      case .stoppedInReport: trial.violations += try await Self.stoppedInReport(world)
      }
      let done = try await world.finish(Night.firstHalf, tries: everything ? 6 : 1)
      if !done, everything {
        trial.violations.append(Violation(.complete, "settle did not come to an end after two runs (\(story))"))
      }
      trial.violations += Judge(orders: await world.orders, atRest: everything).violations(in: try await world.ledger)
      return trial
    }
  }

  /// A lease lapses 5 s after it was last renewed; a little more, so that the successor need not ask twice.
  static let leaseLife = Duration.milliseconds(5_200)

  private static func together(_ world: World) async throws {
    let both = [try await world.start(Night.firstHalf), try await world.start(Night.firstHalf)]
    for run in both { _ = try await run.ended() }
  }

  /// One stands still; the other takes over once the lease has lapsed, and does all; then the first is woken.
  private static func stopped(_ fault: String, _ world: World) async throws -> Int {
    let paused = try await world.start(Night.firstHalf, fault: fault)
    guard try await paused.stopped() else { return 0 }
    let inFlight = paused.callsInFlight > 0 ? 1 : 0
    try await takeOver(Night.firstHalf, world)
    paused.child.signal(SIGCONT)
    _ = try await paused.ended()
    return inFlight
  }

  /// The successor sends what the first had claimed, and dies with answers in hand, so that these attempts are open
  /// when the first wakes: giving its batch back then would have it charged under another key.
  private static func stoppedWithABatch(_ world: World, passage: Int) async throws {
    let paused = try await world.start(Night.firstHalf, fault: "after-claim@charge:1:stop")
    guard try await paused.stopped() else { return }
    try await takeOver(Night.firstHalf, world, fault: "after-call@charge:\(passage):kill")
    paused.child.signal(SIGCONT)
    _ = try await paused.ended()
  }

  /// Most answers are lost, and the first stands still before it asks again. A day goes by; the other finds by look-up
  /// what was charged; then the first wakes, with a key that the processor has forgotten.
  private static func stoppedPastKeyLife(_ world: World, passage: Int) async throws {
    let paused = try await world.start(Night.firstHalf, fault: "before-call@charge:\(passage):stop")
    guard try await paused.stopped() else { return }
    try await world.restartSandbox(faults: nil)
    try await world.advanceClocks(by: 90_000)
    // What was never charged stays unknown, and so this ends with 75 too: once is enough.
    try await Task.sleep(for: leaseLife)
    _ = try await world.run(Night.firstHalf)
    paused.child.signal(SIGCONT)
    _ = try await paused.ended()
  }

  /// The first is about to put its report in place. What the other has put there must stay.
  private static func stoppedInReport(_ world: World) async throws -> [Violation] {
    _ = try await world.finish(Night.firstHalf)
    let paused = try await world.start(["report"], fault: "before-publish:1:stop")
    guard try await paused.stopped() else { return [] }
    try await world.fetchReport()
    try await takeOver(Night.secondHalf, world)
    let before = try await world.filesOut()
    paused.child.signal(SIGCONT)
    _ = try await paused.ended()
    return before.difference(from: try await world.filesOut())
      .map { Violation(.fenced, "a run that was paused past its lease wrote a report: \($0.what)") }
  }

  /// The lease is the stopped run's for 5 s: others are sent away with 75 until then.
  private static func takeOver(_ stages: [String], _ world: World, fault: String? = nil) async throws {
    try await Task.sleep(for: leaseLife)
    for _ in 0..<3 {
      guard try await world.run(stages, fault: fault).status == 75 else { return }
      try await Task.sleep(for: .milliseconds(500))
    }
  }
}
