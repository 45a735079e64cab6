package import SettleModel

/// What a file holds, counted row by row without keeping any: for `settle layout check`.
package struct FileSummary: Sendable, Equatable {
  /// Rows of one kind and currency.
  package struct Group: Sendable, Equatable {
    /// `authorization`, or the stored spelling of an ``OutcomeKind``.
    package var kind: String
    package var count: Int
    /// Signed sum of the amounts; of outcomes, of what moved before fees. Amounts with more digits than their currency
    /// are summed as they are written, and their sums rounded.
    package var sum: Money
    /// Signed sum of the fees, in the same currency.
    package var fees: Int64
    /// Signed sum of what is left of the amounts after fees, in the same currency.
    package var net: Int64
  }

  package let layout: String
  /// In order of kind and currency.
  package private(set) var groups: [Group] = []
  package private(set) var accepted = 0
  package private(set) var quarantined = 0
  package private(set) var ignored = 0
  /// How many of the accepted rows are statements themselves: each is one, with its balances, after its lines.
  package private(set) var statements = 0
  /// How many rows were passed over for each reason.
  package private(set) var ignoredFor: [IgnoredReason: Int] = [:]
  /// How many rows were refused for each reason.
  package private(set) var reasons: [QuarantineReason: Int] = [:]
  /// The first refused rows.
  package private(set) var firstRefused: [Quarantined] = []

  /// Rows read: accepted, quarantined and ignored together.
  package var read: Int { accepted + quarantined + ignored }

  /// Reads the file once more. Throws as ``InputFile/forEachRow(_:)`` does, and ``MoneyError`` where a sum exceeds 64
  /// bits.
  package init(_ file: InputFile, keeping limit: Int = 20) throws {
    var sums: [Key: Group] = [:]
    var rests: [Key: (gross: Int64, net: Int64)] = [:]
    var summary = FileSummary(layout: file.layout.name)
    try file.forEachRow { row in
      switch row {
      case .authorization(let authorization):
        summary.accepted += 1
        try sums.add("authorization", authorization.amount, fee: 0, net: authorization.amount.minor)
      case .outcome(let outcome):
        summary.accepted += 1
        try sums.add(outcome.kind.rawValue, outcome.gross, fee: outcome.fee, net: outcome.net)
        if let rest = outcome.rest {
          let key = Key(kind: outcome.kind.rawValue, currency: outcome.gross.currency)
          rests[key, default: (0, 0)].gross += rest.gross
          rests[key, default: (0, 0)].net += rest.net
        }
      case .bankLine(let line):
        summary.accepted += 1
        try sums.add("bank_line", line.amount, fee: 0, net: line.amount.minor)
      case .statement:
        summary.accepted += 1
        summary.statements += 1
      case .quarantined(let refused):
        summary.quarantined += 1
        summary.reasons[refused.reason, default: 0] += 1
        if summary.firstRefused.count < limit { summary.firstRefused.append(refused) }
      case .ignored(_, let reason):
        summary.ignored += 1
        summary.ignoredFor[reason, default: 0] += 1
      }
    }
    for (key, rest) in rests { try sums.addRest(rest.gross, rest.net, to: key) }
    summary.groups = sums.values.sorted { ($0.kind, $0.sum.currency) < ($1.kind, $1.sum.currency) }
    self = summary
  }

  private init(layout: String) { self.layout = layout }

  fileprivate struct Key: Hashable {
    var kind: String
    var currency: Currency
  }
}

extension [FileSummary.Key: FileSummary.Group] {
  fileprivate mutating func add(_ kind: String, _ amount: Money, fee: Int64, net: Int64) throws {
    let key = FileSummary.Key(kind: kind, currency: amount.currency)
    let none = Money(minor: 0, currency: amount.currency)
    var group = self[key] ?? FileSummary.Group(kind: kind, count: 0, sum: none, fees: 0, net: 0)
    group.count += 1
    group.sum = try group.sum.adding(amount)
    func sum(_ one: Int64, _ other: Int64) throws -> Int64 {
      try Money(minor: one, currency: amount.currency).adding(Money(minor: other, currency: amount.currency)).minor
    }
    group.fees = try sum(group.fees, fee)
    group.net = try sum(group.net, net)
    self[key] = group
  }

  /// What rounding has left out of all rows of a group together; the fees are what lies between the two.
  fileprivate mutating func addRest(_ gross: Int64, _ net: Int64, to key: FileSummary.Key) throws {
    guard var group = self[key] else { return }
    let rounded = (gross: OutcomeRecord.Rest.rounded(gross), net: OutcomeRecord.Rest.rounded(net))
    group.sum = try group.sum.adding(Money(minor: rounded.gross, currency: key.currency))
    group.net += rounded.net
    group.fees = group.sum.minor - group.net
    self[key] = group
  }
}
