package import SettleModel

/// What the morning's page shows: everything in the order in which it is to stand there, nothing of it formatted.
///
/// The same page gives the same bytes: it holds no run id and no clock time.
package struct ReportPage: Sendable, Equatable {
  package var pipeline: String
  package var merchant: String
  package var processor: String
  package var businessDate: BusinessDate
  /// Sentences for the page's head, each about a stage that ended early: `Charging stopped early: …`.
  package var notices: [String] = []
  package var glance: [Glance] = []
  /// The rows of `totals.csv`.
  package var totals: [Total] = []
  /// All open breaks, counted; ``breaks`` need hold no more than ``rowLimit`` of them.
  package var breaksByReason: [BreakGroup] = []
  /// All open breaks, counted by age.
  package var breaksByAge: [AgeGroup] = []
  package var breaks: [BreakRow] = []
  /// Of these, as of `payouts`, the page shows ``rowLimit``; the counts beside them are of all that there are.
  package var refunds: [RefundRow] = []
  package var refundCount = 0
  /// Declined payments that are to be charged again, and the first date on which one is.
  package var retries = Retries()
  package var payouts: [PayoutRow] = []
  package var payoutCount = 0
  package var quarantine: [QuarantineGroup] = []
  package var files: [FileRow] = []

  /// How many rows of breaks, refunds and payouts the page shows; the CSV files have them all.
  package static let rowLimit = 200

  package init(pipeline: String, merchant: String, processor: String, businessDate: BusinessDate) {
    self.pipeline = pipeline
    self.merchant = merchant
    self.processor = processor
    self.businessDate = businessDate
  }

  /// A number of items and their sum in minor units of the currency beside it.
  package struct Sum: Sendable, Equatable {
    package var count: Int
    package var minor: Int64

    package init(count: Int, minor: Int64) {
      self.count = count
      self.minor = minor
    }
  }

  package struct Retries: Sendable, Equatable {
    package var count = 0
    package var next: BusinessDate?

    package init() {}
  }

  /// The day in one currency.
  package struct Glance: Sendable, Equatable {
    package var currency: Currency
    package var charged: Sum
    package var matched: Sum
    package var awaited: Sum
    package var declined: Sum
    package var broken: Sum
    package var refunded: Sum

    package init(
      currency: Currency, charged: Sum, matched: Sum, awaited: Sum, declined: Sum, broken: Sum, refunded: Sum
    ) {
      self.currency = currency
      self.charged = charged
      self.matched = matched
      self.awaited = awaited
      self.declined = declined
      self.broken = broken
      self.refunded = refunded
    }
  }

  /// One row of the conservation proof. The bucket `all` is what the others of its side must add up to.
  package struct Total: Sendable, Equatable {
    package enum Side: String, Sendable, CaseIterable { case expected, reported, bank }
    package var side: Side
    package var bucket: String
    package var count: Int
    package var amount: Money

    package init(side: Side, bucket: String, count: Int, amount: Money) {
      self.side = side
      self.bucket = bucket
      self.count = count
      self.amount = amount
    }
  }
}
