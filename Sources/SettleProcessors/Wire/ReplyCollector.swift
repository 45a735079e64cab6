import AsyncHTTPClient
import NIOCore
import NIOHTTP1
import Synchronization

/// An answer that went on past the length that is read.
struct ReplyTooLong: Error, CustomStringConvertible {
  let longest: Int
  var description: String { "its answer is longer than \(longest) bytes" }
}

/// Gathers one answer up to a length, and remembers whether the request's head went out.
final class ReplyCollector: HTTPClientResponseDelegate {
  private struct State {
    var headSent = false
    var status = 0
    var headers: [(name: String, value: String)] = []
    var body: [UInt8] = []
  }

  private let longest: Int
  private let state = Mutex(State())

  init(longest: Int) { self.longest = longest }

  var headWasSent: Bool { state.withLock { $0.headSent } }

  func didSendRequestHead(task: HTTPClient.Task<WireReply>, _ head: HTTPRequestHead) {
    state.withLock { $0.headSent = true }
  }

  func didReceiveHead(task: HTTPClient.Task<WireReply>, _ head: HTTPResponseHead) -> EventLoopFuture<Void> {
    state.withLock { state in
      state.headSent = true
      state.status = Int(head.status.code)
      state.headers = head.headers.map { ($0.name, $0.value) }
    }
    return task.eventLoop.makeSucceededVoidFuture()
  }

  func didReceiveBodyPart(task: HTTPClient.Task<WireReply>, _ buffer: ByteBuffer) -> EventLoopFuture<Void> {
    let fits = state.withLock { state in
      guard state.body.count + buffer.readableBytes <= longest else { return false }
      state.body.append(contentsOf: buffer.readableBytesView)
      return true
    }
    return fits
      ? task.eventLoop.makeSucceededVoidFuture() : task.eventLoop.makeFailedFuture(ReplyTooLong(longest: longest))
  }

  func didFinishRequest(task: HTTPClient.Task<WireReply>) -> WireReply {
    state.withLock { WireReply(status: $0.status, headers: $0.headers, body: $0.body) }
  }
}
