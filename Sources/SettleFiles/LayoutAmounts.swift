import SettleModel

// How a layout writes amounts: in which form they stand in the file, and with how many digits.

extension FieldRule {
  /// Keys of a field that say how its amount is put together.
  static let amountKeys = ["debit", "credit", "sign", "sum"]

  /// Reads the form of an amount and, where it names them, its columns.
  mutating func readAmountForm(_ source: YAMLMapping, target: Target) throws {
    let given = Self.amountKeys.filter(source.has)
    guard let key = given.first else { return }
    guard target.isAmount else { throw source.error(key, "has a meaning for amounts only; remove it") }
    guard given == ["debit", "credit"] || given.count == 1 else {
      throw source.error(key, "cannot stand beside the others of debit, credit, sign and sum")
    }
    switch key {
    case "debit":
      let (debit, credit) = (try source.required("debit"), try source.required("credit"))
      form = .pair(debit: debit, credit: credit)
      try refuseColumn(source, beside: key)
      columns += [debit, credit].map { Column(name: $0, zone: .written) }
    case "credit": throw source.error(key, "needs \"debit\" beside it")
    case "sign":
      guard let sign = try source.mapping("sign") else { return }
      try sign.allow(["column", "debit", "credit"])
      form = .marked(
        mark: try sign.required("column"), debit: try sign.required("debit"), credit: try sign.required("credit"))
    default:
      form = .sum
      try refuseColumn(source, beside: key)
      columns += try source.strings("sum").map { Column(name: $0, zone: .written) }
    }
  }

  private func refuseColumn(_ source: YAMLMapping, beside key: String) throws {
    if source.has("column") { throw source.error("column", "cannot stand beside \"\(key)\", which names the columns") }
  }
}

extension Target {
  var isAmount: Bool { [.amount, .gross, .fee, .net, .presentmentAmount].contains(self) }
}

extension WrittenDigits {
  /// `digits: 2` for every currency, or `digits: { ISK: 2 }` for some. Throws ``ConfigurationError``.
  init(_ yaml: YAMLMapping, unit: Layout.Unit) throws {
    guard yaml.has("digits") else { return }
    guard unit == .minor else {
      throw yaml.error("digits", "has a meaning for minor amounts only: others show their own point; remove it")
    }
    func number(_ mapping: YAMLMapping, _ key: String) throws -> Int {
      guard let text = try mapping.string(key), let digits = Int(text), (0...6).contains(digits) else {
        throw mapping.error(key, "must be a number of decimals from 0 to 6")
      }
      return digits
    }
    guard let some = try? yaml.mapping("digits") else {
      all = try number(yaml, "digits")
      return
    }
    for code in some.keys {
      guard Currency(code) != nil else { throw some.error(code, "is no currency that settle knows") }
      named[code] = try number(some, code)
    }
  }
}

extension Layout {
  /// `zone_names: { PST: America/Los_Angeles }`: what the words of a file's zone column mean.
  mutating func readZoneNames(_ yaml: YAMLMapping) throws {
    guard let names = try yaml.mapping("zone_names") else { return }
    for key in names.keys {
      let name = try names.required(key)
      guard ReportZone(name) != nil else { throw names.error(key, "must be UTC or an IANA name such as Europe/Berlin") }
      zoneNames[key] = name
    }
  }
}
