/// Answers are lost, runs die, stores are lost or restored; then both clocks move, and settle goes on where the
/// processor has forgotten its keys, or not yet.
struct KeyLife: Fault {
  let name = "key-life"
  let summary = "replay at +22 h 30, +23 h 59, +24 h 01, +72 h, keys really pruned"

  enum Story: Int, CaseIterable { case answersLost, killedInTheMiddle, killedBeforeRecord, storeLost, storeRestored }

  /// Seconds. Within the margin of an hour a key is not trusted, though the processor still has it at +23 h 59.
  static let offsets: [Int64] = [81_000, 86_340, 86_460, 259_200]

  func worlds(_ effort: Effort) -> Int { effort == .full ? 200 : 6 }

  /// What stays open is asked for again and again, with pauses in between.
  func lanes(_ effort: Effort) -> Int { effort == .full ? 10 : 6 }

  func run(world number: Int, in setting: Setting) async throws -> Trial {
    // Five stories and four offsets have no common factor, so each meets each.
    let story = Story.allCases[number % Story.allCases.count]
    let offset = Self.offsets[(number + 2) % Self.offsets.count]
    var random = setting.random(name, world: number)
    var terms = World.Terms()
    terms.sandbox.seed = random.next()
    if story == .answersLost { terms.sandbox.faults = "lost-response=0.6" }
    let orders = Order.made(24, named: "L\(number)", declined: 5, &random)
    let moment = Int.random(in: 2...20, using: &random)
    return try await World.with(setting, named: name, terms) { world in
      try await world.deliver(orders)
      var trial = Trial()
      let ended = try await Self.begin(story, moment, world)
      trial.killsInFlight = ended.wasKilled && ended.callsInFlight > 0 ? 1 : 0
      try await world.advanceClocks(by: offset)
      if terms.sandbox.faults != nil { try await world.restartSandbox(faults: nil) }
      // What was stored and never sent cannot be told from what was lost: past the key's life it is a person's.
      let mayStayOpen = offset > 82_800 && story != .storeLost && story != .storeRestored
      let done = try await world.finish(Night.firstHalf, tries: mayStayOpen ? 1 : 4)
      if !done, !mayStayOpen {
        trial.violations.append(Violation(.complete, "settle did not come to an end after \(story), +\(offset) s"))
      }
      // Another card for everything: what failed is charged now, and nothing else.
      try await world.deliver(orders.map(\.withAnotherCard))
      _ = try await world.finish(Night.firstHalf, tries: mayStayOpen ? 1 : 3)
      trial.violations += Judge(orders: await world.orders, atRest: !mayStayOpen).violations(in: try await world.ledger)
      return trial
    }
  }

  /// The first night, up to where it goes wrong.
  private static func begin(_ story: Story, _ moment: Int, _ world: World) async throws -> Run.Ended {
    switch story {
    case .answersLost: return try await world.run(Night.firstHalf)
    case .killedInTheMiddle: return try await world.run(Night.firstHalf, fault: "after-call@charge:\(moment):kill")
    case .killedBeforeRecord: return try await world.run(Night.firstHalf, fault: "before-record@charge:1:kill")
    case .storeLost:
      let ended = try await world.run(Night.firstHalf, fault: "after-call@charge:\(moment):kill")
      try await world.loseStore()
      return ended
    case .storeRestored:
      _ = try await world.run(["ingest"])
      let backup = try await world.backUpStore()
      let ended = try await world.run(Night.firstHalf, fault: "after-call@charge:\(moment):kill")
      await world.restoreStore(backup)
      return ended
    }
  }
}
