/// Every fault there is, in the table's order. A new one is a file of its own and a line here.
enum FaultCatalogue {
  static let faults: [any Fault] = [
    PointKills(),
    RandomKills(),
    AmbiguousNetwork(),
    KeyLife(),
    DatabaseDeath(),
    TwoRuns(),
    Refunds(),
    SimulatedNights(),
    CutFiles(),
    HostileRows(),
  ]

  static func fault(_ name: String) -> (any Fault)? { faults.first { $0.name == name } }
}
