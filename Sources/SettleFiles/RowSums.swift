import SettleModel

/// What the rows of a part of a file come to, by currency, in minor units without signs.
struct RowSums {
  struct Sums: Equatable {
    var grossCredits: Int64 = 0
    var grossDebits: Int64 = 0
    var feeCredits: Int64 = 0
    var feeDebits: Int64 = 0
    /// The part of the gross amounts that is payouts.
    var payoutCredits: Int64 = 0
    var payoutDebits: Int64 = 0

    fileprivate mutating func add(_ gross: Int64, fee: Int64, isPayout: Bool) {
      let amount = Int64(clamping: gross.magnitude)
      if gross >= 0 { grossCredits &+= amount } else { grossDebits &+= amount }
      if isPayout, gross >= 0 { payoutCredits &+= amount }
      if isPayout, gross < 0 { payoutDebits &+= amount }
      if fee >= 0 { feeCredits &+= fee } else { feeDebits &+= Int64(clamping: fee.magnitude) }
    }
  }

  /// In the order in which the currencies first came.
  private(set) var currencies: [(currency: Currency, sums: Sums)] = []

  /// A wrapped sum would be a wrong total, and is told as one.
  mutating func add(_ gross: Int64, fee: Int64, isPayout: Bool, _ currency: Currency) {
    let place = currencies.firstIndex { $0.currency == currency } ?? currencies.count
    if place == currencies.count { currencies.append((currency, Sums())) }
    currencies[place].sums.add(gross, fee: fee, isPayout: isPayout)
  }

  func sums(of currency: Currency) -> Sums { currencies.first { $0.currency == currency }?.sums ?? Sums() }
}
