import Foundation

/// The figures of a night, as text for people and as JSON for machines.
struct NightTable: Codable {
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
          run.run, stage.stage, Self.seconds(stage.seconds),
          stage.rows > 0 ? "\(Int(stage.rowsPerSecond))" : "-", Self.seconds(stage.settleCpu),
          Self.seconds(stage.serverCpu), Self.mebibytes(stage.wal), "-", Self.mebibytes(Int64(stage.largestBackend)),
        ]
      }
      rows.append(total(run))
    }
    let settings = settings.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }.joined(separator: ", ")
    return """
      \(world.authorizations) orders (\(Self.mebibytes(world.authorizationBytes)) MiB) against \(world.outcomes) rows of a \
      report (\(Self.mebibytes(world.outcomeBytes)) MiB)

      \(Self.aligned(rows))
      cpu: user and system time in seconds. backend: what the largest process of the server holds beside shared buffers.
      The store holds \(Self.mebibytes(storedBytes)) MiB. Reports of both runs are \(sameReports ? "the same" : "NOT the same").
      server: \(settings)

      """
  }

  private var sameReports: Bool { Set(runs.map(\.reports)).count < 2 }

  private static let header = [
    "run", "stage", "seconds", "rows/s", "cpu settle", "cpu server", "WAL MiB", "settle MiB", "backend MiB",
  ]

  private func total(_ run: RunFigures) -> [String] {
    func sum<Value: Numeric>(_ value: (StageFigures) -> Value) -> Value { run.stages.reduce(0) { $0 + value($1) } }
    return [
      run.run, "all", Self.seconds(run.seconds), "\(Int(Double(world.authorizations) / run.seconds))",
      Self.seconds(sum(\.settleCpu)), Self.seconds(sum(\.serverCpu)), Self.mebibytes(sum(\.wal)),
      Self.mebibytes(Int64(run.settlePeak)), Self.mebibytes(Int64(run.stages.map(\.largestBackend).max() ?? 0)),
    ]
  }

  /// A time; money stands nowhere in this table.
  private static func seconds(_ seconds: Double) -> String { String(format: "%.2f", seconds) }

  private static func mebibytes(_ bytes: Int64) -> String { String(format: "%.1f", Double(bytes) / 1_048_576) }

  /// Columns by their widest cell, the first two to the left and the others to the right.
  private static func aligned(_ rows: [[String]]) -> String {
    let widths = rows[0].indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
    return rows.map { row in
      row.enumerated().map { column, cell in
        let blanks = String(repeating: " ", count: widths[column] - cell.count)
        return column < 2 ? cell + blanks : blanks + cell
      }.joined(separator: "  ") + "\n"
    }.joined()
  }
}
