import SettleModel

extension SimulatedProcessor {
  /// One charge's current figures, by its payment's or its own reference.
  func retrieve(_ reference: String) -> ProcessorCharge? {
    if let intent = intents[reference] { return figures(intent) }
    guard let charge = charges[reference], let intent = intents[charge.intent] else { return nil }
    return figures(intent)
  }

  /// Everything created since an instant of the processor's own clock, newest first.
  func list(since: Timestamp) -> [ProcessorCharge] {
    let visible = clock.adding(.zero - lag)
    return order.reversed().compactMap { intents[$0] }
      .filter { $0.createdAt >= since && $0.createdAt <= visible }
      .map(figures)
  }

  func refunds(of charge: String) -> [ProcessorRefund] { refunds.filter { $0.charge == charge }.map(figures) }

  func figures(_ intent: SimulatedIntent) -> ProcessorCharge {
    let charge = intent.charge.flatMap { charges[$0] }
    let state: ProcessorCharge.State =
      switch intent.state {
      case .succeeded: .succeeded
      case .processing: .pending
      case .canceled: .canceled
      case .held: .held
      case .needsMethod: .failed(intent.decline)
      }
    return ProcessorCharge(
      processorPayment: intent.id, processorCharge: intent.charge, state: state, amount: intent.amount,
      captured: charge?.captured ?? 0, refunded: charge?.refunded ?? 0, disputed: false, payment: intent.payment,
      attempt: intent.attempt, createdAt: intent.createdAt)
  }

  func figures(_ refund: SimulatedRefund) -> ProcessorRefund {
    ProcessorRefund(
      reference: refund.id, processorCharge: refund.charge, state: refund.state, amount: refund.amount,
      refund: refund.refund, failure: refund.state == .failed ? "lost_or_stolen_card" : nil)
  }
}
