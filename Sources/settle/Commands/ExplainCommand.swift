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
      po_…), a refund's or a break's. A bank line is found by its reference, its end-to-end reference or its text, whole \
      or in part; case and blanks do not matter, and where several have it they are listed with their ids. One chain \
      tells authorization, attempts, outcomes, matches with their rule, the payout that the money went out with, the bank line that shows it, breaks, \
      decisions, refunds, and what later reports restated; each with the file and line that says so. An id that names \
      several things lists them first; one that the store does not have, or that is a part of several, ends with exit \
      status 64.

      Of a payout, the remainder is what was paid less what its lines come to, as in payouts.csv: negative where less \
      was paid.

      EXAMPLES
        settle explain 7f0b6f0e-6f5e-4a53-9b0e-0d6a3c1e2b11
        settle explain ch_3PabcXYZ --json
        settle explain po_1PabcXYZ      its lines, what was paid, the bank's line
        settle explain "PAYMENTS 2026-11"      a bank line by its text
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
    let found = try await settings.withFoundStore { store in
      var found = try await store.pool.session { try Self.found(id, in: $0) }
      found.explanations = try await withCandidates(found.explanations, in: store, settings)
      return found
    }
    guard !found.explanations.isEmpty else {
      for line in found.lines.listed { Console.say(line) }
      throw Failure(status: .usage, message: Self.unknown(id, near: found.near, lines: found.lines))
    }
    let explanations = found.explanations
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

  /// What an id names; where it names nothing, what somebody may have meant.
  struct Found: Sendable {
    var explanations: [Explanation]
    var near: [String] = []
    var lines = FoundBankLines()
  }

  /// What an id names, or else the one bank line that a text does.
  static func found(_ id: String, in db: Session) throws -> Found {
    var found = Found(explanations: try db.explanations(of: id))
    if found.explanations.isEmpty {
      (found.near, found.lines) = (try db.idsHolding(id), try db.bankLines(holding: id))
      if let line = found.lines.only(near: found.near) {
        found.explanations = try db.explanations(of: line.description)
      }
    }
    found.explanations = try db.withRestatements(found.explanations)
    return found
  }

  /// What looks like a card number is not repeated.
  ///
  /// - Parameters:
  ///   - near: ids of the store that hold it.
  ///   - lines: bank lines that do.
  static func unknown(_ id: String, near: [String] = [], lines: FoundBankLines = FoundBankLines()) -> String {
    let digits = id.count { $0.isNumber }
    let name = digits >= 12 && !id.contains { $0.isLetter } ? "this id" : "\"\(id.printable)\""
    let known = [
      near.isEmpty ? nil : "it is a part of \(near.map(\.printable).joined(separator: ", ")): give one of these whole",
      lines.choice,
    ].compactMap(\.self)
    let hint =
      known.isEmpty
      ? "`settle breaks` and the files in reports/ show ids, quarantine.csv which rows were refused, and"
        + " `settle layout check FILE` what a file holds that no run has taken yet"
      : known.joined(separator: "; ")
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
