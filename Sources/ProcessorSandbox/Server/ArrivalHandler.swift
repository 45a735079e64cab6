import HTTPTypes
import NIOCore
import NIOHTTPTypes

/// Counts a `/v1/` request the moment its head is read from the socket.
///
/// Counted any later, requests that waited for a thread would seem to have come in a burst.
final class ArrivalHandler: ChannelInboundHandler, RemovableChannelHandler {
  typealias InboundIn = HTTPRequestPart
  typealias InboundOut = HTTPRequestPart

  private let meter: Meter

  init(meter: Meter) {
    self.meter = meter
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    if case .head(let head) = unwrapInboundIn(data), head.path?.hasPrefix("/v1/") == true {
      meter.arrived(at: monotonicNanoseconds())
    }
    context.fireChannelRead(data)
  }
}
