import SettleModel

/// What a trailer (49, 98, 99) states, and what the records before it come to.
struct BAI2Totals {
  /// Where what it sums begins.
  var line: Int
  /// The sum of all amounts, whatever their currencies.
  private(set) var sum: Int64 = 0
  /// Accounts of a group, groups of a file.
  private(set) var parts: Int64 = 0
  private(set) var records: Int64 = 0

  init(line: Int) { self.line = line }

  mutating func count(_ record: BAI2Record) { records += Int64(record.physical) }

  /// Throws ``FileDamage`` where the sum exceeds 64 bits.
  mutating func add(_ amount: Int64, _ line: Int) throws {
    let (total, overflow) = sum.addingReportingOverflow(amount)
    guard !overflow else { throw FileDamage.entry(line, "makes a control total that exceeds what 64 bits hold") }
    sum = total
  }

  /// Takes in what was summed one level further down.
  mutating func add(_ inner: BAI2Totals) throws {
    try add(inner.sum, inner.line)
    parts += 1
    records += inner.records
  }

  /// Compares a trailer: `total,(parts,)records`. Throws ``FileDamage`` where it cannot be read.
  func compare(_ trailer: BAI2Record, _ level: Level, _ totals: inout StatementTotals) throws {
    var fields = trailer.fields
    func compare(_ what: String, _ found: Int64, digits: Int = 9) throws {
      let field = fields.next()
      guard field.utf8.count <= digits, let stated = BAI2Amount.signed(field) else {
        throw FileDamage.entry(trailer.line, "is a trailer (\(trailer.code)) whose \(what) cannot be read")
      }
      totals.compare(
        "\(what) of \(level.name(line))", record: trailer.code, line: trailer.line, stated: stated, found: found)
    }
    try compare("amounts", sum, digits: 19)
    if let parts = level.parts { try compare(parts, self.parts) }
    try compare("records", records)
  }

  enum Level {
    case account, group, file

    func name(_ line: Int) -> String {
      switch self {
      case .account: "the account in line \(line)"
      case .group: "the group in line \(line)"
      case .file: "the file"
      }
    }

    var parts: String? {
      switch self {
      case .account: nil
      case .group: "accounts"
      case .file: "groups"
      }
    }
  }
}

/// Numbers as BAI2 writes them: digits alone, the decimals implied.
enum BAI2Amount {
  /// Eighteen digits, perhaps behind a sign; nothing at all is zero.
  static func signed(_ text: String) -> Int64? {
    if text.isEmpty { return 0 }
    let figures =
      text.utf8.first.map { $0 == UInt8(ascii: "+") || $0 == UInt8(ascii: "-") } == true
      ? text.dropFirst() : text[...]
    guard (1...18).contains(figures.utf8.count), figures.utf8.allSatisfy(CardNumber.isDigit) else { return nil }
    return Int64(text)
  }

  /// Digits without a sign, as transactions have them.
  static func unsigned(_ text: String) -> Int64? {
    text.utf8.first.map(CardNumber.isDigit) == false ? nil : signed(text)
  }
}
