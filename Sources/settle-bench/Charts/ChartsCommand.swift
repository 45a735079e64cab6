import ArgumentParser
import Foundation

struct ChartsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "charts", abstract: "Draws what 'settle-bench targets' has measured.",
    discussion: """
      Writes night.svg, growth.svg, memory.svg and charges.svg for light pages, and night-dark.svg and so on for dark \
      ones. What was not measured is not drawn, and its charts of an earlier time are removed.

      EXAMPLE
        settle-bench charts --json reports/bench.json --out docs/charts
      """)

  @Option(help: ArgumentHelp("The figures, as targets wrote them.", valueName: "file"))
  var json = "reports/bench.json"

  @Option(help: ArgumentHelp("Where the charts are put; made where it is missing.", valueName: "folder"))
  var out: String

  func run() throws {
    let record: BenchRecord
    do { record = try RecordFile(path: json).read() } catch {
      throw BenchFailure(
        "\(json) holds no figures that can be drawn: measure with 'settle-bench targets --json \(json)'")
    }
    try FileManager.default.createDirectory(atPath: out, withIntermediateDirectories: true)
    for (name, chart) in record.charts {
      if chart == nil { ProgressLines(isQuiet: false).tell("no \(name).svg: it was not measured") }
      for theme in Theme.allCases { try put(chart, on: theme, at: "\(out)/\(name)\(theme.suffix).svg") }
    }
  }

  private func put(_ chart: Chart?, on theme: Theme, at path: String) throws {
    guard let chart else {
      if FileManager.default.fileExists(atPath: path) { try FileManager.default.removeItem(atPath: path) }
      return
    }
    try Data(ChartDrawing.svg(of: chart, on: theme).utf8).write(to: URL(fileURLWithPath: path), options: .atomic)
    try StandardOutput.print("\(path)\n")
  }
}
