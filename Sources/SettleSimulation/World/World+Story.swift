import Foundation
import SettleModel

/// An authorization as the inbox has it now: the latest terms that the customer agreed to.
struct InboxRow {
  var payment: PaymentID
  var amount: Money
  var instrument: Instrument
  var authorizedAt: Timestamp
}

extension World {
  static let currency: Currency = {
    guard let dollar = Currency("USD") else { preconditionFailure("USD is in ISO 4217") }
    return dollar
  }()

  static func paymentID(_ number: Int) -> PaymentID { PaymentID(rawValue: uuid(0xA0, number)) }

  static func breakID(_ number: Int) -> BreakID { BreakID(rawValue: uuid(0xB0, number)) }

  private static func uuid(_ kind: UInt8, _ number: Int) -> UUID {
    let (high, low) = (UInt8(number >> 8 & 0xFF), UInt8(number & 0xFF))
    return UUID(uuid: (kind, 0, 0, 0, 0, 0, 0x50, 0, 0x80, 0, 0, 0, 0, 0, high, low))
  }

  /// Orders of one day, some of which name a hold, and some a card that does not pay.
  func receiveOrders(_ count: Int) {
    for _ in 0..<count {
      let amount = Money(minor: Int64(dice.within(100...90_000)), currency: Self.currency)
      var instrument = Instrument(paymentMethod: drawCard())
      if dice.happens(1_000) { instrument = Instrument(hold: processor.hold(amount)) }
      inbox.append(
        InboxRow(
          payment: Self.paymentID(inbox.count + 1), amount: amount, instrument: instrument,
          authorizedAt: now.adding(.zero - dice.seconds(60...(dice.happens(1_000) ? 200_000 : 20_000)))))
    }
  }

  private func drawCard() -> String {
    let good = climate == .restores ? 7 : 13
    return switch dice.below(20) {
    case 0..<good: TestCard.good
    case good..<13: TestCard.poor
    case 13, 14: TestCard.poor
    case 15: TestCard.lost
    case 16, 17: TestCard.slow
    case 18: TestCard.slowFailing
    default: TestCard.unknown
    }
  }

  /// Some of those whose card did not pay bring another.
  func bringOtherCards() {
    for place in inbox.indices where inbox[place].instrument.hold == nil {
      let payment = store.payments[inbox[place].payment]
      guard payment?.state == .failed || dice.happens(300), dice.happens(6_000) else { continue }
      guard !TestCard.pays(inbox[place].instrument.paymentMethod) else { continue }
      let card = drawCard()
      inbox[place].instrument = Instrument(paymentMethod: card)
      inbox[place].authorizedAt = now
      note("customer brings \(card) for \(inbox[place].payment.short)")
    }
  }

  /// The processor's report until now: every charge, a row each.
  func report() -> [SimulatedOutcome] {
    let end = time - Int64(reportDelay) * 1_000_000
    let rows = processor.ledger.filter { $0.kind == .charge && $0.at.microseconds <= end }.compactMap { entry in
      processor.charges[entry.charge].map {
        SimulatedOutcome(
          rowID: entry.id, payment: entry.payment, intent: $0.intent, charge: entry.id, gross: entry.amount,
          at: entry.at)
      }
    }
    guard tellsTwice else { return rows }
    // Another export of the same charges, under row ids of its own.
    return rows
      + rows.map { row in
        var other = row
        other.rowID += "-again"
        return other
      }
  }
}
