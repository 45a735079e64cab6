import SettleModel
import SettleTesting

@testable import SettleStore

/// A few payments and what two processors report of them over three nights, with every mistake that a processor makes.
///
/// Many such worlds live in one store: their names differ, and no two of them have amounts in common, so that none can
/// be taken for another's.
struct SmallWorld {
  enum Answer: Sendable { case charged, declined, unknown, elsewhere }

  struct Payment {
    var order: String
    var authorization: String?
    var amount: Money
    var answer: Answer
    let id: PaymentID
    var processor: String { answer == .elsewhere ? "adyen" : "stripe" }
    var name: String { order + (authorization.map { "/\($0)" } ?? "") }

    init(order: String, authorization: String?, amount: Money, answer: Answer) {
      self.order = order
      self.authorization = authorization
      self.amount = amount
      self.answer = answer
      id = PaymentID(merchant: "default", authorizationID: authorization, orderReference: order)
    }
  }

  struct Refund {
    var payment: Payment
    var amount: Int64
    var id: RefundID
    var reference: String
  }

  struct Row {
    var record: OutcomeRecord
    var processor: String
    /// The night whose file has it first.
    var night: Int
    let id: OutcomeID
    var name: String { record.rowID ?? "event" }

    init(record: OutcomeRecord, processor: String, night: Int) {
      self.record = record
      self.processor = processor
      self.night = night
      id = record.identity(processor: processor, content: record.content(of: processor))
    }
  }

  static let nights = 3
  let name: String
  private(set) var payments: [Payment] = []
  private(set) var refunds: [Refund] = []
  private(set) var rows: [Row] = []
  private var dice: Dice
  private let base: Int64
  private let noon: Timestamp

  init(_ number: Int, seed: UInt64, noon: Timestamp) {
    name = "W\(number)"
    dice = Dice(seed: seed &* 1_000_003 &+ UInt64(number))
    base = 10_000 + Int64(number) * 60
    self.noon = noon
    let code = ["JPY", "USD", "KWD"].randomElement(using: &dice) ?? "USD"
    for number in 0..<Int.random(in: 1...4, using: &dice) { authorize("\(name).\(number)", code) }
    for payment in payments { report(payment) }
    for number in 0..<2 where dice.rolls(1, in: 6) {
      let known = payments.contains { $0.answer == .elsewhere } ? "adyen" : "stripe"
      add(.charge("\(name).X\(number)", base, code).naming(.init(order: "\(name).X\(number)")), of: known)
    }
    if dice.rolls(1, in: 5) { add(.other(.fee, -30, code, row: "\(name).fee"), of: "stripe") }
  }

  private mutating func authorize(_ order: String, _ code: String) {
    let amount = Money(base + (dice.rolls(1, in: 3) ? 30 : 0), code)
    let answer: Answer =
      [.charged, .charged, .charged, .elsewhere, .elsewhere, .declined, .unknown].randomElement(using: &dice)
      ?? .charged
    guard answer == .elsewhere, dice.rolls(1, in: 3) else {
      payments.append(Payment(order: order, authorization: nil, amount: amount, answer: answer))
      return
    }
    for number in 0..<Int.random(in: 1...3, using: &dice) {
      let more: Int64 = dice.rolls(1, in: 2) ? 20 : 0
      payments.append(
        Payment(
          order: order, authorization: "\(order)a\(number)", amount: Money(amount.minor + more, code), answer: answer))
    }
  }

  private mutating func report(_ payment: Payment) {
    guard payment.answer != .declined || dice.rolls(1, in: 3) else { return }
    guard !dice.rolls(1, in: 6) else { return }
    let (minor, code) = (payment.amount.minor, payment.amount.currency.code)
    let taken = minor + ([0, 0, 0, 0, 2, -2, 7].randomElement(using: &dice) ?? 0)
    switch Int.random(in: 0..<10, using: &dice) {
    case 0 where payment.answer == .elsewhere:
      let part = Int64.random(in: 1..<minor, using: &dice)
      for (number, amount) in [part, taken - part].enumerated() where amount > 0 {
        add(named(.charge(payment.name, amount, code).under("\(payment.name)p\(number)"), payment), of: payment)
      }
    case 0...1:
      add(named(.charge(payment.name, taken + 500, code), payment), of: payment)
      add(named(.captureReversal(payment.name, -500, code), payment), of: payment)
    case 2...3: add(nameless(.charge(payment.name, taken, code)), of: payment)
    case 4: add(named(.charge(payment.name, taken, dice.rolls(1, in: 4) ? "EUR" : code), payment), of: payment)
    default: add(named(.charge(payment.name, taken, code).fee(20), payment), of: payment)
    }
    mistake(payment, minor, code)
    giveBack(payment, minor, code)
  }

  /// A second charge, a row of another processor, an event that tells the charge once more.
  private mutating func mistake(_ payment: Payment, _ minor: Int64, _ code: String) {
    for number in 0..<2 where dice.rolls(1, in: 8) {
      add(named(.charge(payment.name, minor, code).under("\(payment.name)D\(number)"), payment), of: payment)
    }
    if dice.rolls(1, in: 12) {
      let row = Reported.charge(payment.name, minor, code).naming(.init(order: payment.order))
      add(row.row("other_\(payment.name)"), of: payment.processor == "adyen" ? "stripe" : "adyen")
    }
    if dice.rolls(1, in: 12) {
      add(nameless(.charge(payment.name, minor, code)).row("again_\(payment.name)"), of: payment)
    }
    if payment.answer == .charged, dice.rolls(1, in: 8) {
      add(named(.charge(payment.name, minor, code), payment).row(nil), of: payment)
    }
  }

  private mutating func giveBack(_ payment: Payment, _ minor: Int64, _ code: String) {
    if payment.answer == .charged, dice.rolls(1, in: 5) {
      let reference = "re_\(payment.name)"
      let refund = Refund(payment: payment, amount: 100, id: RefundID(naming: reference), reference: reference)
      refunds.append(refund)
      for number in 0..<2 where dice.rolls(2, in: 3) {
        let amount: Int64 = dice.rolls(1, in: 5) ? -90 : -100
        let row = Reported.refund(payment.name, amount, code, re: reference).row("txn_\(reference)_\(number)")
        let claimed = row.changed { $0.references.payment = payment.id }
        add(dice.rolls(1, in: 2) ? claimed : claimed.changed { $0.references.refund = refund.id }, of: payment)
      }
    }
    if dice.rolls(1, in: 10) {
      unasked(payment, code)
    }
    if dice.rolls(1, in: 10) {
      add(named(.dispute(payment.name, -minor, code, dp: "dp_\(payment.name)"), payment), of: payment)
      if dice.rolls(1, in: 2) {
        let row = Reported.disputeReversal(payment.name, minor, code, dp: "dp_\(payment.name)")
        add(named(row, payment), of: payment, after: 10)
      }
    }
  }

  /// A refund of nobody's, which may come back, in time or in another amount, and go once more.
  private mutating func unasked(_ payment: Payment, _ code: String) {
    let reference = "re_\(payment.name)X"
    add(named(.refund(payment.name, -50, code, re: reference), payment), of: payment)
    guard dice.rolls(1, in: 2) else { return }
    let amount: Int64 = dice.rolls(1, in: 6) ? 40 : 50
    add(named(.refundFailure(payment.name, amount, code, re: reference), payment), of: payment, after: 1)
    guard dice.rolls(1, in: 3) else { return }
    add(
      named(.refund(payment.name, -50, code, re: reference).row("again_\(reference)"), payment), of: payment, after: 2)
  }

  /// A row names its payment, or no more than its order; what settle charged itself may be named by its charge alone.
  private mutating func named(_ row: Reported, _ payment: Payment) -> Reported {
    switch Int.random(in: 0..<4, using: &dice) {
    case 0:
      row.changed {
        $0.references = .init(
          order: payment.order, processorCharge: $0.references.processorCharge,
          processorRefund: $0.references.processorRefund, processorDispute: $0.references.processorDispute)
      }
    case 1 where payment.answer == .charged: row
    default: row.changed { $0.references.payment = payment.id }
    }
  }

  /// A row names nothing that settle knows, or an authorization where a processor's own id should be.
  private mutating func nameless(_ row: Reported) -> Reported {
    guard let payment = payments.first(where: { $0.name == row.record.rowID?.dropFirst(4).description }) else {
      return row.naming(.init())
    }
    switch Int.random(in: 0..<4, using: &dice) {
    case 0: return row.naming(.init(processorPayment: payment.authorization ?? "psp_\(payment.name)"))
    default: return row.naming(.init())
    }
  }

  private mutating func add(_ row: Reported, of payment: Payment, after minutes: Int64 = 0) {
    add(row, of: payment.processor, after: minutes)
  }

  /// Rows come on any night and tell of the days around it; some in the very same instant.
  private mutating func add(_ row: Reported, of processor: String, after minutes: Int64 = 0) {
    let day = [-1, 0, 0, 0, 1, 2].randomElement(using: &dice) ?? 0
    let minute = Int64.random(in: 0..<2, using: &dice) + minutes
    let night = [0, 0, 0, 1, 2].randomElement(using: &dice) ?? 0
    let instant = noon.adding(.seconds(day * 86_400 + Int(minute) * 60))
    rows.append(Row(record: row.at(instant).record, processor: processor, night: night))
  }
}
