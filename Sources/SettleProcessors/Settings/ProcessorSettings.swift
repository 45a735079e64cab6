/// What it takes to talk to a processor. Whether it holds together is checked when the adapter is made.
package struct ProcessorSettings: Sendable {
  package var apiKey: Secret
  /// Scheme, host and port; nil for the processor's own address.
  package var apiBase: String?
  /// The most requests in any one second, look-ups and repeats included; nil for no limit.
  package var rate: RatePerSecond?
  /// How many requests are under way at once, and so how many connections are kept open.
  package var concurrency: Int
  package var timeouts: Timeouts
  package var patience: Patience
  /// Where the random part of waiting times starts from; nil for a new start each time.
  package var seed: UInt64?

  package init(
    apiKey: Secret, apiBase: String? = nil, rate: RatePerSecond? = nil, concurrency: Int = 16,
    timeouts: Timeouts = Timeouts(), patience: Patience = Patience(), seed: UInt64? = nil
  ) {
    self.apiKey = apiKey
    self.apiBase = apiBase
    self.rate = rate
    self.concurrency = concurrency
    self.timeouts = timeouts
    self.patience = patience
    self.seed = seed
  }

  /// How long one request may take.
  package struct Timeouts: Sendable, Equatable {
    /// Name resolution, connection and TLS together.
    package var connect: Duration
    /// The whole request. Stripe's own libraries wait 80 s, because a card network may take most of that.
    package var request: Duration
    /// How long an answer is still awaited once the run was told to stop.
    package var farewell: Duration

    package init(
      connect: Duration = .seconds(10), request: Duration = .seconds(80), farewell: Duration = .seconds(5)
    ) {
      self.connect = connect
      self.request = request
      self.farewell = farewell
    }
  }
}

/// How many requests a second, in thousandths so that slow paces need no floating point.
package struct RatePerSecond: Sendable, Equatable {
  package let thousandths: Int

  /// Whole requests a second, from 1 to a million.
  package init?(_ requests: Int) {
    guard (1...1_000_000).contains(requests) else { return nil }
    thousandths = requests * 1_000
  }

  /// Thousandths of a request a second, from 1 (one every 1,000 s) to a billion.
  package init?(thousandths: Int) {
    guard (1...1_000_000_000).contains(thousandths) else { return nil }
    self.thousandths = thousandths
  }
}

/// How often and how long a request that was certainly not carried out is tried again.
package struct Patience: Sendable, Equatable {
  /// The longest first wait; each further one may last twice as long, up to `longest`.
  package var first: Duration
  package var longest: Duration
  /// Tries of one request that the processor limits, the first included.
  package var limitedTries: Int
  /// Tries of one request for which no connection could be made, and of a look-up that failed in passing.
  package var failedTries: Int
  /// How long one request may be held up by limits altogether.
  package var altogether: Duration

  package init(
    first: Duration = .milliseconds(100), longest: Duration = .seconds(4), limitedTries: Int = 24,
    failedTries: Int = 5, altogether: Duration = .seconds(90)
  ) {
    self.first = first
    self.longest = longest
    self.limitedTries = limitedTries
    self.failedTries = failedTries
    self.altogether = altogether
  }
}
