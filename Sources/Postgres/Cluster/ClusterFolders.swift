import FoundationEssentials
import Glibc

/// Where a private cluster's parts are, worked out from its home alone, so that every process finds the same.
struct ClusterFolders: Equatable {
  /// Absolute, symbolic links resolved as far as it exists.
  let home: String
  /// Holds `data` and mostly `socket`; belongs to the server's user.
  let place: String
  let socket: String
  /// As whom the server runs, where that is not us.
  let user: ServerUser?

  var data: String { "\(place)/data" }
  var lock: String { "\(home)/postgres.lock" }
  var log: String { "\(home)/postgres.log" }

  /// The longest folder in which `.s.PGSQL.5432` still fits the 107 bytes of a socket's address.
  private static let longestSocketFolder = 107 - "/.s.PGSQL.5432".utf8.count

  /// Data stays where it is: a folder that becomes reachable, or is made anew, must not hide what was stored. And the
  /// server runs as whoever owns the data, so that root can use what another user made.
  ///
  /// - Parameters:
  ///   - isRoot: whether the server must run as another user.
  ///   - shared: the folder for clusters whose home that user cannot reach.
  init(home: String, isRoot: Bool = geteuid() == 0, shared: String = "/var/lib/settle") {
    let home = Self.resolve(home)
    let inside = "\(home)/postgres"
    let outside = "\(shared)/\(Self.readableName(home))-\(Self.hash(home))"
    self.home = home
    if !isRoot {
      (place, user) = (inside, nil)
    } else if let owner = ServerUser(owning: "\(outside)/data") {
      (place, user) = (outside, owner)
    } else if let owner = ServerUser(owning: "\(inside)/data") {
      (place, user) = (inside, owner)
    } else {
      user = ServerUser.unprivileged
      place = user.map { $0.canReach(home) } ?? true ? inside : outside
    }
    let usual = "\(place)/socket"
    socket = usual.utf8.count <= Self.longestSocketFolder ? usual : "/tmp/settle-\(Self.hash(place))"
  }

  /// The last folders of a path, in letters that need no quoting anywhere.
  private static func readableName(_ path: String) -> String {
    let words = path.lowercased().split { !$0.isASCII || !($0.isLetter || $0.isNumber) }
    return words.isEmpty ? "home" : String(words.suffix(2).joined(separator: "-").suffix(40))
  }

  /// FNV-1a: short, the same everywhere and for ever; secrecy is not its business.
  private static func hash(_ text: String) -> String {
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    for byte in text.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
    let digits = String(hash, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }

  private static func resolve(_ path: String) -> String {
    var existing = path.hasPrefix("/") ? path : FileManager.default.currentDirectoryPath + "/" + path
    var rest: [Substring] = []
    while true {
      if let real = realpath(existing, nil) {
        defer { free(real) }
        let base = String(cString: real)
        let tail = rest.reversed().filter { $0 != "." }.joined(separator: "/")
        return tail.isEmpty ? base : base == "/" ? "/\(tail)" : "\(base)/\(tail)"
      }
      while existing.hasSuffix("/") { existing.removeLast() }
      guard let slash = existing.lastIndex(of: "/") else { return path }
      rest.append(existing[existing.index(after: slash)...])
      existing = slash == existing.startIndex ? "/" : String(existing[..<slash])
    }
  }

  /// A libpq URI that every client takes. It names the port, so that PGPORT cannot mislead, and the user that the server
  /// must run as, so that nobody else can pose as it.
  var url: String {
    let peer = user?.name ?? ServerUser.name(of: geteuid())
    return "postgresql:///settle?host=\(socket.percentEncoded)&port=5432&user=settle"
      + (peer.map { "&requirepeer=\($0.percentEncoded)" } ?? "")
  }
}
