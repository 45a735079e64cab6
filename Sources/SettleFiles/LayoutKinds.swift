import SettleModel

// Reads what a layout says of the words that tell what happened.

extension KindRule {
  init?(_ yaml: YAMLMapping) throws {
    guard let rule = try yaml.mapping("kind_by") else { return nil }
    try rule.allow(["column", "values", "unknown"])
    guard let unknown = try rule.word("unknown", of: Unknown.self) else {
      throw yaml.error("kind_by", "must say what happens to an \"unknown\" value: quarantine or stop")
    }
    guard let listed = try rule.mapping("values") else { throw yaml.error("kind_by", "needs \"values\"") }
    self.init(column: try rule.required("column"), values: [:], unknown: unknown)
    for key in listed.keys { values[key] = try Meaning(listed, key) }
  }
}

extension KindRule.Meaning {
  /// `charge`, `ignored`, or `{ credit: charge, debit: transfer, zero: fee }`.
  fileprivate init(_ listed: YAMLMapping, _ key: String) throws {
    if let signed = try? listed.mapping(key) {
      try signed.allow(["credit", "debit", "zero"])
      func kind(_ sign: String) throws -> OutcomeKind? {
        signed.has(sign) ? try Self.read(signed, sign, words: OutcomeKind.allCases.map(\.rawValue)) : nil
      }
      self = .bySign(SignedKinds(credit: try kind("credit"), debit: try kind("debit"), zero: try kind("zero")))
      return
    }
    let kind = try Self.read(listed, key, words: OutcomeKind.allCases.map(\.rawValue) + ["ignored"])
    if let kind { self = .kind(kind) } else { self = .ignored }
  }

  private static func read(_ mapping: YAMLMapping, _ key: String, words: [String]) throws -> OutcomeKind? {
    let word = try mapping.required(key)
    guard words.contains(word) else {
      throw mapping.error(
        key, "must be one of \(words.joined(separator: ", "))\(NearestName.hint(for: word, among: words))")
    }
    return OutcomeKind(rawValue: word)
  }
}
