import SettleModel

/// A layout laid over the columns that one file really has: where each value stands.
struct ColumnPlan: Sendable {
  let layout: Layout
  /// The file's header, or for JSON Lines the layout's names.
  let columns: [String]
  /// Whether the card-number guard looks into a column.
  let guarded: [Bool]
  /// Columns that no row may leave empty.
  let requiredSlots: [Int]
  private let slots: [Target: Int]
  private let everySlot: [Target: [Int]]
  private let zones: [Int: ReportZone]
  private let zoneColumns: [Int: Int]
  /// The zones that rows may name, by the bytes of their names.
  let zoneNames: [(name: [UInt8], zone: ReportZone)]
  private let readers: [Int: Target]

  /// Throws ``FileDamage`` where the header is not one that the layout can read, ``ConfigurationError`` for a zone that
  /// it needs and nobody knows.
  ///
  /// `zone` is the one that whoever gives the file says the report was made in.
  init(layout: Layout, header: [String], line: Int, zone: String?) throws {
    self.layout = layout
    let csv = layout.format == .csv
    let columns = csv ? header : layout.knownColumns
    self.columns = columns
    if csv { try Self.check(header, layout, line) }
    var slots: [Target: Int] = [:]
    var everySlot: [Target: [Int]] = [:]
    var zones: [Int: ReportZone] = [:]
    var zoneColumns: [Int: Int] = [:]
    var readers: [Int: Target] = [:]
    for target in Target.allCases {
      guard let rule = layout.rules[target] else { continue }
      guard let column = rule.columns.first(where: { columns.contains($0.name) }),
        let slot = columns.firstIndex(of: column.name)
      else { continue }
      slots[target] = slot
      everySlot[target] = rule.columns.compactMap { columns.firstIndex(of: $0.name) }
      zones[slot] = try Self.zone(of: column, named: zone ?? layout.zone, line)
      zoneColumns[slot] = column.zone.column.flatMap(columns.firstIndex(of:))
      for name in rule.readColumns {
        if let place = columns.firstIndex(of: name), readers[place] == nil { readers[place] = target }
      }
    }
    self.slots = slots
    self.everySlot = everySlot
    self.zones = zones
    self.zoneColumns = zoneColumns
    self.readers = readers
    zoneNames = layout.zoneNames.sorted { $0.key < $1.key }.compactMap { entry in
      ReportZone(entry.value).map { (Array(entry.key.utf8), $0) }
    }
    // Whether a failed payment has an amount is for its reader to say.
    requiredSlots = slots.filter { target, _ in
      target != .gross && layout.rules[target]?.required == true && layout.rules[target]?.form == nil
    }.values.sorted()
    guarded = columns.map { !layout.processorIDs.contains($0) }
  }

  func slot(_ target: Target) -> Int? { slots[target] }

  /// Every column of a target that the file has, in the layout's order of preference.
  func slots(_ target: Target) -> [Int] { everySlot[target] ?? [] }

  /// The zone of a column's times; nil where each carries its own offset.
  func zone(_ slot: Int) -> ReportZone? { zones[slot] }

  /// The column in which a row names the zone of a time.
  func zoneColumn(of slot: Int) -> Int? { zoneColumns[slot] }

  /// What a column is read for; nil where nothing is.
  func target(readAt slot: Int) -> Target? { readers[slot] }

  /// Where the value stands that tells what a row says has happened.
  var kindSlot: Int? { layout.kinds.flatMap { kinds in columns.firstIndex(of: kinds.column) } }

  private static func check(_ header: [String], _ layout: Layout, _ line: Int) throws {
    if header.contains(where: CardNumber.mayBeHeld(in:)) { throw cardNumber(line) }
    let known = layout.knownColumns
    let needed = Target.allCases.compactMap { layout.rules[$0] }.filter(\.required).flatMap(\.neededColumns)
    for names in (layout.kinds.map { [[$0.column]] } ?? []) + needed where !names.contains(where: header.contains) {
      throw missing(names, header, layout, line)
    }
    for (index, name) in header.enumerated() {
      if !known.contains(name), layout.unknownColumns == .refused {
        throw FileDamage(
          .unknownColumn, line: line,
          "\(quoted(name, index)) is not known to \(layout.name)\(NearestName.hint(for: name, among: known));"
            + " rename or remove it")
      }
      if header[..<index].contains(name), known.contains(name) {
        throw FileDamage(.duplicateColumn, line: line, "\(quoted(name, index)) stands twice in the header; keep one")
      }
    }
  }

  static func cardNumber(_ line: Int) -> FileDamage {
    FileDamage(
      .cardNumber, line: line,
      "the header may hold a card number; remove it from the file, and see where else it was stored")
  }

  private static func missing(_ names: [String], _ header: [String], _ layout: Layout, _ line: Int) -> FileDamage {
    let unknown = header.filter { !layout.knownColumns.contains($0) && isPlain($0) }
    let near = names.lazy.compactMap { NearestName.suggestion(for: $0, among: unknown) }.first
    let wanted = names.map { "\"\($0)\"" }.joined(separator: " or ")
    return FileDamage(
      .missingColumn, line: line,
      "the column \(wanted) is missing, which \(layout.name) needs; "
        + (near.map { "is it the one named \"\($0)\"?" } ?? "add it"))
  }

  private static func zone(of column: FieldRule.Column, named zone: String?, _ line: Int) throws -> ReportZone? {
    switch column.zone {
    case .written, .inColumn: return nil
    case .named(let name): return ReportZone(name)
    case .report:
      guard let zone else {
        throw FileDamage(
          .zoneNotNamed, line: line,
          "the times in \"\(column.name)\" carry no offset, and nobody said which zone the report was made in;"
            + " add \"zone\" to the source in the pipeline, or export the report with UTC columns")
      }
      guard let known = ReportZone(zone) else {
        throw ConfigurationError(
          file: "zone \(zone)", message: "there is no such zone; write UTC or an IANA name such as Europe/Berlin")
      }
      return known
    }
  }

  /// A column's name where it can be shown, else its place.
  private static func quoted(_ name: String, _ index: Int) -> String {
    isPlain(name) ? "the column \"\(name)\"" : "column \(index + 1)"
  }

  static func isPlain(_ name: String) -> Bool {
    !name.isEmpty && name.utf8.count <= 64 && name.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F || $0 == 0x20 }
  }
}
