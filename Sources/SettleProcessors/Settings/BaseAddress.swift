import FoundationEssentials

/// The one place that requests go to: a scheme, a host and a port, and nothing else.
struct BaseAddress: Sendable, Equatable {
  /// `https://host:port` without a slash at its end, so that a path can be appended.
  let text: String
  let isLoopback: Bool
  let isEncrypted: Bool

  /// Reads an address. Plain http is refused except to this machine itself: it would show the key to the network.
  init(_ text: String, variable: String) throws(ProcessorSettingsError) {
    func refusal(_ why: String) -> ProcessorSettingsError { .unusableAddress(variable: variable, why: why) }
    guard text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }), let parts = URLComponents(string: text),
      let scheme = parts.scheme?.lowercased(), let host = parts.host?.lowercased(), !host.isEmpty
    else { throw refusal("it is no address such as https://api.stripe.com") }
    guard scheme == "https" || scheme == "http" else { throw refusal("only https is spoken, not \(scheme)") }
    guard parts.user == nil, parts.password == nil else {
      throw refusal("it carries a user or a password; the API key alone identifies settle")
    }
    guard parts.query == nil, parts.fragment == nil, parts.path.isEmpty || parts.path == "/" else {
      throw refusal("it goes on after the host; give scheme, host and port only, without /v1")
    }
    if let port = parts.port, !(1...65_535).contains(port) { throw refusal("there is no port \(port)") }
    let isLoopback = Self.isLoopback(host)
    guard scheme == "https" || isLoopback else {
      throw refusal("plain http is only for this machine (127.0.0.0/8, ::1, localhost); use https")
    }
    let bracketed = host.contains(":") && !host.hasPrefix("[") ? "[\(host)]" : host
    self.text = "\(scheme)://\(bracketed)" + (parts.port.map { ":\($0)" } ?? "")
    self.isLoopback = isLoopback
    isEncrypted = scheme == "https"
  }

  /// Addresses are taken by their exact spelling: `127.1` or `127.0.0.1.example.com` are not this machine.
  private static func isLoopback(_ host: String) -> Bool {
    if host == "localhost" || host == "::1" || host == "[::1]" { return true }
    let parts = host.split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count == 4, parts[0] == "127" else { return false }
    return parts.allSatisfy { part in UInt8(part).map { String($0) == part } ?? false }
  }
}
