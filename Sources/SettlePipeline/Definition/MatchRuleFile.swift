import SettleModel

// `reconcile.match`, as finance writes it.

extension MatchRules {
  /// Days that a date may be away at most: beyond them, equal amounts say nothing any more.
  private static let mostDays = 31

  init(_ place: YAMLPlace) throws {
    var rules: [MatchRule] = []
    for item in try place.sequence() {
      let rule = try MatchRule(item, mostDays: Self.mostDays)
      guard !rules.contains(rule) else { throw item.refusal("is the same as an earlier rule; keep one") }
      rules.append(rule)
    }
    guard rules.contains(where: { $0.by.contains(.id) }) else {
      throw place.refusal("needs a rule { by: id }: what an id proves is never judged by anything less")
    }
    guard rules[0].by.contains(.id) else {
      throw place.refusal("begin with { by: id }: what an id proves goes before what anything else suggests")
    }
    self.init(rules)
  }
}

extension MatchRule {
  private static let combinations: [Set<Key>] = [
    [.id], [.id, .amount], [.reference], [.reference, .amount], [.reference, .amount, .date], [.amount, .date],
  ]

  fileprivate init(_ place: YAMLPlace, mostDays: Int) throws {
    let keys = try place.mapping(of: ["by", "ours", "theirs", "tolerance", "within", "together"])
    let byPlace = try place.required("by", in: keys, such: "reference")
    let names = byPlace.isList ? try byPlace.sequence() : [byPlace]
    var by: Set<Key> = []
    for name in names {
      let key = try name.choice(of: Key.allCases.map { ($0.rawValue, $0) })
      guard by.insert(key).inserted else { throw name.refusal("\(key.rawValue) is named twice; keep one") }
    }
    guard Self.combinations.contains(by) else {
      throw byPlace.refusal(
        "these do not make a rule; write id, reference, [reference, amount], [amount, date]"
          + " or [reference, amount, date]")
    }
    self.init(by: by)
    if let place = keys["ours"] { ours = try place.choice(of: Ours.allCases.map { ($0.rawValue, $0) }) }
    if let place = keys["theirs"] { theirs = try place.choice(of: Theirs.allCases.map { ($0.rawValue, $0) }) }
    if let place = keys["tolerance"] { tolerance = try Tolerance(place) }
    if let place = keys["within"] { within = try place.days(upTo: mostDays) }
    if let place = keys["together"] { together = try place.choice(of: [("charges", true)]) }
    try refuseSenseless(keys)
  }

  private func refuseSenseless(_ keys: [String: YAMLPlace]) throws {
    func refuse(_ key: String, _ message: String, where senseless: Bool) throws {
      if senseless, let place = keys[key] { throw place.refusal(message) }
    }
    for key in ["ours", "theirs"] {
      try refuse(key, "has a meaning for rules by reference only; remove it", where: !by.contains(.reference))
    }
    try refuse("within", "has a meaning for rules by date only; add date to `by`", where: !by.contains(.date))
    try refuse(
      "tolerance", "needs an id or a reference: without one, only the exact amount says whose money it is",
      where: by == [.amount, .date])
    try refuse(
      "together", "needs an id or a reference alone: charges that add up by chance prove nothing",
      where: by.contains(.date) || by.contains(.amount))
  }
}

extension Tolerance {
  /// `{ USD: "0.05", EUR: "0.5%" }`, or `"0.5%"` for every currency.
  fileprivate init(_ place: YAMLPlace) throws {
    self.init()
    guard place.isMapping else {
      ofOthers = Limit(share: try place.share())
      return
    }
    for (currency, place) in try place.byCurrency() {
      byCurrency[currency] =
        try place.text().hasSuffix("%")
        ? Limit(share: try place.share()) : Limit(minor: try place.amount(in: currency))
    }
  }
}

extension YAMLPlace {
  /// `2d`, or `2` for two days.
  fileprivate func days(upTo most: Int) throws -> Int {
    let text = try text()
    let digits = text.hasSuffix("d") ? String(text.dropLast()) : text
    guard digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let days = Int(digits), days <= most else {
      throw refusal("\"\(text)\" is no number of days up to \(most); write it such as 2d")
    }
    return days
  }

  /// Millionths, of `"0.5%"`. A tenth is the most that may pass as the same amount.
  fileprivate func share() throws -> Int64 {
    let text = try text()
    let wanted = "\"\(text)\" is no share; write a percentage up to 10%, with four decimals at most, such as \"0.5%\""
    guard text.hasSuffix("%") else { throw refusal(wanted) }
    let parts = text.dropLast().split(separator: ".", omittingEmptySubsequences: false)
    let isDecimal = parts.allSatisfy { !$0.isEmpty && $0.utf8.allSatisfy { (0x30...0x39).contains($0) } }
    guard (1...2).contains(parts.count), isDecimal, let whole = Int64(parts[0]), whole <= 10 else {
      throw refusal(wanted)
    }
    let decimals = parts.count == 2 ? parts[1] : ""
    guard decimals.utf8.count <= 4,
      let fraction = Int64(decimals + String(repeating: "0", count: 4 - decimals.utf8.count)),
      whole * 10_000 + fraction <= 100_000
    else { throw refusal(wanted) }
    return whole * 10_000 + fraction
  }
}
