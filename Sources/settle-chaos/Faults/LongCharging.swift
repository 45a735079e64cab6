/// Charging that is long enough to be disturbed many times, with calls under way at most moments.
extension World.Terms {
  static func longCharging(_ random: inout SeededRandom) -> World.Terms {
    var terms = World.Terms()
    terms.sandbox.seed = random.next()
    // A few answers come late, so that most moments have calls under way.
    terms.sandbox.faults = "slow=0.02"
    terms.batch = 100
    terms.concurrency = 16
    terms.rate = "400/s"
    return terms
  }
}

extension World {
  /// Lets settle come to its end undisturbed after `what` was done to it, and holds its ledger against the orders.
  func endOfCharging(after what: String) async throws -> [Violation] {
    try await restartSandbox(faults: nil)
    let came = try await finish(Night.firstHalf, tries: 10)
    return (came ? [] : [Violation(.complete, "settle did not come to an end after \(what)")])
      + Judge(orders: orders).violations(in: try ledger)
  }
}
