package import SettleModel
package import SettleStore

extension ReportPage {
  /// The open breaks of one reason.
  package struct BreakGroup: Sendable, Equatable {
    package var reason: BreakReason
    /// How many there are of each age.
    package var ages: [AgeBand: Int]
    /// What is at stake, a currency each.
    package var amounts: [Money]

    package init(reason: BreakReason, ages: [AgeBand: Int], amounts: [Money]) {
      self.reason = reason
      self.ages = ages
      self.amounts = amounts
    }

    package var count: Int { ages.values.reduce(0, +) }
  }

  package struct BreakRow: Sendable, Equatable {
    package var id: String
    package var reason: BreakReason
    /// How it ended on the date; nil while it is open.
    package var resolution: String?
    package var paymentID: String?
    package var orderReference: String?
    package var processorReference: String?
    package var expected: Money?
    package var reported: Money?
    package var delta: Money?
    package var ageDays: Int
    /// `file:line` of each row that the break rests on.
    package var evidence: [String]
    /// What came after it, and explained or corrected it.
    package var later: LaterRow?
    /// Whose reports should tell what is missing, and since when they should; nil where nothing is.
    package var processor: String?
    package var awaitedSince: BusinessDate?
    /// Rows of these that were refused.
    package var refused: RefusedRows?
    package var decision: Decision?

    package init(
      id: String, reason: BreakReason, resolution: String? = nil, paymentID: String? = nil,
      orderReference: String? = nil, processorReference: String? = nil, expected: Money? = nil,
      reported: Money? = nil, delta: Money? = nil, ageDays: Int, evidence: [String] = [], later: LaterRow? = nil,
      refused: RefusedRows? = nil, decision: Decision? = nil
    ) {
      self.id = id
      self.reason = reason
      self.resolution = resolution
      self.paymentID = paymentID
      self.orderReference = orderReference
      self.processorReference = processorReference
      self.expected = expected
      self.reported = reported
      self.delta = delta
      self.ageDays = ageDays
      self.evidence = evidence
      self.later = later
      self.refused = refused
      self.decision = decision
    }
  }

  /// What a person said about a break.
  package struct Decision: Sendable, Equatable {
    package var reason: BreakReason
    /// The order, or the processor's or bank's reference of what it is about.
    package var reference: String?
    /// Nil where it agrees to an earlier one.
    package var decision: BreakDecision?
    /// What a refund gives back.
    package var amount: Money?
    /// Whether a second person still has to agree.
    package var waits: Bool
    package var note: String?
    package var by: String
    /// The instant, and the same in the pipeline's zone to the minute; nil where a row need not tell.
    package var at: Timestamp?
    package var atLocal: String?

    package init(
      reason: BreakReason, reference: String? = nil, decision: BreakDecision?, amount: Money? = nil,
      waits: Bool = false, note: String? = nil, by: String, at: Timestamp? = nil, atLocal: String? = nil
    ) {
      self.reason = reason
      self.reference = reference
      self.decision = decision
      self.amount = amount
      self.waits = waits
      self.note = note
      self.by = by
      self.at = at
      self.atLocal = atLocal
    }
  }
}
