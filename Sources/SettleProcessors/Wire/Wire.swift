/// One request as it is to cross the network. The transport adds the host and the key, so that neither is in here.
struct WireCall: Sendable {
  var method: String
  /// Path and query below the base address.
  var path: String
  var headers: [(name: String, value: String)] = []
  var body: String?
  /// The longest answer that is read, in bytes.
  var longestReply: Int
}

/// One answer, whatever it says.
struct WireReply: Sendable {
  var status: Int
  var headers: [(name: String, value: String)] = []
  var body: [UInt8]

  /// The first header of a name given in lower case.
  func header(_ name: String) -> String? {
    headers.first { header in
      header.name.utf8.count == name.utf8.count
        && header.name.utf8.elementsEqual(name.utf8) { $0 == $1 || $0 < 0x5B && $0 > 0x40 && $0 + 0x20 == $1 }
    }?.value
  }
}

/// What became of a call.
enum WireResult: Sendable {
  case reply(WireReply)
  /// No byte of it has left this machine, for certain.
  case unsent(String)
  /// It may have been carried out; its answer will not come.
  case lost(String, timedOut: Bool)
}

/// A way to a processor: sends each call once, and never throws.
protocol Wire: Sendable {
  func exchange(_ call: WireCall) async -> WireResult
}
