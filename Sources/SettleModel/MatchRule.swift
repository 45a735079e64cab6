/// One written rule: by what a reported charge and a payment are one, and how far their amounts may be apart.
package struct MatchRule: Sendable, Equatable {
  /// What must agree. Spellings are those of the pipeline file.
  package enum Key: String, Sendable, CaseIterable {
    /// The processor's id of the charge, or our payment id.
    case id
    case reference
    case amount
    case date
  }

  /// Which of a payment's texts a reference is compared with.
  package enum Ours: String, Sendable, CaseIterable {
    case orderID = "order_id"
    case authorizationID = "authorization_id"
    case customerID = "customer_id"
    case hold = "processor_reference"
  }

  /// Where in a processor's row a reference stands.
  package enum Theirs: String, Sendable, CaseIterable {
    case order = "order_reference"
    case processorPayment = "processor_payment"
    case processorCharge = "processor_charge"
    case rowID = "row_id"
  }

  package var by: Set<Key>
  package var ours: Ours
  package var theirs: Theirs
  /// The most that the amounts may differ by; nil where they must be equal.
  package var tolerance: Tolerance?
  /// How many days may lie between the payment's date and the reported one.
  package var within: Int
  /// Whether several charges that add up to the payment are together what it asked for.
  package var together: Bool

  package init(
    by: Set<Key>, ours: Ours = .orderID, theirs: Theirs = .order, tolerance: Tolerance? = nil, within: Int = 0,
    together: Bool = false
  ) {
    self.by = by
    self.ours = ours
    self.theirs = theirs
    self.tolerance = tolerance
    self.within = within
    self.together = together
  }

  /// Whether it says no more than what import does with every row: the order's own reference, of one payment only.
  package var isPlainReference: Bool {
    by.subtracting([.amount]) == [.reference] && ours == .orderID && theirs == .order
  }

  /// Whether it looks for the payments of rows that import could link to none.
  package var findsPayments: Bool {
    by.contains(.date) || by.contains(.reference) && (by.contains(.amount) || !isPlainReference)
  }
}

/// How far a reported amount may be from what was asked and still be it.
package struct Tolerance: Sendable, Equatable {
  /// Of one currency: so many minor units, or a share of what was asked, whichever is more.
  package struct Limit: Sendable, Equatable {
    package var minor: Int64
    /// In millionths: 0.5% is 5000.
    package var share: Int64

    package init(minor: Int64 = 0, share: Int64 = 0) {
      self.minor = minor
      self.share = share
    }

    /// Minor units, rounded down.
    package func allowed(of asked: Int64) -> Int64 { max(minor, asked * share / 1_000_000) }
  }

  package var byCurrency: [Currency: Limit]
  /// For currencies that are not named; nil where theirs must be equal.
  package var ofOthers: Limit?

  package init(byCurrency: [Currency: Limit] = [:], ofOthers: Limit? = nil) {
    self.byCurrency = byCurrency
    self.ofOthers = ofOthers
  }

  package func limit(in currency: Currency) -> Limit? { byCurrency[currency] ?? ofOthers }
}

/// The rules of a pipeline, tried in their order.
package struct MatchRules: Sendable, Equatable {
  package var rules: [MatchRule]

  package init(_ rules: [MatchRule]) { self.rules = rules }

  /// What holds where a pipeline names none: what an id proves, else what the order's reference says; equal amounts.
  package static let standard = MatchRules([MatchRule(by: [.id]), MatchRule(by: [.reference])])

  /// Whether what only an order's reference links is matched at all.
  package var takesReferences: Bool { rules.contains { $0.by.contains(.reference) } }
}
