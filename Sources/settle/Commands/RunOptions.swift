import ArgumentParser
import SettleModel
import SettlePipeline

/// What a run is told, and what `settle retry` tells the next one again.
struct RunOptions: ParsableArguments {
  @Option(help: ArgumentHelp("The pipeline file. Without it, the one in the binary.", valueName: "file"))
  var pipeline: String?

  @Option(
    help: ArgumentHelp("A stage to run; give it several times for several. Without it, all.", valueName: "name"))
  var stage: [StageName] = []

  @Option(help: ArgumentHelp("The business date. Without it, today in the pipeline's zone.", valueName: "yyyy-mm-dd"))
  var date: BusinessDate?

  @Flag(help: "Take a date that is still to come. Without it, tomorrow is the last that can be run.")
  var allowFuture = false

  @Option(help: ArgumentHelp("The folder of files in. (default: inbox)", valueName: "dir"))
  var inbox: String?

  @Option(help: ArgumentHelp("The folder of files out. (default: reports/<date>)", valueName: "dir"))
  var out: String?

  @Option(
    help: ArgumentHelp(
      "With --stage report alone: the files as they were known at this instant, byte for byte, such as "
        + "2026-11-21T06:00:00Z. They go to reports/<date>.as-of-<instant>.", valueName: "instant"))
  var asOf: Timestamp?

  @Flag(
    help:
      "Write the report anew. Without it, a report that nothing has changed since is told again as it was published.")
  var anew = false

  func validate() throws {
    guard asOf == nil || stage == [.report] else {
      throw ValidationError("--as-of tells a report again: give it with --stage report, and no other stage")
    }
    guard asOf == nil || !anew else {
      throw ValidationError("--as-of tells what was published, --anew what is known now: give one of them")
    }
  }
}

extension RunOptions {
  /// The request that these options make, and its arguments in full, so that the same can be asked for again from any
  /// folder and under any environment.
  func request(_ settings: Settings, dryRun: Bool, now: Timestamp) throws -> RunRequest {
    let pipeline = try settings.pipeline(flag: pipeline)
    let date = date ?? pipeline.calendar.today(at: now)
    // A dry run changes nothing, and may look ahead.
    if !allowFuture, !dryRun { try pipeline.calendar.refuseFuture(date, at: now) }
    let inbox = settings.inbox(flag: inbox)
    let out = settings.out(flag: out, date: date, asOf: asOf)
    if let asOf, asOf > now {
      throw Failure(
        status: .usage, message: "--as-of \(asOf) lies in the future: what will be known then is not known yet")
    }
    var arguments = ["run"]
    if let file = settings.pipelineFile(flag: self.pipeline) { arguments += ["--pipeline", file.absolutePath] }
    arguments += stage.flatMap { ["--stage", $0.rawValue] }
    arguments += ["--date", date.description, "--inbox", inbox.absolutePath, "--out", out.absolutePath]
    if let asOf { arguments += ["--as-of", asOf.description] }
    if allowFuture { arguments.append("--allow-future") }
    if anew { arguments.append("--anew") }
    if dryRun { arguments.append("--dry-run") }
    return RunRequest(
      pipeline: pipeline, stages: stage, date: date, inbox: inbox, out: out, asOf: asOf, anew: anew,
      dryRun: dryRun,
      arguments: arguments,
      version: Settle.version)
  }
}
