import ArgumentParser
import Postgres
import SettlePipeline
import SettleStore

struct StatusCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "status", abstract: "Shows the last runs, what waits to be done, and who holds the store.",
    discussion: """
      Breaks are aged in calendar days up to the latest run's date. What is awaited is due by the waiting days and the \
      calendar of the pipeline: of --pipeline, else of the last run. What is broken already is among the breaks alone, \
      and sums of what comes in and what goes out are never set off against each other.

      EXAMPLES
        settle status
        settle status --runs 1 --json
      """)

  @Option(help: ArgumentHelp("How many runs to show.", valueName: "count"))
  var runs = 5

  @Option(help: ArgumentHelp("The pipeline file. Without it, the last run's.", valueName: "file"))
  var pipeline: String?

  @Flag(help: "Print JSON.")
  var json = false

  func validate() throws {
    guard (1...1_000).contains(runs) else { throw ValidationError("--runs takes a number from 1 to 1000") }
  }

  func run() async throws {
    let limit = runs
    let settings = try Settings()
    let report = try await settings.withFoundStore { store in
      let last = try await store.pool.session { try $0.recentRuns(limit: 1, deciding: false).first }
      let terms = try settings.pipeline(flag: pipeline, asOf: last)?.reconcileTerms
      return try await store.pool.session { db in
        StatusReport(
          runs: try db.recentRuns(limit: limit), backlog: try db.backlog(), lease: try db.leaseHolder(),
          ageing: try db.breakAgeing(), awaited: try terms.map { try db.awaitedOutcomes($0) })
      }
    }
    try Console.write(json ? report.json.pretty + "\n" : report.text(.ofOutput))
  }
}
