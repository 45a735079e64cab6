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
      .map { "\($0.key)=\($0.value.percentEncoded)" }
    let query = words.isEmpty ? "" : "?" + words.joined(separator: "&")
    return "postgresql:///\((options["dbname"] ?? "").percentEncoded)\(query)"
  }
}

extension String {
  /// As it stands in a URI's path or query: all but the unreserved characters in percents.
  var percentEncoded: String {
    let unreserved = Set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~".utf8)
    var encoded = ""
    for byte in utf8 {
      if unreserved.contains(byte) {
        encoded.unicodeScalars.append(Unicode.Scalar(byte))
      } else {
        encoded += (byte < 16 ? "%0" : "%") + String(byte, radix: 16, uppercase: true)
      }
    }
    return encoded
  }
}
