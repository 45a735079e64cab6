/// What a processor has agreed to keep of each movement, so that what it kept can be judged.
///
/// The first term that fits a record counts. A record that none fits is not judged.
package struct FeeSchedule: Sendable, Equatable {
  package var terms: [FeeTerm]

  package init(_ terms: [FeeTerm] = []) { self.terms = terms }
}

/// One line of the agreement: for which records it holds, and what their fee is to be.
///
/// All amounts are minor units of the settlement currency, in which processors state their fees. A term without a
/// currency holds in each of them and has no amounts, only its percentage.
package struct FeeTerm: Sendable, Equatable {
  /// The movements that processors charge for.
  package enum Kind: String, Sendable, CaseIterable {
    case charge, refund, dispute
  }

  /// What becomes of the fraction of a minor unit that the percentage gives.
  package enum Rounding: String, Sendable, CaseIterable {
    /// A half is rounded away from zero.
    case halfUp = "half_up"
    /// A half is rounded to the even neighbour.
    case halfEven = "half_even"
  }

  package var processor: String
  package var kind: Kind
  /// The processor's word for the payment method, in small letters; nil for any, also where a file names none.
  package var method: String?
  /// The settlement currency; nil for any.
  package var currency: Currency?
  /// Of what moved before fees.
  package var percent: Percent
  package var rounding: Rounding
  package var fixed: Int64
  package var minimum: Int64?
  package var cap: Int64?
  /// How far the fee may be from what is expected, to either side.
  package var tolerance: Int64

  package init(
    processor: String, kind: Kind = .charge, method: String? = nil, currency: Currency? = nil,
    percent: Percent = .zero, rounding: Rounding = .halfUp, fixed: Int64 = 0, minimum: Int64? = nil, cap: Int64? = nil,
    tolerance: Int64 = 0
  ) {
    self.processor = processor
    self.kind = kind
    self.method = method
    self.currency = currency
    self.percent = percent
    self.rounding = rounding
    self.fixed = fixed
    self.minimum = minimum
    self.cap = cap
    self.tolerance = tolerance
  }

  /// The fee in minor units for a movement of `gross` minor units, whichever its sign: the rounded percentage and the
  /// fixed part, then at least the minimum, then at most the cap. Nil where 64 bits do not hold it.
  package func expected(of gross: Int64) -> Int64? {
    let whole = Int128(Percent.whole)
    let (share, rest) = (Int128(gross.magnitude) * Int128(percent.millionths)).quotientAndRemainder(dividingBy: whole)
    let roundsUp = rest * 2 > whole || rest * 2 == whole && (rounding == .halfUp || share % 2 == 1)
    var fee = share + (roundsUp ? 1 : 0) + Int128(fixed)
    if let minimum { fee = max(fee, Int128(minimum)) }
    if let cap { fee = min(fee, Int128(cap)) }
    return Int64(exactly: fee)
  }

  /// The agreement in short, as a break's rule: `visa 2.9% + 0.30 USD`, `refund 0.10 EUR`.
  package var summary: String {
    var parts = [kind == .charge ? nil : kind.rawValue, method].compactMap(\.self)
    let share = percent == .zero ? nil : percent.description
    let amount = currency.flatMap { fixed == 0 && share != nil ? nil : Money(minor: fixed, currency: $0).description }
    parts.append([share, amount].compactMap(\.self).joined(separator: " + "))
    return parts.filter { !$0.isEmpty }.joined(separator: " ")
  }
}
