package import Foundation
package import SettleFiles
package import SettleModel
package import SettleStore

/// What `settle decide` was asked to do.
package struct DecideRequest: Sendable {
  package enum Mode: Sendable, Equatable {
    /// Take the decisions of the file.
    case decide
    /// Agree, as a second person, to the refunds in it that wait for one.
    case approve
  }

  package var pipeline: PipelineDefinition
  package var sheet: DecisionSheet
  package var mode: Mode
  /// The name that is claimed.
  package var by: String
  /// The operating system's name of whoever gives the file.
  package var login: String
  /// Nil for the first date whose report is still to come, today in the pipeline's zone at the earliest.
  package var date: BusinessDate?
  package var dryRun: Bool
  package var arguments: [String]
  package var version: String

  package init(
    pipeline: PipelineDefinition, sheet: DecisionSheet, mode: Mode = .decide, by: String, login: String,
    date: BusinessDate? = nil, dryRun: Bool = false, arguments: [String] = [], version: String
  ) {
    self.pipeline = pipeline
    self.sheet = sheet
    self.mode = mode
    self.by = by
    self.login = login
    self.date = date
    self.dryRun = dryRun
    self.arguments = arguments
    self.version = version
  }

  var source: DecisionSource {
    DecisionSource(by: by, login: login, fileName: sheet.name, sha256: sheet.sha256)
  }
}

/// What became of one row that says something.
package struct DecidedRow: Sendable, Equatable {
  package enum Outcome: Sendable, Equatable {
    case decided(BreakDecision)
    /// A refund so large that a second person must agree before it is asked for.
    case awaitsApproval(Money)
    /// A second person agreed; under the login under which it was decided, or under another.
    case approved(Money, sameLogin: Bool)
    /// A second person was to agree to a refund that needs none.
    case needsNoApproval(Money)
    /// It was decided so before, or taken from this very file.
    case known
    case refused(DecisionRefusal)
  }
  package var line: Int
  /// Nil where the row has no id of a break's.
  package var breakID: BreakID?
  package var outcome: Outcome
  /// What the row asks for; nil where that cannot be read.
  package var asked: BreakDecision?
  /// What it is about; nil where it names no break of the store's.
  package var matter: DecidedMatter?

  init(line: Int, breakID: BreakID?, outcome: Outcome) {
    self.line = line
    self.breakID = breakID
    self.outcome = outcome
  }
}

/// What a row of decisions is about, for whoever reads what became of it.
package struct DecidedMatter: Sendable, Equatable {
  package var reason: BreakReason
  package var orderReference: String?
  /// What a refund gives back; else the difference, or the side that there is.
  package var amount: Money?

  init(of matter: DecidableBreak, refunding: Bool) {
    reason = matter.reason
    orderReference = matter.orderReference
    let difference = matter.expected.flatMap { expected in try? matter.reported?.subtracting(expected) }
    amount = difference ?? matter.reported ?? matter.expected
    if refunding, let subject = matter.refundable, case .success(let rest) = RefundPolicy.refundable(subject) {
      amount = rest
    }
  }
}

/// What became of a file of decisions.
package struct DecideResult: Sendable {
  package var runID: UUID
  package var request: DecideRequest
  package var date: BusinessDate
  package var rows: [DecidedRow]
  /// Rows without a decision; of approvals, also those that decide something else than a refund.
  package var undecided: Int
  package var seal: AuditSeal?

  package var refused: [(row: DecidedRow, why: DecisionRefusal)] {
    rows.compactMap { row in if case .refused(let why) = row.outcome { (row, why) } else { nil } }
  }

  /// In the order in which they are told.
  package var counts: [(name: String, value: Int64)] {
    func count(_ isMeant: (DecidedRow.Outcome) -> Bool) -> Int64 { Int64(rows.count { isMeant($0.outcome) }) }
    return [
      ("decided", count { if case .decided = $0 { true } else { false } }),
      ("awaiting_approval", count { if case .awaitsApproval = $0 { true } else { false } }),
      ("approved", count { if case .approved = $0 { true } else { false } }),
      ("needs_no_approval", count { if case .needsNoApproval = $0 { true } else { false } }),
      ("already_decided", count { $0 == .known }), ("without_decision", Int64(undecided)),
      ("refused", Int64(refused.count)),
    ]
  }

  package var exitStatus: ExitStatus { refused.isEmpty ? .done : .exceeded }
}
