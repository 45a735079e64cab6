import ArgumentParser
import Postgres
import SettleModel
import SettlePipeline
import SettleStore

struct BreaksCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "breaks", abstract: "Lists the differences that a person or a rule must resolve.",
    discussion: """
      As they stand now. Ages are counted to the business date of the last run. The delta is what was reported less \
      what was expected. Of a payout its lines are expected and what was paid is reported, then what was paid is expected \
      and what the bank has booked is reported; so the remainder in payouts.csv is the sum of both deltas. What did not \
      come has nothing reported, and no delta.

      EXAMPLES
        settle breaks
        settle breaks --reason duplicate_charge --status open --csv > duplicates.csv
      """)

  enum Status: String, ExpressibleByArgument, CaseIterable { case open, resolved }

  @Option(help: ArgumentHelp("Only those of this reason.", valueName: "reason"))
  var reason: BreakReason?

  @Option(help: "Only those of this status. Without it, both.")
  var status: Status?

  @Flag(help: "Print CSV with the columns of breaks.csv.")
  var csv = false

  @Flag(help: "Print JSON.")
  var json = false

  func validate() throws {
    if csv, json { throw ValidationError("give --csv or --json, not both") }
  }

  func run() async throws {
    let (reason, open) = (reason, status.map { $0 == .open })
    let (rows, date) = try await Settings().withFoundStore { store in
      try await store.pool.session { db in
        (try db.breaks(reason: reason, open: open, limit: nil), try db.recentRuns(limit: 1).first?.date)
      }
    }
    let list = BreakList(rows: rows, date: date)
    if csv { return try list.writeCSV() }
    try Console.write(json ? list.json.pretty + "\n" : list.text(.ofOutput))
  }
}
