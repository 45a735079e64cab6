import SettleModel

/// ISO 20022 bank-to-customer statements (camt.053), of any version: the elements that count have stood in the same
/// places since the first one, and namespaces are passed over.
final class CamtParser: StatementParser, XMLEvents {
  private(set) var totals = StatementTotals()
  let endedWithoutNewline = false
  private var reader: XMLReader?
  private let unguarded: Set<String>
  /// The elements around statements, as the layout names them.
  private let message: String
  /// The elements that are open, from the file's outermost, each behind a slash.
  private var path = ""
  /// Bytes of the path before each open element.
  private var lengths: [Int] = []
  /// Bytes of the path up to the message itself. Some banks put an envelope around it.
  private var root: Int?
  private var statements = 0
  private var statement: CamtStatement?
  private var balance: CamtBalance?
  private var entry: CamtEntry?
  /// Rows that the bytes of one chunk have made.
  private var rows: [FileRow] = []

  init(_ layout: Layout) throws {
    unguarded = layout.processorIDs
    message = "/" + (layout.statement.root ?? "")
    reader = try XMLReader(self)
  }

  func feed(_ chunk: Bytes, body: (FileRow) throws -> Void) throws {
    try reader?.feed(chunk)
    try give(body)
  }

  func finish(body: (FileRow) throws -> Void) throws {
    try reader?.finish()
    guard statements > 0 else {
      throw FileDamage(.malformed, line: 1, "the file holds no statement (Stmt); fetch it again, or ask the bank")
    }
    try give(body)
  }

  private func give(_ body: (FileRow) throws -> Void) throws {
    for row in rows { try body(row) }
    rows.removeAll(keepingCapacity: true)
  }

  func began(_ name: String, line: Int, attribute: (String) -> String?) throws {
    lengths.append(path.utf8.count)
    path += "/" + name
    if root == nil, path.hasSuffix(message) { root = path.utf8.count }
    switch place {
    case "": statement = CamtStatement(line: line)
    case "/Bal": balance = CamtBalance(line: line)
    case "/Ntry": entry = CamtEntry(line: line)
    case "/Ntry/NtryDtls/TxDtls": entry?.beginTransaction()
    case "/Bal/Amt": balance?.currency = attribute("Ccy")
    case "/Ntry/Amt": entry?.currency = attribute("Ccy")
    default: break
    }
  }

  func ended(_ name: String, text: String, line: Int) throws {
    if let place {
      if place == "/Ntry" {
        try endEntry()
      } else if place == "/Bal" {
        if let balance { statement?.balances.append(balance) }
        balance = nil
      } else if place.isEmpty {
        try endStatement()
      } else if place.hasPrefix("/Ntry/") {
        entry?.take(text.trimmed, at: place.dropFirst("/Ntry/".count))
      } else if place.hasPrefix("/Bal/") {
        balance?.take(text.trimmed, at: place.dropFirst("/Bal/".count))
      } else {
        statement?.take(text.trimmed, at: place.dropFirst())
      }
    }
    guard let length = lengths.popLast() else { return }
    path.removeSubrange(path.utf8.index(path.startIndex, offsetBy: length)...)
    if let root, length < root { self.root = nil }
  }

  /// The open elements from a statement on, each behind a slash: nothing for the statement itself, nil outside one.
  private var place: Substring? {
    guard let root, path.utf8.count > root else { return nil }
    let rest = path[path.utf8.index(path.startIndex, offsetBy: root)...]
    guard rest.hasPrefix("/Stmt") else { return nil }
    let inside = rest.dropFirst("/Stmt".count)
    return inside.isEmpty || inside.first == "/" ? inside : nil
  }

  private func endEntry() throws {
    guard let entry else { return }
    self.entry = nil
    // Entries follow their statement's account and balances in every version.
    guard let ledger = try statement?.opened(unguarded) else { return }
    switch try entry.row(in: ledger, unguarded) {
    case .bankLine(let line):
      try statement?.ledger?.add(line)
      rows.append(.bankLine(line))
    case let row: rows.append(row)
    }
  }

  private func endStatement() throws {
    guard var statement else { return }
    self.statement = nil
    _ = try statement.opened(unguarded)
    statements += 1
    rows.append(.statement(try statement.closed(&totals)))
  }
}

extension String {
  /// Without blanks and line ends around it.
  var trimmed: String {
    let blank: (UInt8) -> Bool = { $0 == 0x20 || $0 >= 0x09 && $0 <= 0x0D }
    guard let start = utf8.firstIndex(where: { !blank($0) }), let end = utf8.lastIndex(where: { !blank($0) }) else {
      return ""
    }
    return String(self[start...end])
  }
}
