import ArgumentParser
import SettleModel
import SettlePipeline
import SettleProcessors

struct RunCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run", abstract: "Runs the pipeline, or some of its stages, for one business date.",
    discussion: """
      Stages run in this order, whatever order they are named in: ingest, charge, import, reconcile, refund, report. \
      A run that was interrupted, even by kill -9, is simply run again: nothing is charged twice.

      EXAMPLES
        settle run                                    the whole night
        settle run --stage import --date 2026-11-21   one stage, for one date
        settle run --dry-run                          what would happen
        settle run --stage report --date 2026-11-20 --as-of 2026-11-21T06:00:00Z
                                                      what was known then
        settle run --rules new.yaml --dry-run         what other rules would change

      EXIT STATUS, the first of 70, 78, 77, 65, 69, 75, 1 that applies
        0   done
        1   done, but more breaks or quarantined rows than fail_on allows
        65  a file was refused
        69  the database or the processor cannot be reached
        75  try again later
        77  not permitted
        78  configuration
      """)

  @OptionGroup var options: RunOptions

  @Flag(help: "Say what would happen. Changes nothing and calls no processor.")
  var dryRun = false

  @Option(
    help: ArgumentHelp(
      "With --dry-run: what other matching rules would change of past dates. A whole pipeline file, of which "
        + "reconcile.match counts, or reconcile alone.",
      valueName: "file"))
  var rules: String?

  @Flag(help: "Print run_results.json instead of a table.")
  var json = false

  @Flag(name: .shortAndLong, help: "Log what the processor's client does.")
  var verbose = false

  func validate() throws {
    guard rules != nil else { return }
    guard dryRun else {
      throw ValidationError(
        "--rules only shows what other rules would change: add --dry-run, or put them into the pipeline file")
    }
    guard options.stage.isEmpty || options.stage.contains(.reconcile) else {
      throw ValidationError("--rules is about reconciling: name --stage reconcile too, or no stage")
    }
  }

  func run() async throws {
    let settings = try Settings()
    var request = try options.request(settings, dryRun: dryRun, now: .now)
    if let rules {
      let other = try OtherRules(
        path: rules, processors: KnownProcessors(declines: ProcessorCatalogue.declines))
      if let note = other.note { Console.say("settle: \(rules.printable): \(note)") }
      request.rules = other.rules
      request.arguments += ["--rules", rules]
    }
    try await RunExecution(settings: settings, json: json, verbose: verbose).perform(request)
  }
}
