import Foundation
import Postgres
import SettleFiles
import SettleModel
import SettleStore

/// Goes through the rows of a file, inside one transaction: takes what can be taken, and says of each other row why not.
struct DecisionTaker {
  let db: Session
  let request: DecideRequest
  let context: LoadContext
  private(set) var rows: [DecidedRow] = []
  private(set) var undecided = 0

  init(db: Session, request: DecideRequest, context: LoadContext) {
    self.db = db
    self.request = request
    self.context = context
  }

  /// A row that names a break and says something about it.
  private struct Wish {
    var row: DecisionSheet.Row
    var id: BreakID
    /// As it was written, in lower case.
    var decision: String
    var note: String?
  }

  mutating func take() throws {
    let wishes = wishes()
    // Rows that were refused for what stands in them are about a break all the same.
    let matters = try db.decidableBreaks(
      wishes.map(\.id) + rows.compactMap(\.breakID), processor: context.processor, by: context.date)
    let words = Dictionary(grouping: wishes, by: \.id)
    var taken: Set<BreakID> = []
    for wish in wishes {
      do {
        let others = words[wish.id] ?? []
        guard others.allSatisfy({ $0.decision == wish.decision && $0.note == wish.note }) else {
          throw DecisionRefusal(.contradiction, "the file decides this break in two ways: leave one of the rows")
        }
        guard let matter = matters[wish.id] else {
          throw DecisionRefusal(.unknownBreak, "the store has no break of this break_id: take the row from breaks.csv")
        }
        // A row like one that was refused is judged by itself: its other columns may be in order.
        let outcome = taken.contains(wish.id) ? .known : try outcome(of: wish, matter)
        taken.insert(wish.id)
        add(wish.row.line, wish.id, outcome)
      } catch let refusal as DecisionRefusal {
        add(wish.row.line, wish.id, .refused(refusal))
      }
    }
    tell(of: matters)
  }

  /// Says beside each row what it is about and what it asks for.
  private mutating func tell(of matters: [BreakID: DecidableBreak]) {
    let words = Dictionary(
      request.sheet.rows.map { ($0.line, $0[.decision] ?? "") }, uniquingKeysWith: { first, _ in first })
    for index in rows.indices {
      let matter = rows[index].breakID.flatMap { matters[$0] }
      var asked = words[rows[index].line].flatMap { try? BreakDecision($0, on: context.date) }
      // `wait` that was decided before waits until the date that it named then.
      if rows[index].outcome == .known, let standing = matter?.standing?.decision, standing.action == asked?.action {
        asked = standing
      }
      rows[index].asked = asked
      rows[index].matter = matter.map { DecidedMatter(of: $0, refunding: asked == .refund) }
    }
  }

  private mutating func add(_ line: Int, _ id: BreakID?, _ outcome: DecidedRow.Outcome) {
    rows.append(DecidedRow(line: line, breakID: id, outcome: outcome))
  }

  private mutating func wishes() -> [Wish] {
    var wishes: [Wish] = []
    for row in request.sheet.rows {
      let decision = (row[.decision] ?? "").lowercased()
      let id = BreakID(row[.breakID] ?? "")
      guard !decision.isEmpty, request.mode == .decide || decision == BreakDecision.refund.action else {
        undecided += 1
        continue
      }
      do throws(DecisionRefusal) {
        guard !row.isMisshapen else {
          throw DecisionRefusal(
            .wrongColumnCount, "the row has cells beyond the header's columns, or one that is too long: put it right")
        }
        guard let id else {
          throw DecisionRefusal(
            .invalidID,
            "break_id is no id of settle's, perhaps because a spreadsheet took it for a number: open the file with that"
              + " column as text")
        }
        wishes.append(Wish(row: row, id: id, decision: decision, note: try NoteText.read(row[.note] ?? "")))
      } catch {
        add(row.line, id, .refused(error))
      }
    }
    return wishes
  }

  private func outcome(of wish: Wish, _ matter: DecidableBreak) throws -> DecidedRow.Outcome {
    switch request.mode {
    case .decide: try decide(wish, matter)
    case .approve: try approve(wish, matter)
    }
  }

  private func decide(_ wish: Wish, _ matter: DecidableBreak) throws -> DecidedRow.Outcome {
    if matter.files.contains(request.sheet.sha256), !isBroughtForward(wish, matter) { return .known }
    if isStanding(wish, in: matter, { $0.description == wish.decision }) { return .known }
    let decision = try BreakDecision(wish.decision, on: context.date)
    if isStanding(wish, in: matter, { $0 == decision }) { return .known }
    guard !matter.formerFiles.contains(request.sheet.sha256) else {
      throw DecisionRefusal(
        .stale,
        "this very file decided the break when its amounts were others: look at it in a new breaks.csv and decide there"
      )
    }
    if decision == .refund { try mayBeAskedAgain(wish.row, matter) }
    try RowCheck(row: wish.row, matter: matter, date: context.date).mayBeDecided()
    switch decision {
    case .refund:
      let refund = try RefundCheck(pipeline: request.pipeline).refund(of: matter)
      try db.decide(
        decision, note: wish.note, about: matter, line: wish.row.line, refund: refund, by: request.source,
        context: context)
      return refund.needsApproval ? .awaitsApproval(refund.amount) : .decided(decision)
    case .duplicate(let id):
      let other = try db.otherMatter(id, than: matter)
      try db.decide(
        decision, note: wish.note, about: matter, line: wish.row.line, other: other, by: request.source,
        context: context)
    case .accept, .writeOff, .wait:
      try db.decide(
        decision, note: wish.note, about: matter, line: wish.row.line, by: request.source, context: context)
    }
    return .decided(decision)
  }

  /// A file that was written before a refund failed asks for that refund, not for another.
  private func mayBeAskedAgain(_ row: DecisionSheet.Row, _ matter: DecidableBreak) throws {
    guard matter.refundHasFailed, let told = row[.heldBack] else { return }
    let ends: [RefundPolicy.Held] = [.refundRefused, .refundFailed, .refundCanceled]
    guard RefundPolicy.Held(rawValue: told.lowercased()).map(ends.contains) ?? false else {
      throw DecisionRefusal(
        .stale, "the refund that was asked for has failed since: look at the break in a new breaks.csv and decide there"
      )
    }
  }

  /// A refund that was decided for a later date is wanted for this one.
  private func isBroughtForward(_ wish: Wish, _ matter: DecidableBreak) -> Bool {
    guard let standing = matter.standing, standing.decision == .refund else { return false }
    return standing.on > context.date && wish.decision == standing.decision.description
  }

  /// Where the file has no column for notes, a note that stands stays. A refund that failed is decided anew.
  private func isStanding(_ wish: Wish, in matter: DecidableBreak, _ isSame: (BreakDecision) -> Bool) -> Bool {
    guard let standing = matter.standing, isSame(standing.decision), !matter.refundHasFailed,
      !isBroughtForward(wish, matter)
    else { return false }
    return wish.row[.note] == nil || standing.note == wish.note
  }

  private func approve(_ wish: Wish, _ matter: DecidableBreak) throws -> DecidedRow.Outcome {
    let policy = request.pipeline.refund
    guard let standing = matter.standing, standing.decision == .refund, let amount = standing.amount else {
      throw DecisionRefusal(
        .nothingToApprove, "nobody has decided yet that it goes back: decide it first, without --approve-as")
    }
    guard standing.needsApproval || policy.needsApproval(amount) else { return .needsNoApproval(amount) }
    let wasSameLogin = standing.approvedLogin == standing.login
    if standing.approvedBy != nil, policy.approves(sameLogin: wasSameLogin) { return .known }
    try RowCheck(row: wish.row, matter: matter, date: context.date).mayBeDecided()
    guard PersonName.folded(standing.by) != PersonName.folded(request.by) else {
      throw DecisionRefusal(.samePerson, "whoever decided the refund cannot also agree to it: somebody else has to")
    }
    let isSameLogin = standing.login == request.login
    guard policy.approves(sameLogin: isSameLogin) else {
      throw DecisionRefusal(
        .samePerson,
        "it was decided under this very login, and the pipeline asks for another one (refund.approval_by): somebody else"
          + " has to agree, under a login of their own")
    }
    try RefundCheck(pipeline: request.pipeline).fits(amount, of: matter)
    try db.approve(
      standing, about: matter, note: wish.note, line: wish.row.line, by: request.source, context: context)
    return .approved(amount, sameLogin: isSameLogin)
  }
}
