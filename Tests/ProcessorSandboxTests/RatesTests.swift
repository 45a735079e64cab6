import Testing

@testable import ProcessorSandbox

@Suite struct RatesTests {
  @Test func readsEachKind() throws {
    let rates = try FaultRates(parsing: "lost-response=0.02, reset=0.01,server-error=1e-3,rate-limited=0.05,slow=0")
    #expect(rates[.lostResponse] == 0.02)
    #expect(rates[.reset] == 0.01)
    #expect(rates[.serverError] == 0.001)
    #expect(rates[.rateLimited] == 0.05)
    #expect(rates[.slow] == 0)
    #expect(try FaultRates(parsing: "") == .none)
  }

  @Test(arguments: [
    ("lost-respons=0.1", "unknown kind 'lost-respons': did you mean 'lost-response'?"),
    ("ratelimited=0.1", "unknown kind 'ratelimited': did you mean 'rate-limited'?"),
    ("lost=0.1", "unknown kind 'lost': did you mean 'lost-response'?"),
    ("server=0.1", "unknown kind 'server': did you mean 'server-error'?"),
    ("limited=0.1", "unknown kind 'limited': did you mean 'rate-limited'?"),
    ("rset=0.1", "unknown kind 'rset': did you mean 'reset'?"),
    ("slow", "'slow' needs a rate from 0 to 1, as in slow=0.02, and has ''"),
    ("slow=1.5", "'slow' needs a rate from 0 to 1, as in slow=0.02, and has '1.5'"),
    ("slow=-0.1", "'slow' needs a rate from 0 to 1, as in slow=0.02, and has '-0.1'"),
    ("slow=nan", "'slow' needs a rate from 0 to 1, as in slow=0.02, and has 'nan'"),
    ("slow=0.1,slow=0.2", "'slow' is given twice"),
    ("slow=0.6,reset=0.6", "the rates add up to more than 1, and at most one kind can happen at a time"),
  ])
  func refusesWithTheWayOut(_ text: String, _ message: String) {
    #expect { try FaultRates(parsing: text) } throws: { "\($0)" == message }
  }

  @Test func anUnknownAnomalyNamesTheNearest() {
    #expect(throws: RatesError.unknown(name: "duplicates", nearest: "duplicate")) {
      try AnomalyRates(parsing: "duplicates=0.1")
    }
  }

  @Test func kindsLieSideBySide() throws {
    let rates = try AnomalyRates([.duplicate: 0.1, .missing: 0.2])
    #expect(rates.choice(at: 0) == .duplicate)
    #expect(rates.choice(at: 0.099) == .duplicate)
    #expect(rates.choice(at: 0.101) == .missing)
    #expect(rates.choice(at: 0.299) == .missing)
    #expect(rates.choice(at: 0.301) == nil)
  }
}
