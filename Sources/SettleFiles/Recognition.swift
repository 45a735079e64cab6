/// Finds the one layout that a file has.
struct Recognition {
  let layouts: [Layout]
  /// Whether the one layout was named by whoever gives the file.
  let isNamed: Bool
  let zone: String?

  /// The layout laid over the file's columns. Throws ``FileDamage``.
  func plan(for head: FileHead) throws -> ColumnPlan {
    if let layout = try statement(head) { return try ColumnPlan(layout: layout, header: [], line: 1, zone: zone) }
    let format: Layout.Format = head.isJSON ? .jsonLines : .csv
    // A layout that was named is not doubted: what the file lacks for it is told by its columns.
    if isNamed, let named = layouts.first {
      guard named.format == .csv ? !head.isJSON : !head.names.isEmpty else { throw otherFormat(named) }
      if let other = OtherSeparator(head, [named]) { throw FileDamage(.missingColumn, line: 1, other.message) }
      let header = try header(of: head, named)
      return try ColumnPlan(layout: named, header: header.columns, line: header.line, zone: zone)
    }
    let layout = try choose(format, head)
    let header = try header(of: head, layout)
    return try ColumnPlan(layout: layout, header: header.columns, line: header.line, zone: zone)
  }

  private func header(of head: FileHead, _ layout: Layout) throws -> (columns: [String], line: Int) {
    guard layout.format == .csv else { return (head.names, 1) }
    guard let header = try head.header(of: layout) else {
      throw FileDamage(
        .unknownLayout, line: 1,
        "the file does not have the records of \(layout.name); name the layout that it has, or auto")
    }
    return header
  }

  private func choose(_ format: Layout.Format, _ head: FileHead) throws -> Layout {
    var lacking: [String] = []
    var matching: [Layout] = []
    var unread: FileDamage?
    var line = 1
    for layout in layouts {
      guard layout.format == format else { continue }
      do {
        guard let header = try format == .csv ? head.header(of: layout) : (head.names, 1) else { continue }
        line = header.line
        if format == .csv, header.columns.contains(where: CardNumber.mayBeHeld(in:)) {
          throw ColumnPlan.cardNumber(line)
        }
        guard let lack = layout.lack(in: header.columns) else {
          matching.append(layout)
          continue
        }
        // What has none of a layout's columns is no misspelt file of it.
        if layout.recognised.contains(where: header.columns.contains) { lacking.append(lack) }
      } catch let damage as FileDamage where damage.reason == .strayQuote {
        // With another separator the same quotation marks may stand in the right places.
        unread = unread ?? damage
      }
    }
    if format == .csv, matching.isEmpty, lacking.isEmpty, let other = OtherSeparator(head, layouts) {
      throw FileDamage(.unknownLayout, line: line, other.message)
    }
    if let unread, matching.isEmpty { throw unread }
    return try only(matching, lacking, line)
  }

  /// The layout of a statement whose format has a grammar of its own; nil where the file is another.
  private func statement(_ head: FileHead) throws -> Layout? {
    let matching = try layouts.filter { try $0.format.isGrammar && head.begins(as: $0) }
    if isNamed, let named = layouts.first, named.format.isGrammar, matching.isEmpty { throw otherFormat(named) }
    if matching.isEmpty, !isNamed, head.isXML { throw unknownXML }
    return matching.isEmpty ? nil : try only(matching, [], 1)
  }

  private var unknownXML: FileDamage {
    let roots = layouts.compactMap { layout in layout.statement.root.map { "\(layout.name) needs \($0)" } }
    return FileDamage(
      .unknownLayout, line: 1,
      "the file is XML without the elements of any layout (\(roots.joined(separator: "; "))); give settle statements of"
        + " what is booked (camt.053), not reports or notices (camt.052, camt.054)")
  }

  private func only(_ matching: [Layout], _ lacking: [String], _ line: Int) throws -> Layout {
    var matching = matching
    // A layout that changes a shipped one is meant to go before it.
    let extended = Set(matching.compactMap(\.extended))
    matching.removeAll { extended.contains($0.name) && $0.extended == nil }
    guard let layout = matching.first else { throw unknown(lacking, line) }
    guard matching.count == 1 else { throw several(matching, line) }
    return layout
  }

  private func otherFormat(_ layout: Layout) -> FileDamage {
    FileDamage(
      .unknownLayout, line: 1,
      "the file is not \(layout.format.title), as \(layout.name) is; name the layout that it has, or auto")
  }

  private func unknown(_ lacking: [String], _ line: Int) -> FileDamage {
    let nearest = lacking.isEmpty ? ", nor any column by which one is known" : " (\(lacking.joined(separator: "; ")))"
    return FileDamage(
      .unknownLayout, line: line,
      "the file has no layout that settle knows\(nearest); name its layout, or write one (settle layout list)")
  }

  private func several(_ matching: [Layout], _ line: Int) -> FileDamage {
    FileDamage(
      .severalLayouts, line: line,
      "the file fits several layouts (\(matching.map(\.name).joined(separator: ", "))); name the one that it has")
  }
}

extension Layout {
  /// Why a file with these columns is not of this layout; nil where it is.
  func lack(in columns: [String]) -> String? {
    let missing = recognised.filter { !columns.contains($0) }
    let excluded = notRecognised.filter(columns.contains)
    if !missing.isEmpty { return "\(name) needs \(missing.joined(separator: ", "))" }
    return excluded.isEmpty ? nil : "\(name) has no \(excluded.joined(separator: ", "))"
  }
}
