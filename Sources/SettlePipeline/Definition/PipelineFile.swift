import Foundation
package import SettleFiles
import SettleModel

extension PipelineDefinition {
  /// Reads a pipeline from YAML; `file` is what errors name. A folder of layouts is resolved beside that file.
  ///
  /// Throws ``PipelineFileError``.
  ///
  /// - Parameters:
  ///   - processors: those that the file may name; nil takes any name.
  ///   - folder: where layouts of one's own lie that the file does not name.
  ///   - layouts: gives the layouts of a folder of one's own, which the file may name; nil takes any name.
  ///   - isFolder: whether a folder is there.
  package init(
    yaml: String, file: String, processors: KnownProcessors? = nil, layoutsBeside folder: String? = nil,
    layouts: ((String?) throws -> LayoutCatalogue)? = nil, isFolder: (String) -> Bool = { _ in true }
  ) throws {
    let root = try YAMLPlace(yaml: yaml, file: file)
    let keys = try root.mapping(of: [
      "pipeline", "merchant", "timezone", "processor", "layouts", "ingest", "charge", "import", "reconcile", "bank",
      "refund",
      "fail_on",
    ])
    let name = try root.required("pipeline", in: keys, such: "nightly").name()
    let processor = try root.required("processor", in: keys, such: "stripe")
    let codes = try processors?.codes(of: processor)
    self.init(
      name: name, timeZone: try keys["timezone"]?.timeZone() ?? TimeZone(secondsFromGMT: 0) ?? .gmt,
      processor: try processor.name(), file: file)
    if let merchant = try keys["merchant"]?.text() { self.merchant = IdentityText.normalised(merchant) }
    layoutsFolder = folder
    if let place = keys["layouts"] {
      let folder = Self.resolve(try place.text(), besideFile: file)
      guard isFolder(folder) else { throw place.refusal("there is no folder \(folder)") }
      layoutsFolder = folder
    }
    ingest = try keys["ingest"].map { try Self.sources($0) } ?? []
    importing = try keys["import"].map { try Self.sources($0, ofImport: true) } ?? []
    reporting = try keys["import"].map { try Self.reporting($0) } ?? []
    let names = try layouts.map { KnownNames(try $0(layoutsFolder), of: self) }
    if let names { for place in [keys["ingest"], keys["import"]] { try place?.checkLayouts(of: names) } }
    if let names { try keys["ingest"]?.checkProcessors(of: names) }
    if let place = keys["charge"] { charge = try Charge(place, codes: codes) }
    if let place = keys["reconcile"] { reconcile = try Reconcile(place, names) }
    if let place = keys["bank"] { bank = try Bank(place) }
    if let place = keys["refund"] { refund = try RefundPolicy(place) }
    if let place = keys["fail_on"] { failOn = try FailOn(place) }
    if let place = keys["import"] { try checkExpectations(place) }
  }

  private static func reporting(_ place: YAMLPlace) throws -> [String] {
    try place.mapping { _ in nil }["processors"]?.sequence().map { try $0.processorName() } ?? []
  }

  private static func sources(_ place: YAMLPlace, ofImport: Bool = false) throws -> [Source] {
    let keys = try place.mapping(of: ["sources"] + (ofImport ? ["processors"] : []))
    let list = try place.required("sources", in: keys, such: "[{ path: \"outcomes/*\", layout: auto }]").sequence()
    return try list.map { item in
      let keys = try item.mapping(of: ["path", "layout", "zone", "processor"] + (ofImport ? ["expected"] : []))
      let path = try item.required("path", in: keys, such: "\"outcomes/*\"")
      let layout = try keys["layout"]?.name()
      var source = Source(
        path: try path.glob(), layout: layout == "auto" ? nil : layout, zone: try keys["zone"]?.reportZone(),
        processor: try keys["processor"]?.processorName())
      source.expected = try keys["expected"]?.expectation()
      return source
    }
  }
}

extension PipelineDefinition.Charge {
  fileprivate init(_ place: YAMLPlace, codes: DeclineCodes?) throws {
    let keys = try place.mapping(of: ["rate", "concurrency", "batch", "key_margin", "retry"])
    rate = try keys["rate"]?.rate()
    if let place = keys["concurrency"] { concurrency = try place.integer(in: 1...256) }
    if let place = keys["batch"] { batch = try place.integer(in: 1...10_000) }
    // A processor keeps idempotency keys for 24 hours at least; a margin of all of it would forbid every repeat.
    if let place = keys["key_margin"] { keyMargin = try place.duration(below: .seconds(86_400), named: "24h") }
    if let place = keys["retry"] { retry = try RetryPolicy(place, codes: codes) }
  }
}

extension PipelineDefinition.Reconcile {
  /// Reads `reconcile`; `names` are those that it may use, or nil for any.
  init(_ place: YAMLPlace, _ names: KnownNames?) throws {
    let keys = try place.mapping(
      of: ["waiting_days", "bank_waiting_days", "calendar", "settled_by", "match", "fees", "fx"])
    if let place = keys["waiting_days"] { waitingDays = try place.integer(in: 0...90) }
    if let place = keys["bank_waiting_days"] { bankWaitingDays = try place.integer(in: 0...90) }
    if let place = keys["calendar"] { calendar = try place.bankingCalendar() }
    if let place = keys["fees"] { fees = try FeeSchedule(place, names) }
    if let place = keys["fx"] { rates = try RatePolicy(place) }
    if let place = keys["match"] { match = try MatchRules(place) }
    guard let place = keys["settled_by"] else { return }
    let layouts = try place.sequence().map { try $0.layout(of: names) }
    guard !layouts.isEmpty else {
      throw place.refusal("names no layout; name one, or leave the key out so that every file counts as money")
    }
    settledBy = layouts
  }
}

extension PipelineDefinition.FailOn {
  fileprivate init(_ place: YAMLPlace) throws {
    let keys = try place.mapping(of: ["breaks", "quarantined"])
    breaks = try keys["breaks"]?.integer(in: 0...Int(Int32.max))
    quarantined = try keys["quarantined"]?.integer(in: 0...Int(Int32.max))
  }
}

extension RefundPolicy {
  fileprivate init(_ place: YAMLPlace) throws {
    let keys = try place.mapping(of: ["rules", "per_run", "per_day", "approval_above", "approval_by"])
    var rules: [RefundRule] = []
    for item in try keys["rules"]?.sequence() ?? [] { rules.append(try RefundRule(item, after: rules)) }
    self.init(
      rules: rules, perRun: try keys["per_run"]?.amounts() ?? [:], perDay: try keys["per_day"]?.amounts() ?? [:],
      approvalAbove: try keys["approval_above"]?.approvalLimits() ?? [:],
      approver: try keys["approval_by"]?.choice(of: Approver.allCases.map { ($0.rawValue, $0) }) ?? .anotherName)
  }
}

extension RefundRule {
  /// The only break that each portion makes sense for: a `duplicate` gives a whole charge back, which for any other
  /// break would be the customer's own purchase.
  private static let subjects: [Portion: BreakReason] = [
    .duplicate: .duplicateCharge, .overcharge: .amountMismatch,
  ]

  fileprivate init(_ place: YAMLPlace, after earlier: [RefundRule]) throws {
    let keys = try place.mapping(of: ["when", "refund", "limit"])
    let whenPlace = try place.required("when", in: keys, such: "duplicate_charge")
    let portionPlace = try place.required("refund", in: keys, such: "duplicate")
    let limitPlace = try place.required("limit", in: keys, such: "{ USD: \"500.00\" }")
    let when = try whenPlace.choice(of: BreakReason.allCases.map { ($0.rawValue, $0) })
    let portion = try portionPlace.choice(of: Portion.allCases.map { ($0.rawValue, $0) })
    guard let subject = Self.subjects[portion], subject == when else {
      let possible = Portion.allCases.filter { Self.subjects[$0] == when }.map(\.rawValue)
      throw portionPlace.refusal(
        possible.isEmpty
          ? "no rule can refund \(when.rawValue); a person decides it, with settle decide"
          : "\(when.rawValue) is refunded by \(possible.joined(separator: " or ")), not by \(portion.rawValue)")
    }
    guard !earlier.contains(where: { $0.when == when }) else {
      throw whenPlace.refusal("an earlier rule has \(when.rawValue) already; name all its currencies in one limit")
    }
    self.init(when: when, portion: portion, limit: try limitPlace.amounts())
  }
}

extension YAMLPlace {
  /// A key without any currency could mean that all needs approval, or that nothing does.
  fileprivate func approvalLimits() throws -> [Currency: Int64] {
    let limits = try amounts()
    guard !limits.isEmpty else {
      throw refusal("names no currency; name one, such as { USD: \"250.00\" }, or leave the key out")
    }
    return limits
  }

  fileprivate func glob() throws -> String {
    let text = try text()
    guard !text.hasPrefix("/"), !text.split(separator: "/").contains("..") else {
      throw refusal("\"\(text)\" must be a path inside the inbox, such as \"outcomes/*\"")
    }
    return text
  }
}
