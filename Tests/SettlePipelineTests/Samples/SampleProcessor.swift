import SettleModel
import Synchronization

/// The processor of the sample nights. It knows the charges of its own report, answers refunds by a script, and speaks
/// to nobody.
final class SampleProcessor: ProcessorAdapter {
  let name = "stripe"
  let keyLife = Duration.seconds(24 * 3_600)
  private let charges: [String: ProcessorCharge]
  /// Refunds that it took on, newest first.
  private let made = Mutex<[ProcessorRefund]>([])

  /// Charges whose refund it takes on and does not finish, and such whose refund it refuses.
  static let unfinished: Set = ["ch_N1046"]
  static let refused: Set = ["ch_N1198"]

  init(report: [[String: String]]) throws {
    var charges: [String: ProcessorCharge] = [:]
    for row in report {
      guard let reference = row["charge_id"], !reference.isEmpty, let gross = Self.gross(of: row) else { continue }
      var charge =
        charges[reference]
        ?? ProcessorCharge(
          processorPayment: row["payment_intent_id"] ?? "", processorCharge: reference, state: .succeeded,
          amount: Money(minor: 0, currency: gross.currency), captured: 0, refunded: 0, disputed: false, payment: nil,
          attempt: nil, createdAt: Timestamp(seconds: 0))
      switch row["reporting_category"] {
      case "charge", "partial_capture_reversal":
        charge.captured += gross.minor
        charge.amount.minor = max(charge.amount.minor, gross.minor)
      case "refund": charge.refunded -= gross.minor
      case "dispute": charge.disputed = true
      case "dispute_reversal": charge.disputed = false
      default: break
      }
      charges[reference] = charge
    }
    self.charges = charges
  }

  private static func gross(of row: [String: String]) -> Money? {
    guard let currency = Currency((row["currency"] ?? "").uppercased()) else { return nil }
    return Money(major: row["gross"] ?? "", currency: currency)
  }

  func request(for operation: ProcessorOperation) throws -> ProcessorRequest {
    guard case .refund(let order) = operation else {
      throw ProcessorRefusal.unsupported("the sample nights charge nobody")
    }
    return ProcessorRequest(
      path: "/v1/refunds",
      body: [order.processorCharge, String(order.amount.minor), order.amount.currency.code, order.refund.description]
        .joined(separator: " "),
      idempotencyKey: "refund-\(order.refund)", apiVersion: "sample")
  }

  func send(_ request: ProcessorRequest, permit: @Sendable () throws -> Void) async throws -> ProcessorAnswer {
    try permit()
    let parts = request.body.split(separator: " ")
    guard parts.count == 4, let minor = Int64(parts[1]), let currency = Currency(parts[2]) else {
      return .refused(code: "parameter_invalid", message: "not one of the sample's own requests")
    }
    let charge = String(parts[0])
    let refund =
      ProcessorRefund(
        reference: "re_" + charge.dropFirst(3), processorCharge: charge,
        state: Self.refused.contains(charge) ? .failed : Self.unfinished.contains(charge) ? .pending : .succeeded,
        amount: Money(minor: minor, currency: currency), refund: RefundID(parts[3]),
        failure: Self.refused.contains(charge) ? "expired_or_canceled_card" : nil)
    made.withLock { $0.insert(refund, at: 0) }
    return .refunded(refund)
  }

  func charge(_ reference: String) async throws -> ProcessorCharge? {
    charges[reference] ?? charges.values.first { $0.processorPayment == reference }
  }

  func charges(since start: Timestamp, page: @Sendable ([ProcessorCharge]) async throws -> Void) async throws {
    try await page(charges.values.filter { $0.createdAt >= start })
  }

  func refunds(of processorCharge: String) async throws -> [ProcessorRefund] {
    made.withLock { $0.filter { $0.processorCharge == processorCharge } }
  }

  func refund(_ reference: String) async throws -> ProcessorRefund? {
    made.withLock { $0.first { $0.reference == reference } }
  }

  func refunds(since start: Timestamp, page: @Sendable ([ProcessorRefund]) async throws -> Void) async throws {
    try await page(made.withLock { $0 })
  }

  func account() async throws -> ProcessorAccount { ProcessorAccount(id: "acct_sample", live: false) }
}
