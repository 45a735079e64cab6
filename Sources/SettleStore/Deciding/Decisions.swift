package import Foundation
package import Postgres
package import SettleModel

/// Who decides, and by which file.
package struct DecisionSource: Sendable, Equatable {
  /// The name that was claimed.
  package var by: String
  /// As names are compared.
  var foldedName: String { PersonName.folded(by) }
  /// The operating system's name of whoever gave the file.
  package var login: String
  package var fileName: String
  package var sha256: String

  package init(by: String, login: String, fileName: String, sha256: String) {
    self.by = by
    self.login = login
    self.fileName = fileName
    self.sha256 = sha256
  }
}

/// What a refund that is decided gives back.
package struct DecidedAmount: Sendable, Equatable {
  package var amount: Money
  /// So large that a second person must agree.
  package var needsApproval: Bool

  package init(amount: Money, needsApproval: Bool) {
    self.amount = amount
    self.needsApproval = needsApproval
  }
}

/// What the id after `duplicate_of:` stands for.
package enum OtherMatter: Sendable, Equatable {
  case breaking(BreakID)
  case payment(PaymentID)
}

extension Session {
  /// Writes a decision down and gives it its effect, so that neither is ever there without the other: the break is
  /// resolved, or is open (again), and the payment's chain of the trail has an entry. Money of nobody's has no chain:
  /// the run's own seal covers what it decided, and no later one does so again.
  ///
  /// - Parameters:
  ///   - refund: of a refund, what it gives back.
  ///   - other: of a duplicate, what its id stands for.
  package func decide(
    _ decision: BreakDecision, note: String?, about matter: DecidableBreak, line: Int, refund: DecidedAmount? = nil,
    other: OtherMatter? = nil, by source: DecisionSource, context: LoadContext
  ) throws {
    var until: BusinessDate?
    if case .wait(let date) = decision { until = date }
    var (otherBreak, otherPayment): (BreakID?, PaymentID?) = (nil, nil)
    switch other {
    case .breaking(let id): otherBreak = id
    case .payment(let id): otherPayment = id
    case nil: break
    }
    try audited(
      .decision,
      """
      INSERT INTO decisions (break_id, number, payment_id, action, wait_until, other_break, other_payment, amount,
        currency, needs_approval, expected_amount, expected_currency, reported_amount, reported_currency, note,
        decided_by, decided_as, login, decided_at, decided_on, file_sha256, file_name, line, token, seal)
      SELECT b.break_id, \(matter.decisions + 1), b.payment_id, \(decision.action), \(until), \(otherBreak),
        \(otherPayment), \(refund?.amount.minor), \(refund?.amount.currency), \(refund?.needsApproval ?? false),
        b.expected_amount, b.expected_currency, b.reported_amount, b.reported_currency, \(note), \(source.by),
        \(source.foldedName), \(source.login), \(context.now), \(context.date), \(source.sha256), \(source.fileName),
        \(Int64(line)), (SELECT token FROM lease), \(sql: Self.nextSeal)
      FROM breaks b WHERE b.payment_id = \(matter.key) AND b.break_id = \(matter.id)
      RETURNING decisions.*
      """, context: context)
    let resolution = decision.resolution
    let resolvedOn = resolution.map { _ in context.date }
    _ = try execute(
      """
      UPDATE breaks SET status = \(resolution == nil ? "open" : "resolved"),
        resolved_on = \(resolvedOn), resolution = \(resolution)
      WHERE payment_id = \(matter.key) AND break_id = \(matter.id)
        AND (resolution, resolved_on) IS DISTINCT FROM (\(resolution)::text, \(resolvedOn)::date)
      """)
  }

  /// Writes down that a second person agrees to the refund that stands decided.
  package func approve(
    _ standing: StandingDecision, about matter: DecidableBreak, note: String?, line: Int, by source: DecisionSource,
    context: LoadContext
  ) throws {
    try audited(
      .decision,
      """
      INSERT INTO decisions (break_id, number, payment_id, action, approves, amount, currency, expected_amount,
        expected_currency, reported_amount, reported_currency, note, decided_by, decided_as, login,
        decided_at, decided_on, file_sha256, file_name, line, token, seal)
      SELECT d.break_id, \(matter.decisions + 1), b.payment_id, 'approve', d.number, d.amount, d.currency,
        d.expected_amount, d.expected_currency, d.reported_amount, d.reported_currency, \(note), \(source.by),
        \(source.foldedName), \(source.login), \(context.now), \(context.date), \(source.sha256), \(source.fileName),
        \(Int64(line)), (SELECT token FROM lease), \(sql: Self.nextSeal)
      FROM decisions d JOIN breaks b ON b.payment_id = \(matter.key) AND b.break_id = d.break_id
      WHERE d.break_id = \(matter.id) AND d.number = \(standing.number)
      RETURNING decisions.*
      """, context: context)
  }

  /// The number of the seal that covers what is decided now.
  private static let nextSeal: SQL = "(SELECT max(seal) + 1 FROM audit_seals)"

  /// What an id after `duplicate_of:` stands for; throws ``DecisionRefusal`` where it cannot be the same matter: there a
  /// break is still open, or was settled by a person or a refund, and it is about money of the same currency.
  package func otherMatter(_ id: UUID, than matter: DecidableBreak) throws -> OtherMatter {
    let currencies = [matter.expected?.currency.code, matter.reported?.currency.code].compactMap(\.self)
    let row = try first(
      """
      SELECT EXISTS (SELECT FROM breaks WHERE break_id = \(id)) AS is_break,
        EXISTS (SELECT FROM payments WHERE payment_id = \(id)) AS is_payment,
        count(*) > 0 AS is_there, count(*) FILTER (WHERE cardinality(\(currencies)::text[]) = 0
          OR num_nonnulls(b.expected_currency, b.reported_currency) = 0
          OR b.expected_currency = ANY(\(currencies)) OR b.reported_currency = ANY(\(currencies))) > 0 AS is_of_currency
      FROM breaks b
      WHERE \(id) IN (b.break_id, b.payment_id) AND b.break_id <> \(matter.id)
        AND b.resolution IS DISTINCT FROM 'explained'
      """)
    guard let row else { throw StoreError.noAnswer("the other matter") }
    let other: OtherMatter
    if try row.get("is_break") {
      other = .breaking(BreakID(rawValue: id))
    } else if try row.get("is_payment") {
      other = .payment(PaymentID(rawValue: id))
    } else {
      throw DecisionRefusal(
        .unknownOther, "the store has no break and no payment of the id after duplicate_of: copy it from breaks.csv")
    }
    if other == .breaking(matter.id) || matter.payment.map({ other == .payment($0) }) ?? false {
      throw DecisionRefusal(.cycle, "duplicate_of names the break itself, or its own payment: name the other matter")
    }
    guard try row.get("is_there") else {
      throw DecisionRefusal(
        .otherResolved, "what duplicate_of names has no break that is open or was settled: nobody would look at either")
    }
    guard try row.get("is_of_currency") else {
      throw DecisionRefusal(.otherCurrency, "what duplicate_of names is about money of another currency")
    }
    guard try !leads(from: id, to: matter.id) else {
      throw DecisionRefusal(
        .cycle, "the matter that duplicate_of names is itself decided to be a duplicate of this one")
    }
    return other
  }

  /// Whether duplicates lead from a break, or a payment's breaks, to a break.
  private func leads(from start: UUID, to end: BreakID) throws -> Bool {
    try first(
      """
      WITH RECURSIVE ways AS (
        SELECT d.break_id AS source, coalesce(d.other_break, t.break_id) AS target
        FROM (\(sql: Self.lastDecisions())) d
        LEFT JOIN breaks t ON t.payment_id = d.other_payment
        WHERE d.action = 'duplicate_of'
      ), reached AS (
        SELECT break_id FROM breaks WHERE \(start) IN (break_id, payment_id)
        UNION
        SELECT w.target FROM reached r JOIN ways w ON w.source = r.break_id
      )
      SELECT 1 AS found FROM reached WHERE break_id = \(end)
      """) != nil
  }
}
