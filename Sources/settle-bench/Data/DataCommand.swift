import ArgumentParser
import Foundation

struct DataCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "data", abstract: "Makes a night's files: authorizations, and the report that answers them.",
    discussion: """
      1% of the orders are missing in the report, 1% were charged another amount, 0.1% twice, and 0.1% were refunded in \
      part. What was made is printed as JSON.

      EXAMPLE
        settle-bench data --rows 1000000 --seed 7 /tmp/world/inbox
      """)

  @Option(help: "How many orders.")
  var rows = 1_000_000

  @Option(help: "Decides all that is random.")
  var seed: UInt64 = 1

  @Argument(help: "The inbox that the files are put into.")
  var inbox: String

  func validate() throws {
    guard rows > 0 else { throw ValidationError("--rows must be at least 1") }
  }

  func run() throws {
    let summary = try World(seed: seed, rows: rows, inbox: inbox).make()
    print(String(decoding: try JSONEncoder.ofBench.encode(summary), as: UTF8.self))
  }
}

extension JSONEncoder {
  /// Keys in order, so that two results can be compared line by line.
  static var ofBench: JSONEncoder {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
    encoder.keyEncodingStrategy = .convertToSnakeCase
    return encoder
  }
}
