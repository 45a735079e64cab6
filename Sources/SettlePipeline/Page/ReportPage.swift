package import SettleModel
package import SettleStore

/// What the morning's page shows: everything in the order in which it is to stand there, nothing of it formatted.
///
/// The same page gives the same bytes: it holds no run id and no time of the run.
package struct ReportPage: Sendable, Equatable {
  package var pipeline: String
  package var merchant: String
  package var processor: String
  package var businessDate: BusinessDate
  /// The name of the time zone in which decisions tell their time.
  package var zone = "UTC"
  /// Sentences for the page's head, each about a stage that ended early: `Charging stopped early: …`.
  package var notices: [String] = []
  /// What each missing file leaves untold. It stands at the head, since no figure on the page can be right without it.
  package var missingFiles: [String] = []
  package var glance: [Glance] = []
  /// Open breaks that are about no payment itself, and so beside the day at a glance.
  package var besideGlance: [BesideGlance] = []
  /// The rows of `totals.csv`.
  package var totals: [Total] = []
  /// The dates before and this one, the earliest first; what came to pass, in numbers of items.
  package var trend: [TrendDay] = []
  /// All open breaks by reason, counted by age.
  package var breaksByReason: [BreakGroup] = []
  /// Of open breaks the first ``breakLimit``.
  package var breaks: [BreakRow] = []
  /// Breaks that ended on the date: the first ``rowLimit``, and how many there are.
  package var settledBreaks: [BreakRow] = []
  package var settledCount = 0
  /// What finance decided for the date, and what of earlier decisions waits for a second person.
  package var decisions: [Decision] = []
  package var decisionCount = 0
  package var awaitingApproval: [Decision] = []
  /// Of these, as of `payouts`, the page shows ``rowLimit``; the counts beside them are of all that there are.
  package var refunds: [RefundRow] = []
  package var refundCount = 0
  /// Declined payments that are to be charged again, and the first date on which one is.
  package var retries = Retries()
  /// How many processor payments were given up on the date, since their payments had failed for good.
  package var givenUp = 0
  package var payouts: [PayoutRow] = []
  package var payoutCount = 0
  /// Payouts that the bank should have and has not, whenever they were paid out.
  package var missingPayouts: [BreakRow] = []
  package var missingPayoutCount = 0
  /// What changes earlier reports: groups of rows of `restatements.csv`.
  package var restatements: [RestatementGroup] = []
  /// How many items were awaited and came in their time: earlier reports said just that.
  package var awaitedThenMatched = 0
  package var quarantine: [QuarantineGroup] = []
  package var files: [FileRow] = []
  /// The CSV files of the report.
  package var beside: [FileBeside] = []

  /// How many rows of a table the page shows; the CSV files have them all.
  package static let rowLimit = 200
  /// More of the open breaks, since they can be searched.
  package static let breakLimit = 500
  /// How many dates the trend has.
  package static let trendLimit = 30

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
    /// Open breaks of payments and refunds; not of the payouts and fees that the same money is in.
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
