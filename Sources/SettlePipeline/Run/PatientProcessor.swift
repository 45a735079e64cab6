import SettleModel
import SettleStore

/// A processor to which calls wait while an outage of the database keeps the lease from being renewed, for as long as a
/// restart takes: whoever may not leave has not left, and may ask once more.
struct PatientProcessor: ProcessorAdapter {
  let base: any ProcessorAdapter
  let patience: Duration

  var name: String { base.name }
  var keyLife: Duration { base.keyLife }
  var executor: (any TaskExecutor)? { base.executor }

  func request(for operation: ProcessorOperation) throws -> ProcessorRequest { try base.request(for: operation) }

  func send(_ request: ProcessorRequest, permit: @Sendable () throws -> Void) async throws -> ProcessorAnswer {
    let deadline = ContinuousClock.now + patience
    while true {
      do { return try await base.send(request, permit: permit) } catch let error as StoreError {
        guard case .leaseNotRenewed = error, ContinuousClock.now < deadline else { throw error }
        try await Task.sleep(for: .milliseconds(200))
      }
    }
  }

  func charge(_ reference: String) async throws -> ProcessorCharge? { try await base.charge(reference) }

  func charges(since start: Timestamp, page: @Sendable ([ProcessorCharge]) async throws -> Void) async throws {
    try await base.charges(since: start, page: page)
  }

  func tries(of processorPayment: String) async throws -> Int { try await base.tries(of: processorPayment) }

  func refunds(of processorCharge: String) async throws -> [ProcessorRefund] {
    try await base.refunds(of: processorCharge)
  }

  func refund(_ reference: String) async throws -> ProcessorRefund? { try await base.refund(reference) }

  func refunds(since start: Timestamp, page: @Sendable ([ProcessorRefund]) async throws -> Void) async throws {
    try await base.refunds(since: start, page: page)
  }

  func account() async throws -> ProcessorAccount { try await base.account() }
}
