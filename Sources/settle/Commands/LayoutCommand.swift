import ArgumentParser
import SettleFiles
import SettleModel
import SettlePipeline

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
        Prints what would become of its rows, and the first refusals with their lines. Exit status 0 where every row \
        would be taken, 1 where some would be quarantined, 65 where the file as a whole would be refused.

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

    func run() async throws {
      let pipeline = try Settings().pipeline(flag: pipeline)
      let input = try InputFile.examine(
        path: file, layout: layout, catalogue: try LayoutCatalogue(folder: pipeline.layoutsFolder), zone: zone)
      let trial = try FileTrial(input, keeping: max(0, refusals))
      try Console.write(trial.text(.ofOutput))
      if trial.quarantined > 0 { throw Ended(status: .exceeded) }
    }
  }
}

/// What would become of a file's rows, as far as the file alone tells.
struct FileTrial {
  let file: InputFile
  private(set) var read: Int64 = 0
  private(set) var accepted: Int64 = 0
  private(set) var quarantined: Int64 = 0
  private(set) var ignored: Int64 = 0
  private(set) var refusals: [Quarantined] = []

  /// Throws ``FileRefusal`` where the file as a whole is refused.
  init(_ file: InputFile, keeping most: Int) throws {
    self.file = file
    var (read, accepted, ignored): (Int64, Int64, Int64) = (0, 0, 0)
    var refusals: [Quarantined] = []
    try file.forEachRow { row in
      read += 1
      switch row {
      case .authorization, .outcome: accepted += 1
      case .ignored: ignored += 1
      case .quarantined(let refusal): if refusals.count < most { refusals.append(refusal) }
      }
    }
    (self.read, self.accepted, self.ignored, self.refusals) = (read, accepted, ignored, refusals)
    quarantined = read - accepted - ignored
  }

  func text(_ style: Style) -> String {
    var lines = [
      "\(style(file.name.printable, .bold))  \(file.layout.name) (\(file.layout.kind.rawValue)), \(file.bytes.of("byte", "bytes"))",
      "sha256 \(file.sha256)",
      "\(read.of("row", "rows")): \(accepted.grouped) accepted, \(quarantined.grouped) quarantined, \(ignored.grouped) ignored",
    ]
    if !file.endsWithNewline { lines.append("the last line has no line end: was the file cut?") }
    var table = Table([.right("line"), .left("field"), .left("reason"), .left("detail")])
    for refusal in refusals {
      table.add("\(refusal.line)", .init(refusal.field ?? ""), "\(refusal.reason.rawValue)", .init(refusal.detail))
    }
    if !refusals.isEmpty { lines += [""] + table.lines(style, indentation: 2) }
    let more = quarantined - Int64(refusals.count)
    if more > 0 { lines.append("  and \(more.grouped) more") }
    return lines.joined(separator: "\n") + "\n"
  }
}
