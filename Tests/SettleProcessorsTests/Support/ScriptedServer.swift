import NIOCore
import NIOPosix
import Synchronization

/// What a scripted server does with one request.
enum Move: Sendable {
  /// Answers with these bytes, which are the whole of an HTTP answer.
  case answer(String)
  /// Answers with these bytes, whole or not, and closes the connection.
  case answerAndClose(String)
  /// Answers with the first bytes at once and goes on with the second every 20 ms.
  case drip(String, then: String)
  case hang
  case close
  /// Ends the connection by a TCP reset.
  case reset

  static func answer(_ status: Int, _ body: String = "{}", headers: String = "") -> Move {
    .answer("HTTP/1.1 \(status) X\r\nContent-Length: \(body.utf8.count)\r\n\(headers)\r\n\(body)")
  }
}

/// A server on loopback that makes one prepared move a request, the last one for ever, and keeps what it was sent.
final class ScriptedServer: Sendable {
  private let script: Shared<(moves: [Move], requests: [String], reads: Int)>
  private let channel: any Channel

  private init(_ script: Shared<(moves: [Move], requests: [String], reads: Int)>, _ channel: any Channel) {
    self.script = script
    self.channel = channel
  }

  /// Each request as text: its head and body.
  var requests: [String] { script.withLock { $0.requests } }

  /// In how many pieces they came.
  var reads: Int { script.withLock { $0.reads } }

  var port: Int { channel.localAddress?.port ?? 0 }

  static func with<Result: Sendable>(
    _ moves: [Move], _ body: (ScriptedServer) async throws -> Result
  ) async throws -> Result {
    let script = Shared((moves: moves, requests: [String](), reads: 0))
    let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
      .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
      .childChannelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          try channel.pipeline.syncOperations.addHandler(ScriptHandler(script))
        }
      }
      .bind(host: "127.0.0.1", port: 0).get()
    let server = ScriptedServer(script, channel)
    do {
      let result = try await body(server)
      try await channel.close()
      return result
    } catch {
      try? await channel.close()
      throw error
    }
  }

  /// A port on which nothing listens.
}

/// Reads requests of one connection and makes the script's moves. All of it happens on the connection's event loop.
private final class ScriptHandler: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer
  typealias OutboundOut = ByteBuffer

  private let script: Shared<(moves: [Move], requests: [String], reads: Int)>
  private var received = ""

  init(_ script: Shared<(moves: [Move], requests: [String], reads: Int)>) { self.script = script }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    let bytes = unwrapInboundIn(data)
    if bytes.readableBytesView.first == 0x16 {
      // The first byte of TLS: this server does not speak it, and one that hangs does not even say so.
      if script.withLock({ if case .hang = $0.moves[0] { true } else { false } }) { return }
      send("HTTP/1.1 400 Bad Request\r\n\r\n", context)
      context.close(promise: nil)
      return
    }
    received += String(buffer: bytes)
    script.withLock { $0.reads += 1 }
    while let request = takeRequest() {
      let move = script.withLock { script in
        script.requests.append(request)
        return script.moves.count > 1 ? script.moves.removeFirst() : script.moves[0]
      }
      make(move, context)
    }
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }

  private func takeRequest() -> String? {
    let parts = received.split(separator: "\r\n\r\n", maxSplits: 1, omittingEmptySubsequences: false)
    guard parts.count == 2 else { return nil }
    let length = parts[0].lowercased().split(separator: "\r\n").first { $0.hasPrefix("content-length:") }
      .flatMap { Int($0.split(separator: ":")[1].drop { $0 == " " }) }
    let rest = Array(parts[1].utf8)
    guard rest.count >= length ?? 0 else { return nil }
    let body = String(decoding: rest.prefix(length ?? 0), as: UTF8.self)
    let request = parts[0] + "\r\n\r\n" + body
    received = String(decoding: rest.dropFirst(length ?? 0), as: UTF8.self)
    return String(request)
  }

  private func make(_ move: Move, _ context: ChannelHandlerContext) {
    switch move {
    case .answer(let text): send(text, context)
    case .answerAndClose(let text):
      send(text, context)
      context.close(promise: nil)
    case .drip(let first, let rest):
      send(first, context)
      let channel = context.channel
      context.eventLoop.scheduleRepeatedTask(initialDelay: .milliseconds(20), delay: .milliseconds(20)) { task in
        guard channel.isActive else { return task.cancel() }
        channel.writeAndFlush(ByteBuffer(string: rest), promise: nil)
      }
    case .hang: break
    case .close: context.close(promise: nil)
    case .reset:
      let channel = context.channel
      (channel as? any SocketOptionProvider)?.setSoLinger(linger(l_onoff: 1, l_linger: 0))
        .whenComplete { _ in channel.close(promise: nil) }
    }
  }

  private func send(_ text: String, _ context: ChannelHandlerContext) {
    context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: text)), promise: nil)
  }
}
