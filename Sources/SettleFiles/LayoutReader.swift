import Foundation
import SettleModel

/// Turns a layout's YAML into a ``Layout``, refusing everything that it does not know.
struct LayoutReader {
  private let yaml: YAMLMapping

  /// Reads a layout that stands alone. Throws ``ConfigurationError``.
  static func read(text: String, file: String) throws -> Layout { try read(text: text, file: file, shipped: [:]) }

  /// Reads a layout that may extend a shipped one: it has that one's keys, except those that it has itself, and of
  /// `fields` and `reasons` each key by itself. Throws ``ConfigurationError``.
  static func read(text: String, file: String, shipped: [String: YAMLMapping]) throws -> Layout {
    let own = try YAMLMapping(text: text, file: file)
    guard let extended = try own.string("extends") else { return try LayoutReader(yaml: own).layout() }
    guard let base = shipped[extended] else {
      let names = shipped.keys.sorted()
      throw own.error(
        "extends",
        "names no shipped layout\(NearestName.hint(for: extended, among: names)) (known: \(names.joined(separator: ", ")))"
      )
    }
    _ = try own.required("layout")
    var layout = try LayoutReader(yaml: own.over(base, merging: ["fields", "reasons"])).layout()
    layout.extended = extended
    return layout
  }

  private func layout() throws -> Layout {
    if try yaml.word("kind", of: Layout.Kind.self) == .statement { return try StatementLayout(yaml: yaml).read() }
    try yaml.allow([
      "layout", "extends", "about", "kind", "format", "separator", "processor", "recognise",
      "unknown_columns", "amounts", "decimal", "thousands", "signs",
      "zone", "fields", "kind_by", "reasons", "check", "references", "processor_ids", "digits", "excess_digits",
      "zone_names", "records", "replaces",
    ])
    guard let kind = try yaml.word("kind", of: Layout.Kind.self) else { throw missing("kind") }
    guard let format = try yaml.word("format", of: Layout.Format.self) else { throw missing("format") }
    guard let unit = try yaml.word("amounts", of: Layout.Unit.self) else { throw missing("amounts") }
    let recognise = try recognition()
    var layout = Layout(
      name: try yaml.required("layout"), about: try yaml.string("about") ?? "", source: yaml.file, kind: kind,
      format: format, processor: try yaml.string("processor"), recognised: recognise.columns,
      notRecognised: recognise.without,
      unknownColumns: try yaml.word("unknown_columns", of: Layout.UnknownColumns.self) ?? .refused, unit: unit,
      zone: try zone(),
      rules: try Self.rules(yaml, kind == .authorizations ? Target.ofAuthorizations : Target.ofOutcomes))
    layout.origin = try Layout.Origin(yaml)
    layout.separator = try Self.separator(yaml)
    layout.marks = try NumberMarks(yaml)
    layout.processorIDs = Set(try yaml.strings("processor_ids"))
    layout.digits = try WrittenDigits(yaml, unit: unit)
    layout.excessDigits = try yaml.word("excess_digits", of: ExcessDigits.self) ?? .refused
    try layout.readZoneNames(yaml)
    layout.records = try RecordRule(yaml)
    if kind == .outcomes { try readOutcomeRules(&layout) }
    try check(layout)
    return layout
  }

  private func missing(_ key: String) -> ConfigurationError {
    ConfigurationError(file: yaml.file, line: yaml.line, message: "\"\(key)\" is missing; add it")
  }

  private func recognition() throws -> (columns: [String], without: [String]) {
    guard let recognise = try yaml.mapping("recognise") else { throw missing("recognise") }
    try recognise.allow(["columns", "without"])
    let columns = try recognise.strings("columns")
    guard !columns.isEmpty else { throw yaml.error("recognise", "needs at least one of \"columns\"") }
    return (columns, try recognise.strings("without"))
  }

  static func separator(_ yaml: YAMLMapping) throws -> UInt8 {
    guard let text = try yaml.string("separator") else { return UInt8(ascii: ",") }
    if text == "tab" { return UInt8(ascii: "\t") }
    guard let byte = text.utf8.first, text.utf8.count == 1, [",", ";", "|"].contains(text) else {
      throw yaml.error("separator", "must be one of \",\", \";\", \"|\", tab")
    }
    return byte
  }

  private func zone() throws -> String? {
    guard let name = try yaml.string("zone") else { return nil }
    guard ReportZone(name) != nil else { throw yaml.error("zone", "must be UTC or an IANA name such as Europe/Berlin") }
    return name
  }

  private func readOutcomeRules(_ layout: inout Layout) throws {
    layout.signs = try yaml.word("signs", of: Layout.Signs.self) ?? .written
    layout.sums = try yaml.word("check", of: Layout.SumRule.self)
    layout.kinds = try KindRule(yaml)
    switch try yaml.string("references") {
    case nil, "optional": layout.referenceRequired = false
    case "required": layout.referenceRequired = true
    default: throw yaml.error("references", "must be required or optional")
    }
    if let reasons = try yaml.mapping("reasons") {
      for key in reasons.keys { layout.reasons[key] = try reasons.word(key, of: FailureReason.self) }
    }
  }

  static func rules(_ yaml: YAMLMapping, _ known: [Target]) throws -> [Target: FieldRule] {
    guard let fields = try yaml.mapping("fields") else {
      throw ConfigurationError(file: yaml.file, line: yaml.line, message: "\"fields\" is missing; add it")
    }
    try fields.allow(known.map(\.rawValue))
    var rules: [Target: FieldRule] = [:]
    for target in known where fields.has(target.rawValue) {
      let rule = try FieldRule(fields.mappings(target.rawValue, textAs: "column"), target: target)
      // An empty list takes away what the extended layout reads.
      if !rule.columns.isEmpty { rules[target] = rule }
    }
    return rules
  }

  /// What a layout of its kind cannot do without.
  private func check(_ layout: Layout) throws {
    let amount: Target = layout.sums == .grossIsNetAndFee ? .net : .gross
    let needed: [Target] =
      layout.kind == .authorizations ? [.orderReference, .amount, .currency] : [.occurredAt, amount, .currency]
    for target in needed where layout.rules[target] == nil {
      throw yaml.error("fields", "lacks \"\(target.rawValue)\", without which no row can be read")
    }
    if layout.kind == .outcomes, layout.kinds == nil { throw missing("kind_by") }
    for key in ["signs", "check", "kind_by", "reasons", "references", "excess_digits", "records"]
    where layout.kind == .authorizations {
      if yaml.has(key) { throw yaml.error(key, "has no meaning for authorizations; remove it") }
    }
    if layout.signs == .byKind {
      for meaning in (layout.kinds?.values ?? [:]).values {
        if case .bySign = meaning { throw yaml.error("signs", "cannot be by_kind where kinds are told by the sign") }
        for kind in meaning.kinds where kind.isNegative == nil {
          throw yaml.error("signs", "cannot be by_kind where a row may be \(kind.rawValue), which has either sign")
        }
      }
    }
    for key in ["decimal", "thousands"] where yaml.has(key) && (layout.format != .csv || layout.unit == .minor) {
      throw yaml.error(key, "has a meaning for major amounts of CSV only; remove it")
    }
    try checkSums(layout)
    if let records = layout.records {
      if layout.format != .csv { throw yaml.error("records", "needs \"format\" to be csv") }
      if records.totals != nil, layout.rules[.gross] == nil || layout.signs == .byKind {
        throw yaml.error("records", "can hold totals only of a \"gross\" that is written with its sign")
      }
    }
    for case .inColumn(_) in layout.rules.values.flatMap({ $0.columns.map(\.zone) }) where layout.zoneNames.isEmpty {
      throw yaml.error("fields", "name a \"zone_column\", whose words \"zone_names\" must list")
    }
  }

  private func checkSums(_ layout: Layout) throws {
    switch layout.sums {
    case nil:
      if layout.excessDigits == .rounded { throw yaml.error("excess_digits", "needs a \"check\" of the amounts") }
    case .netIsGrossLessFee:
      if layout.rules[.net] == nil || layout.rules[.fee] == nil {
        throw yaml.error("check", "needs both \"fee\" and \"net\" among the fields")
      }
    case .netIsGrossAndFee:
      if layout.rules[.fee] == nil { throw yaml.error("check", "needs \"fee\" among the fields") }
    case .grossIsNetAndFee:
      if layout.rules[.gross] != nil { throw yaml.error("check", "makes \"gross\" of net and fee; remove that field") }
      if layout.excessDigits == .rounded { throw yaml.error("excess_digits", "needs \"gross\" among the fields") }
    }
  }
}

extension FieldRule {
  /// One or several columns for a target, as the layout writes them.
  fileprivate init(_ sources: [YAMLMapping], target: Target) throws {
    self.init(columns: [])
    for source in sources {
      try source.allow(
        [
          "column", "required", "if_invalid", "uuid", "any_case", "zone", "zone_column", "by_prefix", "by_kind", "join",
          "kinds", "when",
        ] + Self.amountKeys)
      let zone = try ZoneRule(source, target: target)
      let names = try source.strings("column")
      columns += names.map { Column(name: $0, zone: zone) }
      try readAmountForm(source, target: target)
      guard !columns.isEmpty else { throw missingColumn(source) }
      required = try source.flag("required") ?? required
      mustBeUUID = try source.flag("uuid") ?? mustBeUUID
      anyCase = try source.flag("any_case") ?? anyCase
      switch try source.string("if_invalid") {
      case nil, "quarantine": break
      case "ignore": ignoresInvalid = true
      default: throw source.error("if_invalid", "must be quarantine or ignore")
      }
      try readReferenceRules(source, target: target)
    }
  }

  private func missingColumn(_ source: YAMLMapping) -> ConfigurationError {
    ConfigurationError(file: source.file, line: source.line, message: "\"column\" is missing; name the column to read")
  }

  private mutating func readReferenceRules(_ source: YAMLMapping, target: Target) throws {
    let targets: [Target] = [.processorPayment, .processorCharge, .processorRefund, .processorDispute, .payout]
    try readScope(source, target: target, ids: targets)
    for key in ["by_prefix", "by_kind"] where source.has(key) && target != .processorReference {
      throw source.error(key, "has a meaning for processor_reference only; remove it")
    }
    func named(_ mapping: YAMLMapping, _ key: String) throws -> Target {
      guard let found = targets.first(where: { $0.rawValue == (try? mapping.string(key)) }) else {
        throw mapping.error(key, "must be one of \(targets.map(\.rawValue).joined(separator: ", "))")
      }
      return found
    }
    if let prefixes = try source.mapping("by_prefix") {
      byPrefix = try prefixes.keys.map { ($0, try named(prefixes, $0)) }
    }
    if let kinds = try source.mapping("by_kind") {
      try kinds.allow(OutcomeKind.allCases.map(\.rawValue))
      for kind in OutcomeKind.allCases where kinds.has(kind.rawValue) { byKind[kind] = try named(kinds, kind.rawValue) }
    }
  }
}

extension FieldRule {
  /// Which columns make up an id together, and in which rows it counts.
  fileprivate mutating func readScope(_ source: YAMLMapping, target: Target, ids: [Target]) throws {
    for (key, places) in [("join", ids + [.rowID]), ("kinds", ids + [.reason]), ("when", ids)]
    where source.has(key) && !places.contains(target) {
      let names = places.map(\.rawValue).joined(separator: ", ")
      throw source.error(key, "has a meaning for \(names) only; remove it")
    }
    isJoined = try source.flag("join") ?? isJoined
    if source.has("kinds") {
      let known = OutcomeKind.allCases.map(\.rawValue)
      kinds = Set(
        try source.strings("kinds").map { word in
          guard let kind = OutcomeKind(rawValue: word) else {
            throw source.error("kinds", "has an unknown kind\(NearestName.hint(for: word, among: known))")
          }
          return kind
        })
    }
    if let condition = try source.mapping("when") {
      try condition.allow(["column", "is"])
      self.condition = (try condition.required("column"), try condition.required("is"))
    }
  }
}

extension ZoneRule {
  fileprivate init(_ source: YAMLMapping, target: Target) throws {
    if let column = try source.string("zone_column") {
      guard target.isInstant else { throw source.error("zone_column", "has a meaning for times only; remove it") }
      if source.has("zone") { throw source.error("zone", "cannot stand beside \"zone_column\"") }
      self = .inColumn(column)
      return
    }
    guard let text = try source.string("zone") else {
      self = .written
      return
    }
    guard target.isInstant else { throw source.error("zone", "has a meaning for times only; remove it") }
    if text == "report" {
      self = .report
    } else {
      guard ReportZone(text) != nil else {
        throw source.error("zone", "must be report, UTC or an IANA name such as Europe/Berlin")
      }
      self = .named(text)
    }
  }
}
