/// One written rule: which break is refunded without a person, how much of it, and up to what amount.
package struct RefundRule: Sendable, Equatable {
  package enum Portion: String, Sendable, CaseIterable {
    /// The whole of the second charge.
    case duplicate
    /// What was taken beyond what was asked.
    case overcharge
  }
  package var when: BreakReason
  package var portion: Portion
  /// The most that one refund may be, in minor units. A currency that is not named is not refunded by this rule.
  package var limit: [Currency: Int64]

  package init(when: BreakReason, portion: Portion, limit: [Currency: Int64]) {
    self.when = when
    self.portion = portion
    self.limit = limit
  }
}

/// The pipeline's rules for giving money back, as a pure function of figures.
///
/// A limit refuses; it never cuts an amount down to fit.
package struct RefundPolicy: Sendable, Equatable {
  package var rules: [RefundRule]
  /// Minor units a currency, over one run. A currency that is not named is not refunded.
  package var perRun: [Currency: Int64]
  /// Minor units a currency, over one business date.
  package var perDay: [Currency: Int64]
  /// Above this a second person must approve. Where any currency is named, each refund in another one needs approval,
  /// whatever its size; where none is, nothing does.
  package var approvalAbove: [Currency: Int64]
  /// Who counts as another person than the one who decided.
  package var approver: Approver

  package enum Approver: String, Sendable, CaseIterable {
    /// Whoever claims another name.
    case anotherName = "another_name"
    /// Whoever gives the file under another login of the operating system, too.
    case anotherLogin = "another_login"
  }

  package init(
    rules: [RefundRule] = [], perRun: [Currency: Int64] = [:], perDay: [Currency: Int64] = [:],
    approvalAbove: [Currency: Int64] = [:], approver: Approver = .anotherName
  ) {
    self.approver = approver
    self.rules = rules
    self.perRun = perRun
    self.perDay = perDay
    self.approvalAbove = approvalAbove
  }

  /// What is known of a break that a rule might refund.
  package struct Case: Sendable, Equatable {
    package var reason: BreakReason
    package var expected: Money?
    package var reported: Money
    /// Whether a processor's id or our own payment id proves whose charge it is; an order reference only suggests it.
    package var proven: Bool
    /// Whether settlement was in the presentment's currency.
    package var sameCurrency: Bool
    /// Whether the charge is another processor's than the pipeline's: settle cannot ask that one for anything.
    package var isElsewhere: Bool
    /// Minor units that earlier refunds gave back of the same difference, as it was then.
    package var returned: Int64

    package init(
      reason: BreakReason, expected: Money?, reported: Money, proven: Bool, sameCurrency: Bool,
      isElsewhere: Bool = false, returned: Int64 = 0
    ) {
      self.returned = returned
      self.reason = reason
      self.expected = expected
      self.reported = reported
      self.proven = proven
      self.sameCurrency = sameCurrency
      self.isElsewhere = isElsewhere
    }
  }

  /// What has been given back already, by settle.
  package struct Spent: Sendable, Equatable {
    package var run: [Currency: Int64]
    package var day: [Currency: Int64]

    package init(run: [Currency: Int64] = [:], day: [Currency: Int64] = [:]) {
      self.run = run
      self.day = day
    }

    package mutating func add(_ amount: Money) {
      run[amount.currency, default: 0] += amount.minor
      day[amount.currency, default: 0] += amount.minor
    }
  }

  package enum Decision: Sendable, Equatable {
    case refund(Money, rule: RefundRule)
    /// No rule names the break: nothing is said about it.
    case noRule
    /// A rule names it and yet holds back: a person decides.
    case heldBack(Held)
  }

  /// Why a rule does not refund what it names. Stored spellings are never reused.
  package enum Held: String, Error, Sendable, CaseIterable {
    case notProven = "not_proven"
    case currencyNotNamed = "currency_not_named"
    case otherCurrencySettled = "settled_in_another_currency"
    case undercharged
    case aboveLimit = "above_limit"
    case abovePerRun = "above_per_run"
    case abovePerDay = "above_per_day"
    case needsApproval = "needs_approval"
    case alreadyRefunded = "refunded_elsewhere"
    /// settle itself has given back of the same difference, or of the same charge, before.
    case alreadyReturned = "already_returned"
    case disputed
    case exceedsCaptured = "exceeds_captured"
    case chargeNotFound = "charge_not_found"
    /// Its refund was refused, failed or was canceled; another is never asked for by rule.
    case refundRefused = "refund_refused"
    case refundFailed = "refund_failed"
    case refundCanceled = "refund_canceled"
    /// The processor cannot take such a refund at all.
    case unsupported = "unsupported_by_processor"
    /// The charge is another processor's than the pipeline's.
    case otherProcessor = "other_processor"

    /// Whether tomorrow's run may decide otherwise, so that it is asked again.
    package var mayPass: Bool { self == .abovePerRun || self == .abovePerDay }
  }

  /// Decides about one break, from the written rules alone. The first rule that names its reason counts. Of what has
  /// gone back in part, or under another break, a person decides.
  package func decide(_ subject: Case, spent: Spent) -> Decision {
    guard let rule = rules.first(where: { $0.when == subject.reason }) else { return .noRule }
    guard !subject.isElsewhere else { return .heldBack(.otherProcessor) }
    guard subject.sameCurrency else { return .heldBack(.otherCurrencySettled) }
    guard subject.proven else { return .heldBack(.notProven) }
    guard subject.returned == 0 else { return .heldBack(.alreadyReturned) }
    guard let amount = Self.amount(of: rule.portion, subject) else { return .heldBack(.undercharged) }
    guard let limit = rule.limit[amount.currency] else { return .heldBack(.currencyNotNamed) }
    guard amount.minor <= limit else { return .heldBack(.aboveLimit) }
    if let held = exceeded(by: amount, after: spent) { return .heldBack(held) }
    if needsApproval(amount) { return .heldBack(.needsApproval) }
    return .refund(amount, rule: rule)
  }

  /// Decides about one break that a person wants refunded. What rules ask for beside the figures (a limit of their own,
  /// an id that proves whose charge it is) the person has judged; limits of a run and a day hold all the same.
  ///
  /// - Parameters:
  ///   - amount: what the person decided to give back.
  ///   - approved: whether a second person has agreed.
  package func decide(_ subject: Case, decided amount: Money, approved: Bool, spent: Spent) -> Decision {
    guard let portion = Self.portion(for: subject.reason) else { return .noRule }
    guard !subject.isElsewhere else { return .heldBack(.otherProcessor) }
    guard subject.sameCurrency else { return .heldBack(.otherCurrencySettled) }
    guard let due = Self.amount(of: portion, subject) else { return .heldBack(Self.nothingLeft(of: subject)) }
    guard due == amount else { return .heldBack(.notProven) }
    if !approved, needsApproval(amount) { return .heldBack(.needsApproval) }
    if let held = exceeded(by: amount, after: spent) { return .heldBack(held) }
    return .refund(amount, rule: RefundRule(when: subject.reason, portion: portion, limit: [:]))
  }

  /// What would go back of a break, or why nothing may, whatever a person says.
  package static func refundable(_ subject: Case) -> Result<Money, Held> {
    guard let portion = portion(for: subject.reason) else { return .failure(.unsupported) }
    guard !subject.isElsewhere else { return .failure(.otherProcessor) }
    guard subject.sameCurrency else { return .failure(.otherCurrencySettled) }
    guard let amount = amount(of: portion, subject) else { return .failure(nothingLeft(of: subject)) }
    return .success(amount)
  }

  private static func nothingLeft(of subject: Case) -> Held { subject.returned > 0 ? .alreadyReturned : .undercharged }

  /// Whether a second person must agree to give so much back. A currency that somebody forgot to name is not one that
  /// needs no control.
  package func needsApproval(_ amount: Money) -> Bool {
    guard !approvalAbove.isEmpty else { return false }
    return approvalAbove[amount.currency].map { amount.minor > $0 } ?? true
  }

  /// Whether an approval counts that was given under the login under which the refund was decided, or under another.
  package func approves(sameLogin: Bool) -> Bool { approver == .anotherName || !sameLogin }

  /// What a person may have given back of a break: only where a charge of the payment's took too much. Money of nobody's
  /// has no charge whose allowance settle keeps, so it is given back at the processor itself.
  private static func portion(for reason: BreakReason) -> RefundRule.Portion? {
    switch reason {
    case .duplicateCharge: .duplicate
    case .amountMismatch: .overcharge
    default: nil
    }
  }

  /// Which limit of a run or a day another refund would exceed, if any.
  package func exceeded(by amount: Money, after spent: Spent) -> Held? {
    let currency = amount.currency
    guard let perRun = perRun[currency], let perDay = perDay[currency] else { return .currencyNotNamed }
    guard fits(amount.minor, after: spent.run[currency] ?? 0, within: perRun) else { return .abovePerRun }
    guard fits(amount.minor, after: spent.day[currency] ?? 0, within: perDay) else { return .abovePerDay }
    return nil
  }

  private static func amount(of portion: RefundRule.Portion, _ subject: Case) -> Money? {
    let whole: Money? =
      switch portion {
      case .duplicate: subject.reported
      case .overcharge: subject.expected.flatMap { try? subject.reported.subtracting($0) }
      }
    guard let whole, let rest = try? whole.subtracting(Money(minor: subject.returned, currency: whole.currency)),
      rest.minor > 0
    else { return nil }
    return rest
  }

  private func fits(_ amount: Int64, after spent: Int64, within limit: Int64) -> Bool {
    let (sum, overflow) = spent.addingReportingOverflow(amount)
    return !overflow && sum <= limit
  }
}

/// What one charge still allows to be given back, by the processor's figures and our own.
package struct RefundAllowance: Sendable, Equatable {
  /// The charge as the processor has it now.
  package var charge: ProcessorCharge
  /// Minor units that settle knows were given back of this charge.
  package var processed: Int64
  /// Minor units that settle has asked for and has no answer about.
  package var underWay: Int64

  package init(charge: ProcessorCharge, processed: Int64, underWay: Int64) {
    self.charge = charge
    self.processed = processed
    self.underWay = underWay
  }

  /// Why this amount may not be refunded, or nil where it may.
  ///
  /// More refunded at the processor than settle asked for means that somebody did it by hand, perhaps for this very
  /// break, so a person decides.
  package func refusal(of amount: Money) -> RefundPolicy.Held? {
    guard !charge.disputed else { return .disputed }
    guard charge.refunded <= processed + underWay else { return .alreadyRefunded }
    guard amount.currency == charge.amount.currency,
      amount.minor <= charge.captured - max(charge.refunded, processed + underWay)
    else { return .exceedsCaptured }
    return nil
  }
}
