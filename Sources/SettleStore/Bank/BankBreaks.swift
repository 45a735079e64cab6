import Postgres
import SettleModel

// Differences between what processors say they paid and what the bank says it booked. A bank line's break stands under
// the line's own id, a payout's under the payout's, as an orphan's does under its own.

extension Session {
  /// Sums up payouts, matches them with the bank, and states every difference. Returns how many new matches were made.
  ///
  /// - Parameter zone: in which time zone an instant has its day, as PostgreSQL names it.
  func reconcileBank(_ terms: BankTerms, zone: String, context: LoadContext) throws -> Int {
    try sumPayouts(zone: zone)
    try wantPayoutMismatches()
    guard try hasBankLines() else { return 0 }
    let verdicts = try matchBank(terms, context: context)
    try wantBankMismatches()
    try wantNotInBank(terms, undecided: verdicts.undecided, context: context)
    try wantLines(.bankUnexplained, verdicts.unexplained)
    try wantLines(.ambiguousMatch, verdicts.ambiguous)
    try wantStatementGaps(terms)
    return verdicts.matched
  }

  /// Lines that do not add up to what was paid, which is nothing in a currency other than the payout's. A payout without
  /// any line is one whose file does not say what is in it.
  private func wantPayoutMismatches() throws {
    _ = try execute(
      """
      INSERT INTO desired
      SELECT p.payout_id, \(sql: Self.breakID(.payoutMismatch, of: "p.payout_id")), 'payout_mismatch', NULL,
        \(sql: Self.payoutRow), p.net, p.currency, coalesce(p.paid, 0), p.currency, 'lines'
      FROM payouts p
      WHERE p.lines > 0 AND p.net <> coalesce(p.paid, 0) AND (p.paid IS NOT NULL OR EXISTS (
        SELECT FROM payouts o WHERE o.processor = p.processor AND o.reference = p.reference AND o.paid IS NOT NULL))
      """)
  }

  /// What the bank has booked of a payout is not what was paid.
  private func wantBankMismatches() throws {
    _ = try execute(
      """
      INSERT INTO desired
      SELECT p.payout_id, \(sql: Self.breakID(.payoutMismatch, of: "p.payout_id::text || ':bank'")), 'payout_mismatch',
        (SELECT min(l.line_id::text)::uuid FROM bank_match_lines l WHERE l.match_id = m.match_id),
        \(sql: Self.payoutRow), m.payout_amount, m.payout_currency, m.bank_amount, m.bank_currency, m.rule
      FROM bank_matches m
      JOIN bank_match_payouts u ON u.match_id = m.match_id
      JOIN payouts p ON p.payout_id = u.payout_id
      WHERE m.payout_currency = m.bank_currency AND m.payout_amount <> m.bank_amount
      """)
  }

  /// Payouts that no bank line shows by the awaited day. What was sent before the first statement began may have been
  /// booked before it, too.
  private func wantNotInBank(_ terms: BankTerms, undecided: [PayoutID], context: LoadContext) throws {
    let arrivedBy = terms.calendar.latestStart(waiting: terms.waitingDays, by: try latestReconciled(context))
    _ = try execute(
      """
      INSERT INTO desired
      SELECT p.payout_id, \(sql: Self.breakID(.payoutNotInBank, of: "p.payout_id")), 'payout_not_in_bank', NULL,
        \(sql: Self.payoutRow), p.amount, p.currency, NULL::bigint, NULL::text, NULL
      FROM payouts p
      WHERE \(sql: Self.isAwaitedInBank) AND p.arrives_on <= \(arrivedBy) AND p.payout_id <> ALL(\(undecided))
      """)
  }

  /// Whether a bank line is still to show the payout `p`.
  static let isAwaitedInBank: SQL = """
    (p.amount <> 0
      AND p.sent_on >= (SELECT least(
        (SELECT min(coalesce(opened_on, closed_on)) FROM bank_statements), (SELECT min(booked_on) FROM bank_lines)))
      AND NOT EXISTS (SELECT FROM bank_match_payouts u WHERE u.payout_id = p.payout_id))
    """

  private func wantLines(_ reason: BreakReason, _ lines: [BankLineID]) throws {
    guard !lines.isEmpty else { return }
    _ = try execute(
      """
      INSERT INTO desired
      SELECT l.line_id, \(sql: Self.breakID(reason, of: "l.line_id")), \(reason), l.line_id, NULL, NULL, NULL, l.amount,
        l.currency, NULL
      FROM bank_lines l WHERE l.line_id = ANY(\(lines))
      """)
  }

  /// The record in which the processor says what it paid, with the payout as `p`.
  private static let payoutRow: SQL = """
    (SELECT o.outcome_id FROM outcome_records o
      WHERE o.payout = p.reference AND o.processor = p.processor AND o.currency = p.currency AND o.kind = 'payout'
        AND o.reported
      ORDER BY o.occurred_at, o.outcome_id LIMIT 1)
    """
}
