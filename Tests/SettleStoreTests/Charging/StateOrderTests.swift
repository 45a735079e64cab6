import Postgres
import SettleModel
import SettleStore
import SettleTesting
import Testing

/// Answers and outcome files come at least once and in any order: what is known in the end must not depend on it.
@Suite struct StateOrderTests {
  enum Telling: String, Sendable, CaseIterable {
    case declinedByAnswer, chargedByAnswer, failedByFile, chargedByFile

    var state: PaymentState {
      switch self {
      case .declinedByAnswer, .failedByFile: .failed
      case .chargedByAnswer, .chargedByFile: .succeeded
      }
    }
  }

  /// Every order of every selection, with one of them told twice in between.
  static let tellings: [[Telling]] = {
    func arrangements(_ left: [Telling]) -> [[Telling]] {
      [[]] + left.flatMap { first in arrangements(left.filter { $0 != first }).map { [first] + $0 } }
    }
    return arrangements(Telling.allCases).filter { !$0.isEmpty }
  }()

  /// All selections live side by side; each step tells every payment the next word of its own.
  @Test func aStateOnlyEverRises() async throws {
    try await Story.tell { story in
      let orders = Self.tellings.indices.map { "O\($0)" }
      try await story.authorize(orders.map { .order($0, 1_000) })
      try await story.claim(size: 1_000)
      var states = Self.tellings.map { _ in PaymentState.requested }
      let script = Self.tellings.map { $0 + $0.reversed() }
      for step in 0..<(2 * Telling.allCases.count) {
        let now = await story.instant
        var answers: [AttemptResult] = []
        var rows: [Reported] = []
        for (index, order) in orders.enumerated() where step < script[index].count {
          let payment = story.payment(order)
          switch script[index][step] {
          case .declinedByAnswer: answers.append(.declined(payment))
          case .chargedByAnswer: answers.append(.charged(payment, order, at: now))
          case .failedByFile: rows.append(.failed(order).changed { $0.references.payment = payment }.at(now))
          case .chargedByFile: rows.append(.charge(order, 1_000).changed { $0.references.payment = payment }.at(now))
          }
          states[index] = states[index].told(script[index][step].state)
        }
        try await story.record(answers)
        try await story.report(rows)
        let known = try await story.store.rows("SELECT state FROM payments ORDER BY substr(order_reference, 2)::int")
        for (index, state) in known.enumerated() where state != states[index].rawValue {
          Issue.record("\(script[index].prefix(step + 1).map(\.rawValue)) gave \(state)")
        }
      }
      #expect(try await story.store.rows("SELECT state FROM charge_attempts WHERE state = 'open'") == [])
      #expect(try await story.claim().isLast)
    }
  }
}

extension AttemptResult {
  fileprivate static func declined(_ payment: PaymentID) -> AttemptResult {
    let decline = Decline(reason: .cardDeclined, code: "generic_decline", processorPayment: nil, mayRetry: true)
    return AttemptResult(payment: payment, attempt: 1, outcome: .ended(.declined(decline)))
  }

  fileprivate static func charged(_ payment: PaymentID, _ order: String, at now: Timestamp) -> AttemptResult {
    let charge = ProcessorCharge(
      processorPayment: "pi_\(order)", processorCharge: "ch_\(order)", state: .succeeded,
      amount: Money(1_000, "USD"), captured: 1_000, refunded: 0, disputed: false, payment: payment, attempt: 1,
      createdAt: now)
    return AttemptResult(payment: payment, attempt: 1, outcome: .ended(.succeeded(charge, proof: .answer)))
  }
}
