package import Postgres
package import SettleModel

/// What is known to have been sent and has not been reported yet, by the day on which it is due. What a break says that
/// it did not come is no longer awaited: it is among the breaks.
package struct AwaitedOutcomes: Sendable, Equatable {
  package enum Kind: String, Sendable, SQLDecodable, CaseIterable {
    /// A charge that no outcome file has reported.
    case charge
    /// A refund, likewise.
    case refund
    /// A payout that no bank line shows.
    case payout

    var place: Int { Self.allCases.firstIndex(of: self) ?? 0 }
  }

  package var kind: Kind
  /// The first date whose run calls it missing.
  package var expectedOn: BusinessDate
  package var count: Int64
  /// The sum, of one sign: refunds are negative, as are payouts that a processor takes back.
  package var amount: Money
  /// Whether its day has come, and no reconciliation of that day has said what is missing.
  package var isOverdue: Bool
}

extension Session {
  /// Charges and refunds that no file has told of, and payouts that no bank line shows: by kind, and in order of the day
  /// on which they are due by the pipeline's waiting days and calendar.
  ///
  /// What a person has settled is not awaited any more, and what has come as something else is a break of its own.
  package func awaitedOutcomes(_ terms: ReconcileTerms) throws -> [AwaitedOutcomes] {
    let (reconciled, latest) = (try lastReconciledDate(), try latestDate())
    let start = BusinessDate(daysSinceEpoch: 0)
    let since = reconciled.map { terms.calendar.latestStart(waiting: terms.waitingDays, by: $0) } ?? start
    let arrived = reconciled.map { terms.bank.calendar.latestStart(waiting: terms.bank.waitingDays, by: $0) } ?? start
    var totals: [AwaitedKey: (count: Int64, minor: Int64)] = [:]
    for row in try sums(of: Self.charges(since)) + sums(of: Self.refunds(since)) + awaitedPayouts(arrived) {
      let expected = terms.expectedDay(of: row.kind, since: row.since)
      let key = AwaitedKey(
        kind: row.kind, day: expected, currency: row.amount.currency, isNegative: row.amount.minor < 0)
      let sum = totals[key] ?? (0, 0)
      let total = try Money(minor: sum.minor, currency: key.currency).adding(row.amount)
      totals[key] = (sum.count + row.count, total.minor)
    }
    return totals.sorted { $0.key < $1.key }.map { key, sum in
      AwaitedOutcomes(
        kind: key.kind, expectedOn: key.day, count: sum.count,
        amount: Money(minor: sum.minor, currency: key.currency), isOverdue: latest.map { key.day <= $0 } ?? false)
    }
  }

  private struct AwaitedKey: Hashable, Comparable {
    var kind: AwaitedOutcomes.Kind
    var day: BusinessDate
    var currency: Currency
    var isNegative: Bool

    static func < (left: AwaitedKey, right: AwaitedKey) -> Bool {
      guard left.kind == right.kind else { return left.kind.place < right.kind.place }
      return (left.day, left.currency, left.isNegative ? 1 : 0) < (right.day, right.currency, right.isNegative ? 1 : 0)
    }
  }

  private typealias Sent = (kind: AwaitedOutcomes.Kind, since: BusinessDate, count: Int64, amount: Money)

  /// Charged after the last day whose charges are due, and of no day whose file a break misses already.
  private static func charges(_ since: BusinessDate) -> SQL {
    """
    SELECT 'charge' AS kind, p.charged_on AS since, p.currency, p.amount FROM payments p
    WHERE (p.state = 'SUCCEEDED' OR \(sql: isChargedElsewhere))
      AND p.charged_on > \(since) AND NOT EXISTS (
        SELECT FROM missing_files f JOIN breaks k ON k.payment_id = f.payment_id AND k.break_id = f.break_id
        WHERE f.processor = p.processor AND f.business_date = p.charged_on AND k.status = 'open')
      AND NOT EXISTS (SELECT FROM matches m WHERE m.payment_id = p.payment_id AND m.item_id = p.payment_id)
      AND NOT EXISTS (SELECT FROM breaks b WHERE b.payment_id = p.payment_id AND b.item_id = p.payment_id
        AND (b.status = 'open' OR b.resolution <> 'explained'))
    """
  }

  private static func refunds(_ since: BusinessDate) -> SQL {
    """
    SELECT 'refund' AS kind, r.processed_on AS since, r.currency, -r.amount AS amount FROM refunds r
    WHERE r.state = 'PROCESSED' AND r.processed_on >= \(since)
      AND NOT EXISTS (SELECT FROM matches m WHERE m.payment_id = r.payment_id AND m.item_id = r.refund_id)
      AND NOT EXISTS (SELECT FROM breaks b WHERE b.payment_id = r.payment_id AND b.item_id = r.refund_id
        AND (b.status = 'open' OR b.resolution <> 'explained'))
    """
  }

  /// None before the first statement is known.
  private func awaitedPayouts(_ since: BusinessDate) throws -> [Sent] {
    guard try hasBankLines() else { return [] }
    return try sums(
      of: """
        SELECT 'payout' AS kind, p.arrives_on AS since, p.currency, p.amount FROM payouts p
        WHERE \(sql: Self.isAwaitedInBank) AND p.arrives_on > \(since) AND NOT EXISTS (
          SELECT FROM breaks b
          WHERE b.payment_id = p.payout_id AND b.reason = 'payout_not_in_bank' AND b.status = 'open')
        """)
  }

  private func sums(of sent: SQL) throws -> [Sent] {
    try query(
      """
      SELECT kind, since, currency, count(*) AS outcomes, sum(amount)::bigint AS amount
      FROM (\(sql: sent)) sent WHERE since IS NOT NULL GROUP BY kind, since, currency, amount < 0
      """
    ) { row in
      (
        kind: try row.get("kind"), since: try row.get("since"), count: try row.get("outcomes"),
        amount: try row.money("amount", "currency")
      )
    }
  }
}

extension ReconcileTerms {
  /// The first date whose run calls something missing that was sent, or arrives, on a day. A refund is expected from the
  /// date after it, since it cannot be in that night's file.
  fileprivate func expectedDay(of kind: AwaitedOutcomes.Kind, since day: BusinessDate) -> BusinessDate {
    switch kind {
    case .charge: calendar.date(waitingDays, after: day)
    case .refund: calendar.date(waitingDays, after: day.adding(days: 1))
    case .payout: bank.calendar.date(bank.waitingDays, after: day)
    }
  }
}
