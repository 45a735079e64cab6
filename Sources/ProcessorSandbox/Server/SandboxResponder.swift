import Glibc
import HTTPTypes
import Hummingbird
import Logging
import NIOCore

/// The connection a request came on, which a fault may close.
struct SandboxContext: InitializableFromSource, Sendable {
  let channel: any Channel

  init(source: ApplicationRequestContextSource) {
    channel = source.channel
  }
}

/// Takes requests in: limits, faults and authentication, then Stripe's API or the sandbox's own pages.
struct SandboxResponder: HTTPResponder {
  let api: StripeAPI
  let pages: SandboxPages
  let meter: Meter
  let limiter: RateLimiter?
  let faults: FaultInjector
  let slowness: Duration
  let requestIDs: RequestIDs
  let accounts = Authentication()
  /// Told when the ledger cannot be kept, after which nothing can be answered truly.
  let onFailure: @Sendable (any Error) -> Void

  func respond(to request: Request, context: SandboxContext) async throws -> Response {
    do {
      guard request.uri.path.hasPrefix("/v1/") else { return try await pages.answer(request) }
      meter.began()
      defer { meter.ended() }
      return try await stripe(request, context)
    } catch let error as SandboxError {
      onFailure(error)
      return await hangUp(context, abruptly: true)
    }
  }

  private func stripe(_ request: Request, _ context: SandboxContext) async throws -> Response {
    if let limiter, !limiter.admits(at: monotonicNanoseconds()) {
      meter.limited()
      return complete(Answer(.globalRate), request)
    }
    let injection = drawFault()
    switch injection {
    case .reset: return await hangUp(context, abruptly: true)
    case .limit(let throttle): return complete(Answer(throttle), request)
    case .failBefore: return complete(Answer(.server), request)
    case .failAfter, .loseResponse, .delay, nil: break
    }
    let answer = try await answered(request, injection)
    if injection == .loseResponse { return await hangUp(context, abruptly: false) }
    return answer
  }

  private func drawFault() -> Injection? {
    guard let (fault, injection) = faults.next() else { return nil }
    meter.injected(fault)
    if case .limit(let throttle) = injection, throttle.isAboutPace { meter.limited() }
    return injection
  }

  private func answered(_ request: Request, _ injection: Injection?) async throws -> Response {
    let call: APIRequest
    do {
      call = try await read(request, endsInError: injection == .failAfter)
    } catch let error as StripeError {
      return complete(Answer(error), request)
    }
    if let key = call.savedKey, !api.desk.claim(key) { return complete(Answer(.keyInUse), request) }
    defer { call.savedKey.map(api.desk.release) }
    var (answer, replayed) = try await api.answer(call)
    // What is not saved as a 500 fails all the same, such as a look-up or a replay, and works when repeated.
    if injection == .failAfter && answer.status != 500 { (answer, replayed) = (Answer(.server), false) }
    if injection == .delay { try await Task.sleep(for: slowness) }
    if replayed { answer.fields[.idempotentReplayed] = "true" }
    return complete(answer, request)
  }

  private func read(_ request: Request, endsInError: Bool) async throws -> APIRequest {
    guard let method = APIRequest.Method(rawValue: request.method.rawValue) else {
      throw StripeError.invalid(nil, "Unrecognized request method \(request.method.rawValue).", status: 405)
    }
    let account = try accounts.account(of: request.headers)
    let body: ByteBuffer
    do {
      body = try await request.body.collect(upTo: 1 << 20)
    } catch is NIOTooManyBytesError {
      throw StripeError.invalid(nil, "The request is larger than a megabyte.", status: 413)
    }
    let parameters = method == .get ? Array((request.uri.query ?? "").utf8) : Array(body.readableBytesView)
    guard let form = FormBody(parsing: parameters) else {
      throw StripeError.invalid(nil, "The parameters are no valid form encoding.")
    }
    let key = method == .post ? request.headers[.idempotencyKey] : nil
    guard key.map({ (1...255).contains($0.utf8.count) }) ?? true else {
      throw StripeError.invalid(nil, "An idempotency key has 1 to 255 characters.")
    }
    return APIRequest(
      method: method, path: request.uri.path, form: form, account: account, key: key, endsInError: endsInError)
  }

  /// Adds what every answer of Stripe's carries.
  private func complete(_ answer: Answer, _ request: Request) -> Response {
    var answer = answer
    answer.fields[.requestID] = requestIDs.next()
    answer.fields[.stripeVersion] = request.headers[.stripeVersion] ?? "2024-06-20"
    if let key = request.headers[.idempotencyKey] { answer.fields[.idempotencyKey] = key }
    return answer.response
  }

  /// Closes the connection without a byte. Whatever is then returned finds it closed.
  private func hangUp(_ context: SandboxContext, abruptly: Bool) async -> Response {
    if abruptly, let socket = context.channel as? any SocketOptionProvider {
      // The peer sees a reset rather than an end. That it fails means that the peer has gone already.
      try? await socket.setSoLinger(linger(l_onoff: 1, l_linger: 0)).get()
    }
    try? await context.channel.close()
    return Response(status: .internalServerError)
  }
}
