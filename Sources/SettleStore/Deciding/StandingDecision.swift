import Foundation
package import Postgres
package import SettleModel

/// The last thing that finance decided about a break, while the break is still what was decided about.
package struct StandingDecision: Sendable, Equatable {
  /// Of the break's decisions, from 1.
  package var number: Int32
  package var decision: BreakDecision
  package var note: String?
  /// Who said so: a name that was claimed.
  package var by: String
  /// The operating system's name of who gave the file.
  package var login: String
  /// The business date whose report shows it first.
  package var on: BusinessDate
  /// What a refund gives back.
  package var amount: Money?
  package var needsApproval: Bool
  /// Who agreed to a refund.
  package var approvedBy: String?
  package var approvedLogin: String?

  /// Whether a second person still has to agree.
  package var waitsForApproval: Bool { needsApproval && approvedBy == nil }
}

extension Session {
  /// The last decision of each break that was made for a date or an earlier one, as rows of `decisions`; of all dates
  /// where none is given.
  static func lastDecisions(by date: BusinessDate? = nil) -> SQL {
    let dated: SQL = date.map { "AND decided_on <= \($0)" } ?? ""
    return """
      SELECT DISTINCT ON (break_id) * FROM decisions WHERE action <> 'approve' \(sql: dated)
      ORDER BY break_id, number DESC
      """
  }

  /// Whether the decision `d` is about the break `b` as it now is. Where the amounts have changed since, a person has
  /// to look again.
  static let isAboutSameFigures: SQL = """
    (d.expected_amount, d.expected_currency, d.reported_amount, d.reported_currency) IS NOT DISTINCT FROM
      (b.expected_amount, b.expected_currency, b.reported_amount, b.reported_currency)
    """

  /// Whether a person wants the break `b` left alone on a date, by what was decided until then.
  static func isWaiting(on date: BusinessDate) -> SQL {
    """
    EXISTS (SELECT FROM (\(sql: lastDecisions(by: date))) d
      WHERE d.break_id = b.break_id AND d.wait_until > \(date) AND \(sql: isAboutSameFigures))
    """
  }

  /// Columns of the decision `d` that ``standingDecision(_:)`` reads, with the approval that was given for a date or an
  /// earlier one; of all dates where none is given.
  static func decisionColumns(by date: BusinessDate? = nil) -> SQL {
    """
    d.number AS decision_number, d.action AS decision_action, d.wait_until AS decision_until,
    coalesce(d.other_break, d.other_payment) AS decision_other, d.note AS decision_note, d.decided_by,
    d.decided_on, d.amount AS decision_amount, d.currency AS decision_currency, d.needs_approval,
    d.login AS decided_login, \(sql: approval("decided_by", by: date)) AS approved_by,
    \(sql: approval("login", by: date)) AS approved_login
    """
  }

  /// Of the first approval of the decision `d`; one under another login comes before one under the same.
  private static func approval(_ column: SQL, by date: BusinessDate?) -> SQL {
    let dated: SQL = date.map { "AND a.decided_on <= \($0)" } ?? ""
    return """
      (SELECT a.\(sql: column) FROM decisions a
        WHERE a.break_id = d.break_id AND a.approves = d.number \(sql: dated)
        ORDER BY a.login = d.login, a.number LIMIT 1)
      """
  }

  /// Breaks that a person has resolved for a later date, and that were open, and not waiting, at a date's end.
  static func decidedLater(than date: BusinessDate) -> SQL {
    """
    SELECT b.break_id FROM breaks b
    WHERE b.break_id IN (SELECT break_id FROM decisions WHERE decided_on > \(date))
      AND b.resolution = ANY(\(BreakDecision.resolutions))
      AND b.first_seen <= \(date) AND b.resolved_on > \(date) AND NOT \(sql: isWaiting(on: date))
    """
  }

  /// Nil where the row has no decision.
  static func standingDecision(_ row: Row) throws -> StandingDecision? {
    guard let number: Int32 = try row.get("decision_number") else { return nil }
    return StandingDecision(
      number: number, decision: try breakDecision(row), note: try row.get("decision_note"),
      by: try row.get("decided_by"), login: try row.get("decided_login"), on: try row.get("decided_on"),
      amount: try row.moneyIfAny("decision_amount", "decision_currency"), needsApproval: try row.get("needs_approval"),
      approvedBy: try row.get("approved_by"), approvedLogin: try row.get("approved_login"))
  }

  static func breakDecision(_ row: Row) throws -> BreakDecision {
    let action: String = try row.get("decision_action")
    switch action {
    case "accept": return .accept
    case "write_off": return .writeOff
    case "refund": return .refund
    case "wait": return .wait(until: try row.get("decision_until"))
    case "duplicate_of": return .duplicate(of: try row.get("decision_other"))
    default: throw StoreError.noAnswer("the decision \(action)")
    }
  }

  /// The latest business date whose report was written, of those that were not still to come: what is decided today must
  /// not wait for a date that somebody only looked at.
  package func latestReported() throws -> BusinessDate? { try latestDate(of: "report", countingMeant: false) }
}
