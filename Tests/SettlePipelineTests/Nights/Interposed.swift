import SettleModel

/// A processor between whom and settle something happens to each cancellation, or to what else is sent to a path.
struct Interposed: ProcessorAdapter {
  let base: any ProcessorAdapter
  /// Where the paths of what is answered otherwise end.
  var path = "/cancel"
  /// What is answered to it instead of what the processor would answer; it may send it on.
  let answering: @Sendable (any ProcessorAdapter, ProcessorRequest) async throws -> ProcessorAnswer

  var name: String { base.name }
  var keyLife: Duration { base.keyLife }

  func request(for operation: ProcessorOperation) throws -> ProcessorRequest { try base.request(for: operation) }

  func send(_ request: ProcessorRequest, permit: @Sendable () throws -> Void) async throws -> ProcessorAnswer {
    guard request.path.hasSuffix(path) else { return try await base.send(request, permit: permit) }
    try permit()
    return try await answering(base, request)
  }

  func charge(_ reference: String) async throws -> ProcessorCharge? { try await base.charge(reference) }

  func charges(since start: Timestamp, page: @Sendable ([ProcessorCharge]) async throws -> Void) async throws {
    try await base.charges(since: start, page: page)
  }

  func refunds(of processorCharge: String) async throws -> [ProcessorRefund] {
    try await base.refunds(of: processorCharge)
  }

  func refund(_ reference: String) async throws -> ProcessorRefund? { try await base.refund(reference) }

  func refunds(since start: Timestamp, page: @Sendable ([ProcessorRefund]) async throws -> Void) async throws {
    try await base.refunds(since: start, page: page)
  }

  func account() async throws -> ProcessorAccount { try await base.account() }
}

/// The process is gone, as far as the code behind it is concerned.
struct Died: Error {}
