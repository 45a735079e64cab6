import Foundation

/// The figures of a night, as text for people and as JSON for machines.
struct NightTable: BenchTable {
  var world: World.Summary
  /// Of the server.
  var settings: [String: String] = [:]
  var runs: [RunFigures] = []
  var storedBytes: Int64 = 0

  var text: String {
    var rows = [Self.header]
    for run in runs {
      rows += run.stages.map { stage in
        [
          run.run, stage.stage, Columns.seconds(stage.seconds),
          stage.rows > 0 ? "\(Int(stage.rowsPerSecond))" : "-", Columns.seconds(stage.settleCpu),
          Columns.seconds(stage.serverCpu), Columns.mebibytes(stage.wal),
          Columns.mebibytes(stage.settlePeak), Columns.mebibytes(Int64(stage.largestBackend)),
        ]
      }
      rows.append(total(run))
    }
    return """
      \(world.told)

      \(Columns.aligned(rows, left: 2))
      rows/s: of the files, of orders where a stage reads none; of all, orders. cpu: user and system time in seconds. \
      settle: what its process holds, by stage as seen twenty times a second. backend: what the largest process of the server holds beside shared buffers.
      The store holds \(Columns.mebibytes(storedBytes)) MiB. Reports of both runs are \(sameReports ? "the same" : "NOT the same").
      server: \(Columns.settings(settings))

      """
  }

  private var sameReports: Bool { Set(runs.map(\.reports)).count < 2 }

  private static let header = [
    "run", "stage", "seconds", "rows/s", "cpu settle", "cpu server", "WAL MiB", "settle MiB", "backend MiB",
  ]

  private func total(_ run: RunFigures) -> [String] {
    func sum<Value: Numeric>(_ value: (StageFigures) -> Value) -> Value { run.stages.reduce(0) { $0 + value($1) } }
    return [
      run.run, "all", Columns.seconds(run.seconds), "\(Int(Double(world.authorizations) / run.seconds))",
      Columns.seconds(sum(\.settleCpu)), Columns.seconds(sum(\.serverCpu)), Columns.mebibytes(run.wal),
      Columns.mebibytes(run.settlePeak), Columns.mebibytes(run.serverPeak),
    ]
  }
}
