import ArgumentParser
import Foundation
import Glibc
import Postgres
import SettleFiles
import SettleModel
import SettlePipeline
import SettleStore

struct DecideCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "decide", abstract: "Takes finance's decisions back from a breaks.csv that was edited.",
    discussion: """
      Fill in the columns decision and note of breaks.csv, save it as CSV, and give it back. The decisions:
        accept             the difference is taken as it is: resolved
        write_off          the difference is carried: resolved
        refund             a duplicate or overcharge goes back at the next run
        wait               nobody is asked for 7 days; wait:2026-12-01 until then
        duplicate_of:ID    the same matter as another break, or payment: resolved
      Rows without a decision are left as they are. Only break_id and decision are needed; the other columns, where \
      they are there, must still tell what the break is: a row about a break that has changed or is resolved by now is \
      refused, and the others are taken. The same file twice changes nothing. A later decision takes the place of an \
      earlier one, until a refund is asked for or the date of the decision is over.

      Separators (comma, semicolon, tab), a byte order mark, the order of columns, and dates and amounts as a \
      spreadsheet rewrites them do not matter. UTF-8, and UTF-16 as Excel's "Unicode text" has it.

      A refund above the pipeline's refund.approval_above, or in a currency that it does not name, needs a second person: \
      somebody else gives the same file with --approve-as, which agrees to such refunds and decides nothing else; it says \
      of each other refund that it needs no approval. Names are claimed, not proven: settle \
      keeps the login beside each, and says where a refund was decided and agreed to under one. With refund.approval_by: \
      another_login, the pipeline asks for two logins.

      Without --date, decisions belong to the first date whose report is still to come, today at the earliest, since \
      reports that were written do not change. With --date they belong to that date; the last report's own date is the \
      earliest, and that report is then to be written again. A run carries out the refunds that were decided, and agreed \
      to, for its own date or an earlier one.

      Decisions are judged by the pipeline of the last run, unless --pipeline or SETTLE_PIPELINE names another. A \
      refund that its limits (refund.per_run, refund.per_day) can never allow is refused at once; the run decides \
      about the others, with what has gone back by then and the processor's own figures.

      EXAMPLES
        settle decide breaks.csv --dry-run        what would happen
        settle decide breaks.csv --as alice       take the decisions
        settle decide breaks.csv --approve-as bob agree to large refunds

      EXIT STATUS
        0   every row that says something is decided
        1   some rows were refused; the others are decided
        64  usage
        65  the file cannot be read as a whole
        69  the database cannot be reached
        75  a run holds the store: try again later
        78  the pipeline that judges cannot be read: name it with --pipeline
      """)

  @Argument(help: ArgumentHelp("The breaks.csv that was edited.", valueName: "file"))
  var file: String

  @Flag(help: "Say what would happen. Changes nothing.")
  var dryRun = false

  @Option(
    name: .customLong("as"),
    help: ArgumentHelp("Who decides. (default: SETTLE_USER, else your login)", valueName: "name"))
  var name: String?

  @Option(help: ArgumentHelp("Agree, as a second person, to the large refunds in the file.", valueName: "name"))
  var approveAs: String?

  @Option(
    help: ArgumentHelp(
      "The business date of the decisions. Without it, the first one whose report is still to come, today at the "
        + "earliest.",
      valueName: "yyyy-mm-dd"))
  var date: BusinessDate?

  @Flag(help: "Take a date that is still to come. Without it, tomorrow is the last one.")
  var allowFuture = false

  @Option(help: ArgumentHelp("The pipeline file. Without it, the last run's.", valueName: "file"))
  var pipeline: String?

  @Flag(help: "Print JSON.")
  var json = false

  func validate() throws {
    if name != nil, approveAs != nil { throw ValidationError("give --as or --approve-as, not both") }
  }

  func run() async throws {
    signal(SIGPIPE, SIG_IGN)
    let settings = try Settings()
    // What is no sheet is said before any database is asked.
    let sheet = try DecisionSheet(path: file)
    let result = try await settings.withFoundStore { store in
      let last = try await store.pool.session { try $0.recentRuns(limit: 1, deciding: false).first }
      let pipeline = try settings.pipeline(flag: pipeline, judgingFor: last)
      return try await DecideRun(store: store).perform(try request(sheet, pipeline, settings))
    }
    let summary = DecideSummary(result: result)
    do {
      try Console.write(json ? summary.json.pretty + "\n" : summary.text(.ofOutput))
    } catch is OutputClosed {
      // The decisions are taken, whoever reads of it.
    }
    if result.exitStatus != .done { throw Ended(status: result.exitStatus) }
  }

  private func request(
    _ sheet: DecisionSheet, _ pipeline: PipelineDefinition, _ settings: Settings
  ) throws -> DecideRequest {
    let login = Self.login
    let who = approveAs ?? name ?? settings.environment[.user] ?? login
    if let date, !allowFuture, !dryRun { try pipeline.calendar.refuseFuture(date, at: .now) }
    var arguments = ["decide", sheet.name, approveAs == nil ? "--as" : "--approve-as", try Self.checked(who)]
    if let date { arguments += ["--date", date.description] }
    if allowFuture { arguments.append("--allow-future") }
    return DecideRequest(
      pipeline: pipeline, sheet: sheet, mode: approveAs == nil ? .decide : .approve, by: try Self.checked(who),
      login: login, date: date, dryRun: dryRun, arguments: arguments, version: Settle.version)
  }

  /// A name as it is kept: it is shown beside every decision.
  static func checked(_ name: String) throws -> String {
    do {
      guard let text = try NoteText.read(name), text.unicodeScalars.count <= 100 else {
        throw Failure(status: .usage, message: "a name has 1 to 100 characters: give another with --as")
      }
      guard PersonName.isPlain(text) else { throw DecisionRefusal(.invalidText, "the name holds what nobody sees") }
      return text
    } catch let refusal as DecisionRefusal {
      throw Failure(
        status: .usage, message: "the name of who decides cannot be kept (\(refusal.reason.rawValue)): give another")
    }
  }

  /// Who the operating system says it is, whatever the environment claims.
  private static var login: String {
    guard let entry = getpwuid(getuid()), let name = entry.pointee.pw_name else { return "uid \(getuid())" }
    return String(cString: name)
  }
}
