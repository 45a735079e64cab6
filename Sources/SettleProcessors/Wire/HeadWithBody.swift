import NIOCore
import NIOHTTP1

/// Sends a request's head together with its body.
///
/// The HTTP client flushes each by itself, and with Nagle's algorithm off that makes two packets, two system calls here and
/// two at the other end. So a head alone waits for its body, until the event loop's turn ends at the latest; nothing else
/// waits, since each request that leaves later is answered later.
final class HeadWithBody: ChannelOutboundHandler {
  typealias OutboundIn = HTTPClientRequestPart
  typealias OutboundOut = HTTPClientRequestPart

  private var isHeadAlone = false
  private var isWaiting = false

  func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
    if case .head = unwrapOutboundIn(data) { isHeadAlone = true } else { isHeadAlone = false }
    context.write(data, promise: promise)
  }

  func flush(context: ChannelHandlerContext) {
    guard isHeadAlone else {
      isWaiting = false
      context.flush()
      return
    }
    guard !isWaiting else { return }
    isWaiting = true
    context.eventLoop.assumeIsolated().execute { self.flushWaiting(context) }
  }

  func close(context: ChannelHandlerContext, mode: CloseMode, promise: EventLoopPromise<Void>?) {
    flushWaiting(context)
    context.close(mode: mode, promise: promise)
  }

  func handlerRemoved(context: ChannelHandlerContext) { isWaiting = false }

  private func flushWaiting(_ context: ChannelHandlerContext) {
    guard isWaiting else { return }
    isWaiting = false
    context.flush()
  }
}
