import Postgres
import SettleModel

// Which row a break speaks of, where its processor has said something else under the same id since.

/// A row that came after a break and ended it, or that takes back what the break's own row says.
package struct LaterRow: Sendable, Equatable {
  package enum Role: String, Sendable {
    /// It tells what was missing.
    case explains
    /// It says something else under the id of the row that the break rests on.
    case corrects
  }
  package var role: Role
  /// `file:line`.
  package var source: String

  package init(role: Role, source: String) {
    self.role = role
    self.source = source
  }
}

extension Session {
  /// Reasons whose record, if any, tells what was missing when the break was found.
  static let explainedByRecord: [BreakReason] = [.missingAtProcessor, .missingRefund, .outcomeUnknown, .holdLapsed]

  /// Of the record `o` the version that the break `b` speaks of, as a date knew both: `version, file_id, line`, and as
  /// `next_file, next_line` the row that says something else of the money since. No row where there is no record.
  ///
  /// It is the one that says the break's own amount. Where none does, since several rows make up the amount, it is the one
  /// that stood when the break ended, or the last one of a break that is open.
  ///
  /// - Parameters:
  ///   - date: nil for all that is known.
  ///   - first: whether, of several that say the amount, the first is meant, rather than the last and fullest.
  static func rowSpokenOf(by date: BusinessDate?, first: Bool = false) -> SQL {
    let date: SQL = date.map { "\($0)::date" } ?? "'infinity'::date"
    let says: SQL = "(w.amount, w.currency) IS NOT DISTINCT FROM (b.reported_amount, b.reported_currency)"
    let stood: SQL = "coalesce(b.resolved_on <= \(sql: date) AND w.replaced_on >= b.resolved_on, false)"
    let tells: SQL = "b.reason = ANY(\(explainedByRecord))"
    return """
      SELECT w.version, w.file_id, w.line,
        CASE WHEN w.next_on <= \(sql: date) AND NOT \(sql: tells) THEN w.next_file END AS next_file,
        CASE WHEN w.next_on <= \(sql: date) AND NOT \(sql: tells) THEN w.next_line END AS next_line
      FROM (\(sql: versions)) w
      WHERE w.known_on IS NULL OR w.known_on <= least(\(sql: date), b.resolved_on)
      ORDER BY \(sql: says) DESC, NOT \(sql: says) AND NOT \(sql: tells) AND \(sql: stood) DESC,
        CASE WHEN \(sql: says) THEN \(Int32(first ? 1 : -1)) * w.version
          WHEN \(sql: stood) AND NOT \(sql: tells) THEN w.version ELSE -w.version END
      LIMIT 1
      """
  }

  /// Of the record `o` the version that was known when the break `b` was found: `file_id`. Not after `s`, the one that it
  /// speaks of.
  static let rowFoundWith: SQL = """
    SELECT w.file_id FROM (\(sql: versions)) w
    WHERE (w.known_on IS NULL OR w.known_on <= b.first_seen) AND w.version <= s.version
    ORDER BY w.version DESC LIMIT 1
    """

  /// All that the record `o` ever said of the money that the break `b` is about. What it said as an orphan is kept under its
  /// own id.
  private static let versions: SQL = """
    SELECT t.version, t.file_id, t.line, t.amount, t.currency, t.replaced_on,
      lag(t.replaced_on) OVER told AS known_on,
      CASE WHEN (t.kind, t.amount, t.currency) IS DISTINCT FROM
        (lead(t.kind) OVER told, lead(t.amount) OVER told, lead(t.currency) OVER told) THEN t.replaced_on END AS next_on,
      lead(t.file_id) OVER told AS next_file, lead(t.line) OVER told AS next_line
    FROM (
      SELECT o.version, o.file_id, o.line, o.kind,
        CASE b.reason WHEN 'fee_variance' THEN o.fee WHEN 'fx_variance' THEN o.gross ELSE o.compared_amount END AS amount,
        CASE WHEN b.reason IN ('fee_variance', 'fx_variance') THEN o.currency ELSE o.compared_currency END AS currency,
        NULL::date AS replaced_on
      WHERE o.outcome_id IS NOT NULL
      UNION ALL
      SELECT v.version, (v.record ->> 'file_id')::bigint, (v.record ->> 'line')::bigint, v.record ->> 'kind',
        (v.record ->> CASE b.reason WHEN 'fee_variance' THEN 'fee' WHEN 'fx_variance' THEN 'gross' ELSE 'compared_amount'
          END)::bigint,
        v.record ->> CASE WHEN b.reason IN ('fee_variance', 'fx_variance') THEN 'currency' ELSE 'compared_currency' END,
        v.replaced_on
      FROM outcome_versions v
      WHERE o.version > 1 AND v.payment_id IN (b.payment_id, o.payment_id, o.outcome_id)
        AND v.outcome_id = o.outcome_id
    ) t
    WINDOW told AS (ORDER BY t.version)
    """
}

extension Row {
  /// What the columns `later` and `later_source` tell, if anything.
  func laterRow() throws -> LaterRow? {
    let role: String? = try get("later")
    let source: String? = try get("later_source")
    guard let role = role.flatMap(LaterRow.Role.init(rawValue:)), let source else { return nil }
    return LaterRow(role: role, source: source)
  }

  /// The columns that ``laterRow()`` reads, where the row that a break speaks of is of the file `f`, and what corrects it
  /// of `nf`.
  static let laterColumns: SQL = """
    CASE WHEN nf.file_id IS NOT NULL THEN 'corrects'
      WHEN f.file_id IS NOT NULL AND b.reason = ANY(\(Session.explainedByRecord)) THEN 'explains' END AS later,
    CASE WHEN nf.file_id IS NOT NULL THEN nf.name || ':' || s.next_line ELSE f.name || ':' || s.line END AS later_source
    """
}
