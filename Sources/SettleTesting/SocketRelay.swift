import Foundation
import Glibc
package import Postgres
import Synchronization

/// Stands between clients and a server's Unix socket, and cuts connections at the moments that matter.
///
/// It reads what clients send as far as to know plain statements (`BEGIN`, `COMMIT`), and nothing that servers answer
/// but where an answer ends.
package final class SocketRelay: Sendable {
  package enum Moment: Sendable {
    /// The statement never reaches the server.
    case before
    /// The statement is on its way, and whether the server sees it before it sees the end is up to chance.
    case sent
    /// The server has done it and says so; the client never hears of it.
    case answered
    /// The client has its answer. Then, as soon as `then` returns, the server says that it shuts down, and is gone.
    case farewell
  }

  private struct Rule: Sendable {
    var statement: String
    var moment: Moment
    /// Once where nil.
    var every: Int?
    var then: @Sendable () -> Void
  }

  private struct State {
    var rule: Rule?
    var seen = 0
    var cuts = 0
    var sockets: Set<Int32> = []
    var isClosed = false
  }

  /// As the server's, through the relay.
  package let settings: ConnectionSettings
  private let folder: String
  private let server: String
  private let listener: Int32
  private let state = Mutex(State())

  /// - Parameter settings: of a server that listens on a Unix socket, as a URI with a `host`.
  package init(to settings: ConnectionSettings) throws {
    guard let parts = URLComponents(string: settings.conninfo), let items = parts.queryItems,
      let host = items.first(where: { $0.name == "host" })?.value
    else { throw RelayFailure(what: "the settings are no URI with a host") }
    server = "\(host)/.s.PGSQL.5432"
    let folder = "/tmp/settle-relay-\(UInt32.random(in: 0 ... .max))"
    self.folder = folder
    guard mkdir(folder, 0o700) == 0 else { throw RelayFailure(what: "its folder cannot be made") }
    listener = try Self.listen(at: "\(folder)/.s.PGSQL.5432")
    var through = parts
    // The peer is now we, not the server's user.
    through.queryItems = items.filter { $0.name != "requirepeer" }
      .map { $0.name == "host" ? URLQueryItem(name: "host", value: folder) : $0 }
    var own = settings
    own.conninfo = through.string ?? ""
    self.settings = own
    Thread.detachNewThread { self.accept() }
  }

  /// Cuts the connection that says this statement next; where `every` is given, each so many of them.
  ///
  /// - Parameter then: runs before the client notices.
  package func cut(
    _ moment: Moment, _ statement: String, every: Int? = nil, then: @escaping @Sendable () -> Void = {}
  ) {
    state.withLock { state in
      state.rule = Rule(statement: statement, moment: moment, every: every, then: then)
      state.seen = 0
    }
  }

  package func cutNothing() { state.withLock { $0.rule = nil } }

  package var hasConnections: Bool { state.withLock { !$0.sockets.isEmpty } }

  package var cuts: Int { state.withLock { $0.cuts } }

  /// Ends all connections and takes no more.
  package func close() {
    state.withLock { state in
      // A number that was closed may be another's by now.
      guard !state.isClosed else { return }
      state.isClosed = true
      shutdown(listener, Int32(SHUT_RDWR))
      for socket in state.sockets { shutdown(socket, Int32(SHUT_RDWR)) }
    }
    unlink("\(folder)/.s.PGSQL.5432")
    rmdir(folder)
  }

  private func accept() {
    while true {
      let client = Glibc.accept(listener, nil, nil)
      guard client >= 0 else {
        if state.withLock({ $0.isClosed }) { break }
        continue
      }
      Thread.detachNewThread { self.serve(client) }
    }
    Glibc.close(listener)
  }

  private func serve(_ client: Int32) {
    var conversation = Conversation(client: client, server: Self.connect(to: server))
    let sockets = [conversation.client, conversation.server].filter { $0 >= 0 }
    state.withLock { $0.sockets.formUnion(sockets) }
    if conversation.server >= 0 { while conversation.step(cut: matching) {} }
    state.withLock { state in
      state.sockets.subtract(sockets)
      for socket in sockets {
        // A child that was started meanwhile may have inherited it: the other side must learn all the same.
        shutdown(socket, Int32(SHUT_RDWR))
        Glibc.close(socket)
      }
    }
  }

  private func matching(_ statement: String) -> (Moment, @Sendable () -> Void)? {
    state.withLock { state in
      guard let rule = state.rule, rule.statement == statement else { return nil }
      state.seen += 1
      if let every = rule.every {
        guard state.seen % every == 0 else { return nil }
      } else {
        state.rule = nil
      }
      state.cuts += 1
      return (rule.moment, rule.then)
    }
  }

  private static func listen(at path: String) throws -> Int32 {
    let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
    let bound = withAddress(path) { bind(descriptor, $0, $1) }
    guard descriptor >= 0, bound == 0, Glibc.listen(descriptor, 64) == 0 else {
      throw RelayFailure(what: "it cannot listen")
    }
    return descriptor
  }

  private static func connect(to path: String) -> Int32 {
    let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
    guard withAddress(path, { Glibc.connect(descriptor, $0, $1) }) == 0 else {
      Glibc.close(descriptor)
      return -1
    }
    return descriptor
  }

  private static func withAddress<T>(_ path: String, _ body: (UnsafePointer<sockaddr>, socklen_t) -> T) -> T {
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: Array(path.utf8.prefix(107))) }
    return withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0, socklen_t(MemoryLayout<sockaddr_un>.size)) }
    }
  }
}

struct RelayFailure: Error, CustomStringConvertible {
  let what: String
  var description: String { "the relay to the test server: \(what)" }
}
