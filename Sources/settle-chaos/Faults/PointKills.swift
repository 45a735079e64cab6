import Faults

/// SIGKILL at a named point of a stage: each point in turn, at its first, a middle and a last passage.
struct PointKills: Fault {
  let name = "kill-points"
  let summary = "SIGKILL at every fault point x stage x first, middle, last batch"

  /// One place to die.
  struct Place: Sendable {
    var stage: String
    var point: FaultPoint
    var count: Int

    /// The lease is taken before any stage begins.
    var order: String {
      point == .afterLease ? "\(point.rawValue):\(count):kill" : "\(point.rawValue)@\(stage):\(count):kill"
    }
  }

  private static let orders = 30

  func worlds(_ effort: Effort) -> Int { effort == .full ? Self.places.count : 6 }

  func lanes(_ effort: Effort) -> Int { effort == .full ? 4 : 3 }

  func run(world number: Int, in setting: Setting) async throws -> Trial {
    // A quick pass takes others with each seed.
    let step = Self.places.count / worlds(setting.effort)
    let index = (number * step + (setting.effort == .full ? 0 : Int(setting.seed % UInt64(step)))) % Self.places.count
    let place = Self.places[index]
    var random = setting.random(name, world: number)
    var terms = World.Terms()
    terms.sandbox.seed = random.next()
    terms.sandbox.anomalies = "duplicate=0.15,overcharge=0.15"
    // Only a saved 500 makes a look-up of what was charged.
    if place.point == .afterLookUp { terms.sandbox.faults = "server-error=0.3" }
    let orders = Order.made(Self.orders, named: "P\(number)", declined: 5, &random)
    return try await World.with(setting, named: name, terms) { world in
      for part in stride(from: 0, to: Self.orders, by: 10) {
        try await world.deliver(Array(orders[part..<part + 10]))
      }
      let night = Night(world: world)
      let ended = try await night.pass(fault: place.order, of: place.stage)
      if terms.sandbox.faults != nil { try await world.restartSandbox(faults: nil) }
      var trial = Trial()
      // A point that was not passed so often kills nobody: then nothing was tried.
      trial.count = ended.wasKilled ? 1 : 0
      trial.killsInFlight = ended.wasKilled && ended.callsInFlight > 0 ? 1 : 0
      trial.violations = try await night.judged()
      return trial
    }
  }

  /// Three files, three batches of ten, some nine refunds: how often each point is passed follows from that.
  static let places: [Place] = {
    var places: [Place] = []
    func add(_ stage: String, _ point: FaultPoint, _ counts: [Int]) {
      places += counts.map { Place(stage: stage, point: point, count: $0) }
    }
    add("ingest", .afterLease, [1])
    add("import", .afterLease, [1])
    for stage in Night.firstHalf + Night.secondHalf {
      add(stage, .stageBegun, [1])
      add(stage, .stageDone, [1])
    }
    for point in [FaultPoint.beforeCommit, .afterCommit] {
      add("ingest", point, [1, 2, 3, 4, 5])
      add("charge", point, [1, 2, 3, 4, 6, 8])
      add("import", point, [1, 2, 3])
      add("reconcile", point, [1, 2, 3])
      add("refund", point, [1, 2, 3, 5, 7])
      add("report", point, [1, 2])
    }
    add("charge", .afterClaim, [1, 2, 3])
    add("charge", .beforeCall, [1, 2, 12, 16, 25, 31])
    add("charge", .afterCall, [1, 2, 10, 15, 20, 30])
    add("charge", .beforeRecord, [1, 2, 3])
    add("charge", .afterLookUp, [1])
    add("refund", .beforeReserve, [1, 2, 4])
    add("refund", .afterReserve, [1, 2, 4])
    add("refund", .beforeCall, [2, 4, 6])
    add("refund", .afterCall, [1, 2, 4])
    add("refund", .beforeRecord, [1, 2, 4])
    add("report", .beforePublish, [1])
    add("report", .afterPublish, [1])
    return places
  }()
}
