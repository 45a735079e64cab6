import ArgumentParser
import Postgres
import SettleModel
import SettlePipeline
import SettleStore

struct ExplainCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "explain", abstract: "Tells the whole story of a payment, in the order in which settle learned it.",
    discussion: """
      The id may be a payment's, an order's or authorization's reference, one of the processor's (pi_…, ch_…, re_…, \
      po_…), a refund's or a break's, or a bank's reference of a line. Each entry says where it comes from: file and line, or which run. An id that the store \
      does not have ends with exit status 64.

      EXAMPLES
        settle explain 7f0b6f0e-6f5e-4a53-9b0e-0d6a3c1e2b11
        settle explain ch_3PabcXYZ --json
      """)

  @Argument(help: ArgumentHelp("What to explain.", valueName: "id"))
  var id: String

  @Flag(help: "Print JSON.")
  var json = false

  func run() async throws {
    let id = id
    let explanations = try await Settings().withFoundStore { store in
      try await store.pool.session { try $0.explanations(of: id) }
    }
    guard !explanations.isEmpty else { throw Failure(status: .usage, message: Self.unknown(id)) }
    let stories = explanations.map(Story.init)
    if json {
      try Console.line(Story.json(id, stories).pretty)
    } else {
      let style = Style.ofOutput
      try Console.write(stories.map { $0.text(style) }.joined(separator: "\n"))
    }
  }

  /// What looks like a card number is not repeated.
  static func unknown(_ id: String) -> String {
    let digits = id.count { $0.isNumber }
    let name = digits >= 12 && !id.contains { $0.isLetter } ? "this id" : "\"\(id.printable)\""
    return "the store has no payment, order, refund, break, payout, bank line or processor reference \(name);"
      + " `settle breaks` and the files in reports/ show ids"
  }
}
