import SettleModel
import SettleTesting

/// Numbers that a seed decides: the same world again for the same seed.
struct Dice: RandomNumberGenerator {
  private var state: UInt64

  /// Seeds next to each other must not give streams that overlap.
  init(seed: UInt64) {
    state = seed &* 0xD129_0B26_85A3_C4E5 &+ 0x632B_E59B_D9B4_E019
    state = next()
  }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }

  mutating func rolls(_ chance: Int, in many: Int) -> Bool { Int.random(in: 0..<many, using: &self) < chance }
}

/// Some payments and what a processor reports of them, with every mistake that a processor makes.
struct RandomWorld {
  enum Answer: Sendable { case charged, declined, unknown }

  struct Order {
    var name: String
    var amount: Money
    var answer: Answer
  }

  var orders: [Order] = []
  var rows: [Reported] = []
  /// The same rows in files, of which some overlap.
  var files: [[Reported]] = []

  init(seed: UInt64, payment: (String) -> PaymentID) {
    var dice = Dice(seed: seed)
    for number in 0..<14 {
      let order = Order(
        name: "O\(number)",
        amount: Money(Int64.random(in: 1...4, using: &dice) * 1_000, dice.rolls(1, in: 3) ? "JPY" : "USD"),
        answer: dice.rolls(1, in: 6) ? .declined : dice.rolls(1, in: 6) ? .unknown : .charged)
      orders.append(order)
      report(order, payment(order.name), &dice)
    }
    for number in 0..<Int.random(in: 0...2, using: &dice) { rows.append(.charge("X\(number)", 700)) }
    for number in 0..<Int.random(in: 0...2, using: &dice) { rows.append(.other(.fee, -30, row: "fee\(number)")) }
    distribute(&dice)
  }

  private mutating func report(_ order: Order, _ payment: PaymentID, _ dice: inout Dice) {
    let (minor, currency) = (order.amount.minor, order.amount.currency.code)
    func claimed(_ row: Reported) -> Reported { row.changed { $0.references.payment = payment } }
    switch order.answer {
    case .declined where !dice.rolls(1, in: 3): return
    case .charged where dice.rolls(1, in: 6): break
    case .unknown where dice.rolls(1, in: 3): return
    default:
      let wrong: Int64 = dice.rolls(1, in: 5) ? 250 : 0
      let taken = dice.rolls(1, in: 8) ? "EUR" : currency
      if dice.rolls(1, in: 4) {
        rows.append(claimed(.charge(order.name, minor + wrong + 600, taken)))
        rows.append(claimed(.captureReversal(order.name, -600, taken)))
      } else {
        rows.append(claimed(.charge(order.name, minor + wrong, taken).fee(20)))
      }
    }
    guard order.answer == .charged else { return }
    for number in 0..<2 where dice.rolls(1, in: 7) {
      rows.append(claimed(.charge(order.name, minor, currency).under("\(order.name)D\(number)")))
    }
    if dice.rolls(1, in: 7) { rows.append(claimed(.refund(order.name, -100, currency, re: "re_\(order.name)"))) }
    if dice.rolls(1, in: 7) {
      rows.append(claimed(.dispute(order.name, -minor, currency, dp: "dp_\(order.name)")))
      if dice.rolls(1, in: 2) {
        let reversal = Reported.disputeReversal(order.name, minor, currency, dp: "dp_\(order.name)")
        rows.append(claimed(reversal.at(Timestamp(seconds: 1_795_250_000))))
      }
    }
  }

  private mutating func distribute(_ dice: inout Dice) {
    let count = Int.random(in: 1...3, using: &dice)
    files = Array(repeating: [], count: count)
    for row in rows.shuffled(using: &dice) {
      for file in 0..<count where dice.rolls(1, in: 3) { files[file].append(row) }
      let file = Int.random(in: 0..<count, using: &dice)
      files[file].append(row)
    }
  }
}

extension RandomWorld {
  /// The breaks that there should be: an obvious, quadratic matcher, for what is expected on the same date.
  func breaks(payment: (String) -> PaymentID) -> [String] {
    var lines: [String] = []
    func want(_ reason: BreakReason, _ order: String, _ expected: Money?, _ reported: Money?) {
      lines.append(
        "\(reason.rawValue) \(order) open \(expected?.description ?? "-")/\(reported?.description ?? "-")")
    }
    for order in orders {
      let mine = rows.map(\.record).filter { $0.references.payment == payment(order.name) }
      let charges = mine.filter { $0.kind == .charge || $0.kind == .captureReversal }
      let own = charges.filter { $0.references.processorPayment == "pi_\(order.name)" }
      if let first = own.first {
        let sum = Money(minor: own.reduce(0) { $0 + $1.gross.minor }, currency: first.gross.currency)
        let reason: BreakReason? =
          if sum.currency != order.amount.currency {
            .currencyMismatch
          } else if sum != order.amount {
            .amountMismatch
          } else if order.answer == .declined { .statusMismatch } else { nil }
        if let reason { want(reason, order.name, order.amount, sum) }
      } else if order.answer == .charged {
        want(.missingAtProcessor, order.name, order.amount, nil)
      }
      for row in charges where row.references.processorPayment != "pi_\(order.name)" {
        want(.duplicateCharge, order.name, nil, row.gross)
      }
      for row in mine where row.kind == .refund { want(.unexpectedRefund, order.name, nil, row.gross) }
      for row in mine where row.kind == .dispute {
        let reversed = mine.contains {
          $0.kind == .disputeReversal && $0.references.processorDispute == row.references.processorDispute
        }
        if !reversed { want(.dispute, order.name, nil, row.gross) }
      }
    }
    for row in rows.map(\.record) where row.kind == .charge && row.references.payment == nil {
      want(.unexpectedCharge, "-", nil, row.gross)
    }
    return lines.sorted()
  }
}
