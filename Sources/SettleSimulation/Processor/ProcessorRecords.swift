import SettleModel

/// A payment at the simulated processor, as Stripe keeps one: its state decides.
struct SimulatedIntent {
  enum State { case needsMethod, processing, succeeded, canceled, held }
  var id: String
  var payment: PaymentID?
  var attempt: Int?
  var amount: Money
  var state: State
  var charge: String?
  var decline: Decline?
  var createdAt: Timestamp
}

/// The money that one charge took and gave back.
struct SimulatedCharge {
  var id: String
  var intent: String
  var payment: PaymentID
  var captured: Int64
  /// What refunds that stand, or are under way, have given back.
  var refunded: Int64 = 0
  var isAnomaly: Bool
}

struct SimulatedRefund {
  var id: String
  var refund: RefundID
  var charge: String
  var amount: Money
  var state: ProcessorRefund.State
}

/// What an idempotency key stands for at the processor.
struct SavedKey {
  var fingerprint: String
  /// nil while the first request under it is still being worked on.
  var answer: ProcessorAnswer?
  var firstUsed: Int64
}

/// A request with what its bytes mean. `body` stands for the bytes: two requests with the same one are the same.
struct SimulatedRequest {
  var operation: ProcessorOperation
  var key: String
  var body: String
}

extension SimulatedRequest {
  /// As the adapters do it: key and bytes follow from the operation alone.
  init(_ operation: ProcessorOperation) {
    self.operation = operation
    switch operation {
    case .charge(let order):
      key = "\(order.payment)-\(order.attempt)"
      body = "charge \(order.amount.minor) \(order.instrument.paymentMethod ?? "")"
    case .confirm(let order, let intent):
      key = "\(order.payment)-\(order.attempt)-confirm"
      body = "confirm \(intent) \(order.instrument.paymentMethod ?? "")"
    case .capture(let order, let hold):
      key = "\(order.payment)-\(order.attempt)-capture"
      body = "capture \(hold) \(order.amount.minor)"
    case .cancel(let payment, let intent):
      key = "\(payment)-cancel"
      body = "cancel \(intent)"
    case .refund(let order):
      key = "\(order.refund)-refund"
      body = "refund \(order.processorCharge) \(order.amount.minor)"
    }
  }
}

/// Test instruments, by what their card does.
enum TestCard {
  static let good = "pm_good"
  static let poor = "pm_poor"
  static let lost = "pm_lost"
  static let slow = "pm_slow"
  static let slowFailing = "pm_slow_failing"
  static let unknown = "pm_unknown"

  /// Whether money can be taken from it in the end.
  static func pays(_ method: String?) -> Bool { method == good || method == slow }
}
