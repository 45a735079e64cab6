/// How far a processor may convert money at another rate than expected.
///
/// A rate says how many units of the settlement currency one unit of the presentment currency gives.
package struct RatePolicy: Sendable, Equatable {
  /// How far from the reference rate is fair, as a share of it. A rate that the file itself states is judged without it:
  /// the amounts must agree with it within its rounding.
  package var tolerance: Percent
  package var references: [ReferenceRate]

  package init(tolerance: Percent = .zero, references: [ReferenceRate] = []) {
    self.tolerance = tolerance
    self.references = references
  }
}

/// What one unit of a currency was worth in another.
package struct ReferenceRate: Sendable, Equatable {
  package struct Pair: Hashable, Sendable {
    package var from: Currency
    package var to: Currency

    package init(from: Currency, to: Currency) {
      self.from = from
      self.to = to
    }

    package var reversed: Pair { Pair(from: to, to: from) }
  }

  /// The day in the pipeline's time zone; nil for all days.
  package var date: BusinessDate?
  package var pair: Pair
  package var rate: ExchangeRate

  package init(date: BusinessDate? = nil, pair: Pair, rate: ExchangeRate) {
    self.date = date
    self.pair = pair
    self.rate = rate
  }
}
