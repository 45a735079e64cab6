import Glibc

/// One client's connection through a `SocketRelay`. Blocks.
struct Conversation {
  let client: Int32
  let server: Int32
  private var pending: [UInt8] = []
  private var hasStarted = false

  init(client: Int32, server: Int32) {
    self.client = client
    self.server = server
  }

  /// Passes on what has come.
  ///
  /// - Parameter cut: asked at each plain statement.
  /// - Returns: whether the conversation goes on.
  mutating func step(cut: (String) -> (SocketRelay.Moment, @Sendable () -> Void)?) -> Bool {
    var waiting = [
      pollfd(fd: client, events: Int16(POLLIN), revents: 0), pollfd(fd: server, events: Int16(POLLIN), revents: 0),
    ]
    guard poll(&waiting, 2, -1) > 0 else { return errno == EINTR }
    if waiting[1].revents != 0 {
      let answer = Self.read(server)
      guard !answer.isEmpty, Self.write(answer, to: client) else { return false }
    }
    guard waiting[0].revents != 0 else { return true }
    let bytes = Self.read(client)
    guard !bytes.isEmpty else { return false }
    pending += bytes
    while let message = nextMessage() {
      guard let statement = Self.statement(in: message), let (moment, then) = cut(statement) else {
        guard Self.write(message, to: server) else { return false }
        continue
      }
      if moment == .farewell {
        guard Self.write(message, to: server), Self.write(awaitReadiness(), to: client) else { return false }
        then()
        _ = Self.write(Self.farewell, to: client)
        return false
      }
      defer { then() }
      if moment != .before, Self.write(message, to: server), moment == .answered { _ = awaitReadiness() }
      return false
    }
    return true
  }

  /// The first message has no letter before its length.
  private mutating func nextMessage() -> [UInt8]? {
    let start = hasStarted ? 1 : 0
    guard pending.count >= start + 4 else { return nil }
    let length = pending[start..<start + 4].reduce(0) { $0 << 8 | Int($1) } + start
    guard pending.count >= length else { return nil }
    defer { pending.removeFirst(length) }
    hasStarted = true
    return Array(pending.prefix(length))
  }

  private static func statement(in message: [UInt8]) -> String? {
    guard message.first == UInt8(ascii: "Q"), message.count > 6 else { return nil }
    return String(decoding: message[5...].dropLast(), as: UTF8.self)
  }

  /// What the server answers, until it says that it is ready for the next statement.
  private func awaitReadiness() -> [UInt8] {
    var answer: [UInt8] = []
    repeat {
      let bytes = Self.read(server)
      if bytes.isEmpty { return answer }
      answer += bytes
    } while answer.suffix(6).prefix(5) != [UInt8(ascii: "Z"), 0, 0, 0, 5]
    return answer
  }

  /// A notice, as each session sends it in an immediate shutdown.
  private static let farewell: [UInt8] = {
    let fields = ["SWARNING", "VWARNING", "C57P02", "Mterminating connection due to immediate shutdown command"]
    let body: [UInt8] = fields.flatMap { Array($0.utf8) + [UInt8(0)] } + [0]
    return [UInt8(ascii: "N"), 0, 0, 0, UInt8(body.count + 4)] + body
  }()

  private static func read(_ socket: Int32) -> [UInt8] {
    [UInt8](unsafeUninitializedCapacity: 65_536) { buffer, count in
      count = max(0, recv(socket, buffer.baseAddress, buffer.count, 0))
    }
  }

  private static func write(_ bytes: [UInt8], to socket: Int32) -> Bool {
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { send(socket, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
      guard count > 0 else { return false }
      rest = rest.dropFirst(count)
    }
    return true
  }
}
