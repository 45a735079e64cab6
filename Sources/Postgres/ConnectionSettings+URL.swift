extension ConnectionSettings {
  /// A URI for the same database that may be shown: without passwords, which psql finds elsewhere or asks for.
  ///
  /// - Throws: a `configuration` error for what libpq does not take.
  package func urlWithoutPassword() throws -> String {
    let secret = ["password", "sslpassword", "scram_client_key", "scram_server_key", "oauth_client_secret"]
    return Self.url(options: try Conninfo(conninfo).options.filter { !secret.contains($0.key) })
  }

  /// A URI that sets these options of libpq.
  package static func url(options: [String: String]) -> String {
    let words = options.sorted { $0.key < $1.key }.filter { $0.key != "dbname" }
      .map { "\($0.key)=\(encoded($0.value))" }
    let query = words.isEmpty ? "" : "?" + words.joined(separator: "&")
    return "postgresql:///\(encoded(options["dbname"] ?? ""))\(query)"
  }

  private static func encoded(_ text: String) -> String {
    let unreserved = Set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~".utf8)
    var encoded = ""
    for byte in text.utf8 {
      if unreserved.contains(byte) {
        encoded.unicodeScalars.append(Unicode.Scalar(byte))
      } else {
        encoded += (byte < 16 ? "%0" : "%") + String(byte, radix: 16, uppercase: true)
      }
    }
    return encoded
  }
}
