import SettleModel

extension FeeSchedule {
  /// Reads `reconcile.fees`.
  init(_ place: YAMLPlace, _ names: KnownNames?) throws {
    self.init(try place.sequence().flatMap { try FeeTerm.terms($0, names) })
  }
}

extension FeeTerm {
  private static let keys = [
    "processor", "kind", "method", "currency", "percent", "fixed", "minimum", "cap", "tolerance", "rounding",
  ]

  /// One entry: a term for each currency that it names amounts in, and one for all others where it has no fixed part.
  /// A fixed part that is not known for a currency can be expected of none.
  fileprivate static func terms(_ place: YAMLPlace, _ names: KnownNames?) throws -> [FeeTerm] {
    let keys = try place.mapping(of: keys)
    let general = FeeTerm(
      processor: try place.required("processor", in: keys, such: "stripe").processor(of: names),
      kind: try keys["kind"]?.choice(of: Kind.allCases.map { ($0.rawValue, $0) }) ?? .charge,
      method: try keys["method"]?.text().lowercased(), percent: try keys["percent"]?.percent() ?? .zero,
      rounding: try keys["rounding"]?.choice(of: Rounding.allCases.map { ($0.rawValue, $0) }) ?? .halfUp)
    guard keys["percent"] != nil || keys["fixed"] != nil else {
      throw place.refusal("needs percent or fixed, such as percent: \"2.9\"")
    }
    let amounts = try Amounts(keys)
    let only = try keys["currency"]?.currencies()
    if let only, let (key, stray) = amounts.stray(outside: only) {
      throw (keys[key] ?? place).refusal("\(stray) is not among the currencies of this entry")
    }
    let named = only ?? amounts.named
    if let fixed = amounts.fixed, let only, let missing = only.first(where: { fixed[$0] == nil }) {
      throw (keys["fixed"] ?? place).refusal("does not say what the fixed part is in \(missing)")
    }
    let currencies = amounts.fixed.map { fixed in named.filter { fixed[$0] != nil } } ?? named
    let terms = try currencies.map { try general.with(amounts, in: $0, place) }
    return only == nil && amounts.fixed == nil ? terms + [general] : terms
  }

  private func with(_ amounts: Amounts, in currency: Currency, _ place: YAMLPlace) throws -> FeeTerm {
    var term = self
    term.currency = currency
    term.fixed = amounts.fixed?[currency] ?? 0
    term.minimum = amounts.minimum[currency]
    term.cap = amounts.cap[currency]
    term.tolerance = amounts.tolerance[currency] ?? 0
    if let minimum = term.minimum, let cap = term.cap, minimum > cap {
      throw place.refusal("the minimum of \(currency) is above its cap")
    }
    guard term.expected(of: Money.largest) != nil else {
      throw place.refusal("the fee of the largest amount of \(currency) is more than settle can count")
    }
    return term
  }

  /// The amounts of an entry by currency.
  private struct Amounts {
    var fixed: [Currency: Int64]?
    var minimum: [Currency: Int64]
    var cap: [Currency: Int64]
    var tolerance: [Currency: Int64]

    init(_ keys: [String: YAMLPlace]) throws {
      fixed = try keys["fixed"]?.amounts()
      minimum = try keys["minimum"]?.amounts() ?? [:]
      cap = try keys["cap"]?.amounts() ?? [:]
      tolerance = try keys["tolerance"]?.amounts() ?? [:]
    }

    private var byKey: [(key: String, amounts: [Currency: Int64])] {
      [("fixed", fixed ?? [:]), ("minimum", minimum), ("cap", cap), ("tolerance", tolerance)]
    }

    var named: [Currency] { Set(byKey.flatMap(\.amounts.keys)).sorted() }

    /// An amount in a currency that the entry is not for.
    func stray(outside only: [Currency]) -> (key: String, currency: Currency)? {
      for (key, amounts) in byKey {
        if let stray = amounts.keys.sorted().first(where: { !only.contains($0) }) { return (key, stray) }
      }
      return nil
    }
  }
}

extension YAMLPlace {
  /// `"2.9"` or `"2.9%"`, in quotes for the same reason as an amount.
  func percent() throws -> Percent {
    let text = try text()
    guard isQuoted else { throw refusal("write the percentage in quotes, such as \"2.9\"") }
    guard let percent = Percent(text.hasSuffix("%") ? text.dropLast() : text[...]) else {
      throw refusal("\"\(text)\" is no percentage; write 0 to 100 with up to six decimals, such as \"2.9\"")
    }
    return percent
  }

  /// One currency or a list of them.
  fileprivate func currencies() throws -> [Currency] {
    guard isList else { return [try currency()] }
    let currencies = try sequence().map { try $0.currency() }
    guard !currencies.isEmpty else { throw refusal("names no currency; leave the key out for all") }
    return currencies
  }

  private func currency() throws -> Currency {
    let code = try text()
    guard let currency = Currency(code) else {
      let meant = Currency(code.uppercased()).map { "did you mean \($0)?" } ?? "write a code such as USD"
      throw refusal("\"\(code)\" is no ISO 4217 currency; \(meant)")
    }
    return currency
  }
}
