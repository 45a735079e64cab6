import CPostgres

/// What can be known of a connection string before it is used, and what must be kept out of messages about it.
struct Conninfo {
  /// The options that it sets, none of them empty.
  private(set) var options: [String: String] = [:]

  /// - Throws: a `configuration` error that repeats nothing of the string: a mistyped URI can put the password anywhere.
  init(_ text: String) throws {
    guard text.contains("=") || Self.isURI(text) else {
      if !text.isEmpty { options["dbname"] = text }
      return
    }
    try Self.refuseUnescapedPassword(text)
    var message: UnsafeMutablePointer<CChar>?
    guard let parsed = PQconninfoParse(text, &message) else {
      defer { PQfreemem(message) }
      let reason = message.map { Self.withoutQuotations(PostgresError.line($0)) } ?? "out of memory"
      throw PostgresError(.configuration, "the database connection string is not valid: \(reason)")
    }
    defer { PQconninfoFree(parsed) }
    var option = parsed
    while let keyword = option.pointee.keyword {
      if let value = option.pointee.val, value.pointee != 0 {
        options[String(cString: keyword)] = String(cString: value)
      }
      option += 1
    }
  }

  /// `message` without the password.
  func redacting(_ message: String) -> String {
    guard let password = options["password"], password.utf8.count > 2 else { return message }
    var rest = message[...]
    var clean = ""
    while let found = rest.firstRange(of: password) {
      clean += rest[..<found.lowerBound] + "***"
      rest = rest[found.upperBound...]
    }
    return clean + rest
  }

  private static func isURI(_ text: String) -> Bool {
    text.hasPrefix("postgresql://") || text.hasPrefix("postgres://")
  }

  /// In `postgres://user:p@ss@host/db` libpq takes `ss@host` for the host, and says so when it cannot find it.
  private static func refuseUnescapedPassword(_ text: String) throws {
    guard isURI(text), let scheme = text.firstRange(of: "://") else { return }
    let location = text[scheme.upperBound...].prefix { $0 != "?" }
    guard let at = location.lastIndex(of: "@") else { return }
    let user = location[..<at]
    guard let colon = user.firstIndex(of: ":"), user[colon...].contains(where: { "@/".contains($0) }) else { return }
    throw PostgresError(
      .configuration,
      "the password in the database connection URI holds a character that must be percent-encoded (@ as %40, / as %2F)")
  }

  private static func withoutQuotations(_ message: String) -> String {
    guard let first = message.firstIndex(of: "\""), let last = message.lastIndex(of: "\""), first < last else {
      return message
    }
    return message[..<first] + "\"…\"" + message[message.index(after: last)...]
  }
}
