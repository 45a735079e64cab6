/// What stands under the tables of the parts. Floating numbers are times.
extension BenchRecord {
  var summary: String {
    """
    \(growth)\(measured)\(failures)
    \(Columns.aligned([Target.header] + judged.map(\.row), left: 1))
    """
  }

  private var failures: String {
    failed.sorted { $0.key < $1.key }.map { "FAILED, and not measured: \($0.key): \($0.value)\n" }.joined()
  }

  /// What a row costs at each size, in microseconds, by stage.
  private var growth: String {
    guard let first = nights.first?.table.runs.first else { return "" }
    let header = ["µs a row"] + nights.map { Columns.count($0.table.world.authorizations) }
    let rows = first.stages.map(\.stage).map { stage in
      [stage] + nights.map { $0.table.microseconds(stage).map(Columns.seconds) ?? "-" }
    }
    let all = ["all"] + nights.map { Columns.seconds(($0.table.firstSeconds ?? 0) * 1e6 / $0.table.orders) }
    return Columns.aligned([header] + rows + [all], left: 1) + "\n"
  }

  /// When and on what.
  private var measured: String {
    let rows = stamps.map { [$0.part, $0.stamp.told] }
    guard let machine = stamps.first?.stamp.subject.machine else { return "nothing was measured\n" }
    return "measured on \(machine.told)\n" + Columns.aligned(rows, left: 2)
  }
}

extension NightTable {
  fileprivate var orders: Double { Double(world.authorizations) }

  /// What a stage of the first run took for each order: a time, and no money.
  func microseconds(_ stage: String) -> Double? {
    runs.first?.stages.first { $0.stage == stage }.map { $0.seconds * 1e6 / orders }
  }
}
