import ArgumentParser
import SettleFiles
import SettlePipeline
import SettleStore

struct LayoutCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "layout", abstract: "Lists the file formats that settle reads, and tries a file against them.",
    discussion: """
      Layouts of your own are YAML files in the folder layouts/ beside the pipeline file.

      EXAMPLES
        settle layout list
        settle layout check inbox/outcomes/stripe.csv
      """,
    subcommands: [List.self, Check.self])

  struct List: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "list", abstract: "Lists the layouts that a pipeline knows.",
      discussion: "EXAMPLE\n  settle layout list --pipeline nightly.yaml")

    @Option(help: ArgumentHelp("The pipeline file. Without it, the one in the binary.", valueName: "file"))
    var pipeline: String?

    func run() async throws {
      let catalogue = try LayoutCatalogue(folder: Settings().pipeline(flag: pipeline).layoutsFolder)
      var table = Table([.left("layout"), .left("holds"), .left("format"), .left("processor"), .left("about")])
      for layout in catalogue.layouts {
        table.add(
          .init(layout.name, .bold), "\(layout.kind.rawValue)", "\(layout.format.rawValue)",
          .init(layout.processor ?? ""), .init(layout.about))
      }
      for line in table.lines(.ofOutput) { try Console.line(line) }
    }
  }

  struct Check: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "check", abstract: "Reads a file as a run would, and loads nothing.",
      discussion: """
        Prints what would become of its rows: how many there are of each kind and currency and what they come to, \
        whether the file's own control totals are right, and the first refusals with their lines. Exit status 65 where \
        the file as a whole would be refused, also for a wrong control total; 0 otherwise: rows that would be \
        quarantined are listed.

        EXAMPLE
          settle layout check inbox/outcomes/stripe.csv
        """)

    @Argument(help: ArgumentHelp("The file to read.", valueName: "file"))
    var file: String

    @Option(help: ArgumentHelp("The layout to read it by. Without it, its content decides.", valueName: "name"))
    var layout: String?

    @Option(help: ArgumentHelp("The zone of times that carry none: UTC or an IANA name.", valueName: "zone"))
    var zone: String?

    @Option(help: ArgumentHelp("The pipeline file. Without it, the one in the binary.", valueName: "file"))
    var pipeline: String?

    @Option(help: ArgumentHelp("How many refusals to print.", valueName: "count"))
    var refusals = 20

    @Flag(help: "Print JSON.")
    var json = false

    func run() async throws {
      let pipeline = try Settings().pipeline(flag: pipeline)
      let input = try InputFile.inspect(
        path: file, layout: layout, catalogue: try LayoutCatalogue(folder: pipeline.layoutsFolder), zone: zone)
      let check = FileCheck(file: input, summary: try FileSummary(input, keeping: max(0, refusals)))
      try Console.write(json ? check.json.pretty + "\n" : check.text(.ofOutput))
      if let refusal = input.refusalOfTotals { throw refusal }
    }
  }
}
