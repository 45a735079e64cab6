import SettleModel

@testable import SettlePipeline

/// A processor that can be asked what it has, which is one charge or one refund at the most, and takes on nothing.
struct LookedUpProcessor: ProcessorAdapter {
  var charge: ProcessorCharge?
  var refund: ProcessorRefund?
  /// Whether its list of refunds has the refund.
  var isListed = true
  let name = "looked up"
  let keyLife: Duration = .seconds(86_400)

  func request(for operation: ProcessorOperation) throws -> ProcessorRequest {
    throw ProcessorRefusal.unsupported("it only looks up")
  }

  func send(_ request: ProcessorRequest, permit: @Sendable () throws -> Void) async throws -> ProcessorAnswer {
    throw ProcessorRefusal.unsupported("it only looks up")
  }

  func charge(_ reference: String) async throws -> ProcessorCharge? { charge }

  func charges(since start: Timestamp, page: @Sendable ([ProcessorCharge]) async throws -> Void) async throws {
    if let charge { try await page([charge]) }
  }

  func refunds(of processorCharge: String) async throws -> [ProcessorRefund] { [] }

  func refund(_ reference: String) async throws -> ProcessorRefund? { refund }

  func refunds(since start: Timestamp, page: @Sendable ([ProcessorRefund]) async throws -> Void) async throws {
    if isListed { try await page([refund].compactMap(\.self)) }
  }

  func account() async throws -> ProcessorAccount { ProcessorAccount(id: "acct", live: false) }
}
