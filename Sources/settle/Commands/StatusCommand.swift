import ArgumentParser
import Postgres
import SettleStore

struct StatusCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "status", abstract: "Shows the last runs, what waits to be done, and who holds the store.",
    discussion: """
      EXAMPLES
        settle status
        settle status --runs 1 --json
      """)

  @Option(help: ArgumentHelp("How many runs to show.", valueName: "count"))
  var runs = 5

  @Flag(help: "Print JSON.")
  var json = false

  func validate() throws {
    guard (1...1_000).contains(runs) else { throw ValidationError("--runs takes a number from 1 to 1000") }
  }

  func run() async throws {
    let limit = runs
    let report = try await Settings().withFoundStore { store in
      try await store.pool.session { db in
        StatusReport(
          runs: try db.recentRuns(limit: limit), backlog: try db.backlog(), lease: try db.leaseHolder())
      }
    }
    try Console.write(json ? report.json.pretty + "\n" : report.text(.ofOutput))
  }
}
