package import Postgres
package import SettleModel

/// What one reconciliation did. A second one over the same facts does nothing.
package struct ReconcileCounts: Sendable, Equatable {
  package var relinked = 0
  package var matched = 0
  package var opened = 0
  package var resolved = 0
  /// New matches of payouts with bank lines.
  package var banked = 0
  /// Fees that were held against the schedule; nil where there is none.
  package var fees: JudgedCounts?
  /// Conversions that were held against rates; nil where there is no policy for them.
  package var rates: JudgedCounts?
}

/// What a reconciliation needs to know beside the facts.
package struct ReconcileTerms: Sendable {
  /// Days of the calendar from a charge's date on which its outcome is still awaited rather than missing.
  package var waitingDays: Int
  /// Which days count as waiting days.
  package var calendar: BankingCalendar
  /// Whose files are known to come when; of any other processor none is ever missing.
  package var expectedFiles: [ExpectedFiles]
  package var bank: BankTerms
  /// By what reported charges and payments are one.
  package var rules: MatchRules
  package var fees = FeeSchedule()
  package var rates: RatePolicy?
  /// The pipeline's time zone, an IANA name: in it, a conversion and a payout have their days, and rules by date compare.
  package var zone = "UTC"

  package init(
    waitingDays: Int, rules: MatchRules = .standard, calendar: BankingCalendar = BankingCalendar(.none),
    expectedFiles: [ExpectedFiles] = [], bank: BankTerms = BankTerms()
  ) {
    self.waitingDays = waitingDays
    self.rules = rules
    self.calendar = calendar
    self.expectedFiles = expectedFiles
    self.bank = bank
  }
}

extension Session {
  /// Matches what was expected with what was reported, and states every difference as a break.
  ///
  /// Which breaks there should be is a function of the facts and the date alone. It is computed anew each time into
  /// `desired`; what is new opens, what is gone has been explained and resolves itself. So any night may be replayed.
  package func reconcile(_ terms: ReconcileTerms, context: LoadContext) throws -> ReconcileCounts {
    var counts = ReconcileCounts()
    counts.relinked = try relinkOrphans(context: context)
    counts.relinked += try linkByRules(terms, context: context)
    try script(
      """
      CREATE TEMPORARY TABLE desired (
        payment_id uuid NOT NULL, break_id uuid PRIMARY KEY, reason text NOT NULL, item_id uuid, outcome_id uuid,
        expected_amount bigint, expected_currency text, reported_amount bigint, reported_currency text, rule text)
        ON COMMIT DROP
      """)
    counts.matched += try pairCharges(terms.rules, context: context)
    counts.matched += try pairRefunds(context: context)
    let open = try openItems()
    try wantContradictions(among: open)
    try wantMissing(terms, among: open, context: context)
    try wantFiles(terms)
    try wantDaysWithoutFiles(terms, context: context)
    try wantBatches()
    try wantUnexpected(terms.rules, among: open)
    try wantAmbiguous()
    try wantDisputes()
    try wantUnfinished(context: context)
    counts.banked = try reconcileBank(terms.bank, zone: terms.zone, context: context)
    counts.fees = try wantFeeVariances(terms.fees, context: context)
    counts.rates = try wantRateVariances(terms.rates, zone: terms.zone, context: context)
    try script("ANALYZE desired")
    (counts.opened, counts.resolved) = try settleBreaks(context: context)
    try sweep(on: context.date)
    try script("DROP TABLE desired, ambiguous")
    return counts
  }

  /// A break's identity: one reason about one subject, the same from night to night.
  static func breakID(_ reason: BreakReason, of subject: SQL) -> SQL {
    "md5('break:' || \(reason.rawValue)::text || ':' || (\(sql: subject))::text)::uuid"
  }
}
