import SettleModel

/// Turns the YAML of a layout of statements into a ``Layout``, refusing everything that it does not know.
struct StatementLayout {
  let yaml: YAMLMapping

  /// Throws ``ConfigurationError``.
  func read() throws -> Layout {
    guard let format = try yaml.word("format", of: Layout.Format.self) else { throw missing("format") }
    let common = ["layout", "extends", "replaces", "about", "kind", "format", "recognise", "processor_ids"]
    let own =
      switch format {
      case .csv:
        [
          "separator", "unknown_columns", "amounts", "dates", "decimal", "thousands", "account", "currency",
          "directions", "fields",
        ]
      case .bai2: ["credit_codes", "debit_codes", "ignored_codes", "default_currency"]
      case .camt053, .mt940: [String]()
      case .jsonLines: throw yaml.error("format", "cannot be json-lines for statements")
      }
    try yaml.allow(common + own)
    var layout = Layout(
      name: try yaml.required("layout"), about: try yaml.string("about") ?? "", source: yaml.file, kind: .statement,
      format: format, processor: nil, recognised: [], notRecognised: [], unknownColumns: .allowed, unit: .major,
      rules: [:])
    layout.origin = try Layout.Origin(yaml)
    layout.processorIDs = Set(try yaml.strings("processor_ids"))
    switch format {
    case .csv: try readColumns(&layout)
    case .bai2: try readCodes(&layout)
    default: break
    }
    try readRecognition(&layout)
    if format != .csv {
      for name in layout.processorIDs where !["reference", "end_to_end", "statement"].contains(name) {
        throw yaml.error("processor_ids", "must be among reference, end_to_end, statement")
      }
    }
    return layout
  }

  private func missing(_ key: String) -> ConfigurationError {
    ConfigurationError(file: yaml.file, line: yaml.line, message: "\"\(key)\" is missing; add it")
  }

  private func readRecognition(_ layout: inout Layout) throws {
    guard let recognise = try yaml.mapping("recognise") else { throw missing("recognise") }
    switch layout.format {
    case .csv:
      try recognise.allow(["columns", "without"])
      layout.recognised = try recognise.strings("columns")
      layout.notRecognised = try recognise.strings("without")
      guard !layout.recognised.isEmpty else { throw yaml.error("recognise", "needs at least one of \"columns\"") }
    case .camt053:
      try recognise.allow(["root"])
      layout.statement.root = try recognise.required("root")
    case .mt940, .bai2, .jsonLines:
      try recognise.allow(["begins", "line"])
      layout.statement.begins = try recognise.string("begins")
      layout.statement.line = try recognise.string("line")
      guard layout.statement.begins?.isEmpty == false || layout.statement.line?.isEmpty == false else {
        throw yaml.error("recognise", "needs \"begins\" or \"line\"")
      }
    }
  }

  private func readCodes(_ layout: inout Layout) throws {
    layout.statement.creditCodes = try codes("credit_codes")
    layout.statement.debitCodes = try codes("debit_codes")
    layout.statement.ignoredCodes = try codes("ignored_codes")
    for credit in layout.statement.creditCodes where layout.statement.debitCodes.contains(where: credit.overlaps) {
      throw yaml.error("debit_codes", "has types of credit_codes too (among \(credit.lowerBound)-\(credit.upperBound))")
    }
    if let code = try yaml.string("default_currency") {
      guard Currency(code) != nil else { throw yaml.error("default_currency", "is no currency that settle knows") }
      layout.statement.defaultCurrency = code
    }
  }

  private func codes(_ key: String) throws -> [ClosedRange<Int>] {
    try yaml.strings(key).map { text in
      let ends = text.split(separator: "-", omittingEmptySubsequences: false).map { $0.utf8.count == 3 ? Int($0) : nil }
      guard (1...2).contains(ends.count), let first = ends.first ?? nil, let last = ends.last ?? nil, first <= last
      else { throw yaml.error(key, "must be a list of three-digit types, or of ranges such as \"101-399\"") }
      return first...last
    }
  }

  private func readColumns(_ layout: inout Layout) throws {
    guard let unit = try yaml.word("amounts", of: Layout.Unit.self) else { throw missing("amounts") }
    layout.unit = unit
    layout.separator = try LayoutReader.separator(yaml)
    layout.unknownColumns = try yaml.word("unknown_columns", of: Layout.UnknownColumns.self) ?? .refused
    layout.rules = try LayoutReader.rules(yaml, Target.ofStatements)
    layout.statement.dates = try yaml.word("dates", of: DateForm.self) ?? .yearMonthDay
    layout.statement.account = try yaml.string("account")
    if let code = try yaml.string("currency") {
      guard let currency = Currency(code) else { throw yaml.error("currency", "is no currency that settle knows") }
      layout.statement.currency = currency
    }
    layout.marks = try NumberMarks(yaml)
    if let rule = try yaml.mapping("directions") {
      try rule.allow(["column", "credit", "debit"])
      layout.statement.directions = .init(
        column: try rule.required("column"), credit: try rule.strings("credit"), debit: try rule.strings("debit"))
    }
    try check(layout)
    // What may be a card number in them is masked by their reader, since a payment's text must not hide its money.
    for column in layout.rules[.text]?.columns ?? [] { layout.processorIDs.insert(column.name) }
  }

  private func check(_ layout: Layout) throws {
    let rules = layout.rules
    guard rules[.bookedOn] != nil else {
      throw yaml.error("fields", "lacks \"booked_on\", without which no row can be read")
    }
    guard (rules[.amount] != nil) != (rules[.credit] != nil && rules[.debit] != nil) else {
      throw yaml.error("fields", "needs either \"amount\" or both \"credit\" and \"debit\"")
    }
    if layout.statement.directions != nil, rules[.amount] == nil {
      throw yaml.error("directions", "has a meaning for one column of amounts only; remove it")
    }
    for (target, key, fixed) in [
      (Target.currency, "currency", layout.statement.currency != nil),
      (.account, "account", layout.statement.account != nil),
    ] where (rules[target] != nil) == fixed {
      throw yaml.error("fields", "needs \"\(key)\", unless the layout itself gives the one \"\(key)\" of all rows")
    }
  }
}
