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
      po_…), a refund's or a break's, or a bank's reference of a line. One chain tells authorization, attempts, \
      outcomes, matches with their rule, the payout that the money went out with, the bank line that shows it, breaks, \
      decisions, refunds, and what later reports restated; each with the file and line that says so. An id that names \
      several things lists them first; one that the store does not have ends with exit status 64.

      EXAMPLES
        settle explain 7f0b6f0e-6f5e-4a53-9b0e-0d6a3c1e2b11
        settle explain ch_3PabcXYZ --json
        settle explain po_1PabcXYZ      its lines, what was paid, the bank's line
      """)

  @Argument(help: ArgumentHelp("What to explain.", valueName: "id"))
  var id: String

  @Option(
    help: ArgumentHelp(
      "The pipeline file whose rules tell what an ambiguous charge may be. Without it, the last run's.",
      valueName: "file"))
  var pipeline: String?

  @Flag(help: "Print JSON.")
  var json = false

  func run() async throws {
    let id = id
    let settings = try Settings()
    let (explanations, near) = try await settings.withFoundStore { store in
      let (found, near) = try await store.pool.session { db in
        let found = try db.withRestatements(db.explanations(of: id))
        return (found, found.isEmpty ? try db.idsHolding(id) : [])
      }
      return (try await withCandidates(found, in: store, settings), near)
    }
    guard !explanations.isEmpty else { throw Failure(status: .usage, message: Self.unknown(id, near: near)) }
    let stories = Story.all(explanations)
    if json {
      try Console.line(Story.json(id, stories).pretty)
    } else {
      let style = Style.ofOutput
      let list = stories.count > 1 ? [Story.list(id, stories)] : []
      try Console.write((list + stories.map { $0.text(style) }).joined(separator: "\n"))
    }
  }

  /// The same explanations, each with what it may belong to where rules find several matches.
  private func withCandidates(
    _ explanations: [Explanation], in store: Store, _ settings: Settings
  ) async throws -> [Explanation] {
    guard explanations.contains(where: \.mayBeAmbiguous) else { return explanations }
    let (isAmbiguous, last) = try await store.pool.session { db in
      (try db.hasAmbiguousCharges(), try db.recentRuns(limit: 1, deciding: false).first)
    }
    guard isAmbiguous,
      let rules = try settings.pipeline(flag: pipeline, asOf: last, untold: "what an ambiguous charge may be")
    else { return explanations }
    return try await store.pool.rolledBack { db in
      try explanations.map { explanation in
        guard explanation.mayBeAmbiguous else { return explanation }
        var explanation = explanation
        explanation.candidates = try db.candidates(
          of: explanation.id, rules.reconcileTerms, merchant: rules.merchant)
        return explanation
      }
    }
  }

  /// What looks like a card number is not repeated.
  ///
  /// - Parameter near: ids of the store that hold it.
  static func unknown(_ id: String, near: [String] = []) -> String {
    let digits = id.count { $0.isNumber }
    let name = digits >= 12 && !id.contains { $0.isLetter } ? "this id" : "\"\(id.printable)\""
    let hint =
      near.isEmpty
      ? "`settle breaks` and the files in reports/ show ids, quarantine.csv which rows were refused, and"
        + " `settle layout check FILE` what a file holds that no run has taken yet"
      : "it is a part of \(near.map(\.printable).joined(separator: ", ")): give one of these whole"
    return "the store has no payment, order, refund, break, payout, bank line or processor reference \(name); \(hint)"
  }
}

extension Explanation {
  /// Whether several payments or reported charges may fit it: a payment that nothing is matched with, money that an open
  /// break calls ambiguous.
  fileprivate var mayBeAmbiguous: Bool {
    payment == nil
      ? breaks.contains { $0.isOpen && $0.reason == .ambiguousMatch && !outcomes.isEmpty }
      : !matches.contains { $0.kind == "charge" }
  }
}
