/// One order of a made world: what it agreed to pay, and what its processor reports of it.
struct WorldOrder {
  enum Difference {
    case none
    /// The processor's report does not have it.
    case missing
    /// Another amount was taken than was agreed.
    case otherAmount
    /// It was charged twice.
    case duplicate
    /// A part was given back that nobody had asked settle for.
    case refunded
  }

  let dice: Dice
  let currency: WorldCurrency
  /// Minor units.
  let amount: Int64
  let difference: Difference

  /// In ten thousand: 1% missing and 1% with another amount, as in the figures that settle is compared with.
  init(seed: UInt64, row: Int) {
    dice = Dice(seed: seed, row: row)
    currency =
      switch dice[1] % 20 {
      case 0: .jpy
      case 1...3: .eur
      default: .usd
      }
    amount = 100 + Int64(dice[2] % 49_900)
    difference =
      switch dice[3] % 10_000 {
      case 0..<100: .missing
      case 100..<200: .otherAmount
      case 200..<210: .duplicate
      case 210..<220: .refunded
      default: .none
      }
  }

  /// What was taken, in minor units.
  var taken: Int64 { difference == .otherAmount ? amount + 1 + Int64(dice[4] % 99) : amount }

  /// What was given back, in minor units; never all of it.
  var givenBack: Int64 { max(1, amount / 2) }

  /// What a processor keeps of a charge: 2.9% and 30.
  static func fee(of gross: Int64) -> Int64 { (gross * 29 + 500) / 1_000 + 30 }
}

enum WorldCurrency: Int, CaseIterable {
  case usd, eur, jpy

  var digits: Int { self == .jpy ? 0 : 2 }

  var upper: StaticString {
    switch self {
    case .usd: "USD"
    case .eur: "EUR"
    case .jpy: "JPY"
    }
  }

  var lower: StaticString {
    switch self {
    case .usd: "usd"
    case .eur: "eur"
    case .jpy: "jpy"
    }
  }
}
