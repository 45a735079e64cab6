import SettleModel

// Reads what a layout says of files with records of several types.

extension RecordRule {
  init?(_ yaml: YAMLMapping) throws {
    guard let rule = try yaml.mapping("records") else { return nil }
    try rule.allow(["column_names", "row", "section", "ignored", "totals"])
    self.init(
      columnNames: try rule.required("column_names"), row: try rule.required("row"),
      section: try rule.string("section"), ignored: try rule.strings("ignored"), totals: try TotalsRule(rule))
  }
}

extension TotalsRule {
  init?(_ yaml: YAMLMapping) throws {
    guard let rule = try yaml.mapping("totals") else { return nil }
    try rule.allow(["of_section", "of_file", "figures", "fees_in_either_order", "payouts_may_be_left_out"])
    self.init(ofSection: try rule.string("of_section"), ofFile: try rule.string("of_file"), figures: [])
    guard ofSection != nil || ofFile != nil else {
      throw yaml.error("totals", "needs \"of_section\" or \"of_file\", the type of the records that hold them")
    }
    if ofSection != nil, !yaml.has("section") {
      throw rule.error("of_section", "needs \"section\" beside \"totals\", the type that begins a section")
    }
    let known = Figure.allCases.map(\.rawValue)
    for word in try rule.strings("figures") {
      guard let figure = Figure(rawValue: word) else {
        throw rule.error(
          "figures",
          "must be a list of \(known.joined(separator: ", "))\(NearestName.hint(for: word, among: known))")
      }
      figures.append(figure)
    }
    guard figures.contains(.currency), figures.contains(where: { $0 != .currency && $0 != .skipped }) else {
      throw rule.error("figures", "must name the currency and at least one amount")
    }
    feesInEitherOrder = try rule.flag("fees_in_either_order") ?? false
    payoutsMayBeLeftOut = try rule.flag("payouts_may_be_left_out") ?? false
  }
}
