/// A fifth of all calls go wrong in one of the ways in which a network and a processor can, while an impatient shop
/// sends its orders again with other cards.
struct AmbiguousNetwork: Fault {
  let name = "network"
  let summary = "lost answer, reset, 500 (saved or not), 429 of each kind, slow: 20% of calls"

  private static let faults = "lost-response=0.06,reset=0.05,server-error=0.06,rate-limited=0.024,slow=0.006"
  private static func orders(_ effort: Effort) -> Int { effort == .full ? 10_000 : 150 }

  func worlds(_ effort: Effort) -> Int { effort == .full ? 50 : 3 }

  func run(world number: Int, in setting: Setting) async throws -> Trial {
    var random = setting.random(name, world: number)
    var terms = World.Terms()
    terms.sandbox.seed = random.next()
    terms.sandbox.faults = Self.faults
    terms.batch = setting.effort == .full ? 500 : 50
    terms.concurrency = setting.effort == .full ? 64 : 16
    let orders = Order.made(Self.orders(setting.effort), named: "N\(number)", declined: 2, &random)
    return try await World.with(setting, named: name, terms) { world in
      try await world.deliver(orders)
      var violations: [Violation] = []
      _ = try await world.finish(Night.firstHalf, tries: 3)
      try await world.deliver(orders.map(\.withAnotherCard))
      _ = try await world.finish(Night.firstHalf, tries: 2)
      try await world.restartSandbox(faults: nil)
      // Orders whose card was unknown when the other card came are sent once more; a shop does not give up.
      try await world.deliver(orders.reversed().map(\.withAnotherCard))
      if !(try await world.finish(Night.firstHalf, tries: 10)) {
        violations.append(Violation(.complete, "settle did not come to an end though all faults had ended"))
      }
      violations += Judge(orders: await world.orders).violations(in: try await world.ledger)
      return Trial(violations: violations)
    }
  }
}
