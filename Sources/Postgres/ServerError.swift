import CPostgres

extension PostgresError {
  /// The error that a failed result holds.
  init(_ kind: Kind, result: OpaquePointer) {
    func field(_ code: Character) -> String? {
      PQresultErrorField(result, Int32(code.asciiValue ?? 0)).map { String(cString: $0) }
    }
    let state = field("C").map(SQLState.init(rawValue:))
    let primary = field("M") ?? PostgresError.line(PQresultErrorMessage(result))
    self.init(kind, PostgresError.withoutValues(primary, state: state), state: state)
    constraint = field("n")
    schema = field("s")
    table = field("t")
    column = field("c")
    detail = field("D")
  }

  /// The connection's own last message, on one line.
  static func lastMessage(of connection: OpaquePointer) -> String { line(PQerrorMessage(connection)) }

  static func line(_ text: UnsafePointer<CChar>?) -> String {
    guard let text else { return "out of memory" }
    let lines = String(cString: text).split(whereSeparator: \.isNewline)
    return lines.map { $0.trimmingSpaces }.joined(separator: "; ")
  }

  /// Data exceptions quote the value they stumble on (`invalid input syntax for type uuid: "…"`): it is cut off.
  static func withoutValues(_ message: String, state: SQLState?) -> String {
    guard state?.errorClass == "22", let quote = message.firstIndex(of: "\"") else { return message }
    var kept = message[..<quote]
    while let last = kept.last, last == " " || last == ":" { kept.removeLast() }
    return String(kept)
  }
}

extension StringProtocol {
  var trimmingSpaces: String {
    let start = drop(while: \.isWhitespace)
    guard let end = start.lastIndex(where: { !$0.isWhitespace }) else { return "" }
    return String(start[...end])
  }
}
