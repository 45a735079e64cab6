/// A whole night in two halves, with a fault in one of them, and everything after it until settle says that it is done.
struct Night: Sendable {
  let world: World

  static let firstHalf = ["ingest", "charge"]
  static let secondHalf = ["import", "reconcile", "refund", "report"]

  /// Charges, imports, refunds and reports; the run that reaches `fault` dies there.
  ///
  /// - Returns: how the run with the fault ended, or nil where it was never started.
  func pass(fault: String, of stage: String) async throws -> Run.Ended {
    let ended: Run.Ended
    if Self.firstHalf.contains(stage) {
      ended = try await world.run(Self.firstHalf, fault: fault)
    } else {
      _ = try await world.finish(Self.firstHalf)
      try await world.fetchReport()
      ended = try await world.run(Self.secondHalf, fault: fault)
    }
    return ended
  }

  /// Runs to the end, and judges by the ledger and by the files out.
  ///
  /// - Parameter everything: whether all good orders can be charged in the end.
  func judged(everything: Bool = true) async throws -> [Violation] {
    var found: [Violation] = []
    if !(try await world.finish(Self.firstHalf)), everything {
      found.append(Violation(.complete, "settle did not come to an end of charging"))
    }
    try await world.fetchReport()
    if !(try await world.finish(Self.secondHalf)), everything {
      found.append(Violation(.complete, "settle did not come to an end of importing and refunding"))
    }
    // The report that has the refunds too. What was charged before stands in both files.
    try await world.fetchReport()
    if !(try await world.finish()), everything {
      found.append(Violation(.complete, "settle did not come to an end with the later report"))
    }
    let before = try await world.filesOut()
    // Once as it comes, and once with the report derived anew from all that the store holds.
    for anew in [false, true] {
      if try await world.run(anew: anew).status != 0, everything {
        found.append(Violation(.complete, "a run with nothing left to do did not end well"))
      }
      found += before.difference(from: try await world.filesOut())
    }
    let ledger = try await world.ledger
    found += before.violations(against: ledger)
    if world.setting.canVerify, let status = try await world.verify(), status != 0 {
      found.append(Violation(.complete, "settle verify ends with \(status)"))
    }
    found += Judge(orders: await world.orders, atRest: everything, refunded: everything).violations(in: ledger)
    return found
  }
}
