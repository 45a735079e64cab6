import SettleModel

/// What a row moved, in the currency that it was settled in: `net` = `gross` − `fee`.
struct Settlement {
  var gross: Money
  /// Positive is what the processor keeps.
  var fee: Int64
  var net: Int64
  /// What rounding has left out of gross and net.
  var rest: OutcomeRecord.Rest?
  /// What the customer saw, where it differs.
  var presentment: Money?
}

/// Reads a row's amounts, and sees that they agree with each other.
struct SettlementReader {
  private let fields: FieldReader
  private let layout: Layout
  private let currency: Int?
  private let feeCurrency: Int?
  private let gross: AmountReader?
  private let fee: AmountReader?
  private let net: AmountReader?
  private let presentment: AmountReader?
  private let presentmentCurrency: Int?
  private let anyCase: Bool

  init(_ plan: ColumnPlan) {
    fields = FieldReader(plan)
    layout = plan.layout
    currency = plan.slot(.currency)
    feeCurrency = plan.slot(.feeCurrency)
    gross = AmountReader(plan, .gross)
    fee = AmountReader(plan, .fee)
    net = AmountReader(plan, .net)
    presentment = AmountReader(plan, .presentmentAmount)
    presentmentCurrency = plan.slot(.presentmentCurrency)
    anyCase = plan.layout.rules[.currency]?.anyCase ?? false
  }

  /// `kind` is nil where only the amount's sign will tell it.
  func read(_ record: RecordBuffer, _ kind: OutcomeKind?) throws(RowRefusal) -> Settlement {
    guard let currency = try fields.currency(record, currency, anyCase: anyCase) else {
      throw RowRefusal(self.currency, .missingValue, "this may not be empty")
    }
    var settlement =
      layout.excessDigits == .rounded
      ? try rounded(record, currency) : try exact(record, currency, kind)
    try checkFeeCurrency(record, settlement)
    settlement.presentment = try seen(record, settlement.gross)
    return settlement
  }

  private func exact(
    _ record: RecordBuffer, _ currency: Currency, _ kind: OutcomeKind?
  ) throws(RowRefusal) -> Settlement {
    guard gross != nil else { return try fromNet(record, currency) }
    let gross = try grossAmount(record, currency, kind)
    let fee = try feeAmount(record, currency, scale: .minor)
    let net = try difference(gross.minor, fee)
    if let written = try self.net?.read(record, in: currency), layout.sums != nil, written != net {
      throw disagreement
    }
    return Settlement(gross: gross, fee: fee, net: net)
  }

  /// Some files give what came out of it in the settlement currency, and what went in in the customer's alone.
  private func fromNet(_ record: RecordBuffer, _ currency: Currency) throws(RowRefusal) -> Settlement {
    guard let net = try net?.read(record, in: currency) else {
      throw RowRefusal(self.net?.slot, .missingValue, "without an amount the row says nothing about money")
    }
    let fee = try feeAmount(record, currency, scale: .minor)
    let (gross, overflow) = net.addingReportingOverflow(fee)
    guard !overflow else {
      throw RowRefusal(self.net?.slot, .invalidAmount, "net and fee together exceed 64 bits")
    }
    return Settlement(gross: Money(minor: gross, currency: currency), fee: fee, net: net)
  }

  /// The check is made on what is written; then gross and net are rounded to the currency's digits, half away from
  /// zero, and the fee is what lies between them, so that no fraction is lost or made within a row. What each has left
  /// is kept: a thousand rows that are all rounded up are not a thousand times that too much.
  private func rounded(_ record: RecordBuffer, _ currency: Currency) throws(RowRefusal) -> Settlement {
    guard let gross = try gross?.read(record, in: currency, scale: .fine) else {
      throw RowRefusal(self.gross?.slot, .missingValue, "without an amount the row says nothing about money")
    }
    let net = try difference(gross, try feeAmount(record, currency, scale: .fine))
    if let written = try self.net?.read(record, in: currency, scale: .fine), layout.sums != nil, written != net {
      throw disagreement
    }
    let kept = (gross: OutcomeRecord.Rest.rounded(gross), net: OutcomeRecord.Rest.rounded(net))
    return Settlement(
      gross: Money(minor: kept.gross, currency: currency), fee: kept.gross - kept.net, net: kept.net,
      rest: OutcomeRecord.Rest(
        gross: gross - kept.gross * OutcomeRecord.Rest.one, net: net - kept.net * OutcomeRecord.Rest.one))
  }

  private var disagreement: RowRefusal {
    RowRefusal(
      net?.slot, .sumsDisagree, "gross, fee and net of this row do not add up (\(layout.sums?.rawValue ?? ""))")
  }

  private func grossAmount(
    _ record: RecordBuffer, _ currency: Currency, _ kind: OutcomeKind?
  ) throws(RowRefusal) -> Money {
    let byKind = layout.signs == .byKind
    guard let written = try gross?.read(record, in: currency, signed: !byKind) else {
      // The contract's PaymentFailed carries no amount: nothing moved.
      if kind == .chargeFailed { return Money(minor: 0, currency: currency) }
      throw RowRefusal(gross?.slot, .missingValue, "without an amount the row says nothing about money")
    }
    guard byKind, let kind else { return Money(minor: written, currency: currency) }
    if written == 0, kind.movesMoney { throw RowRefusal(gross?.slot, .zeroAmount, "an amount of zero moves no money") }
    return Money(minor: kind.isNegative == true ? -written : written, currency: currency)
  }

  /// What the processor keeps, positive; where the layout says `net = gross + fee`, the file writes it with the sign of
  /// what happens to the balance.
  private func feeAmount(
    _ record: RecordBuffer, _ currency: Currency, scale: AmountReader.Scale
  ) throws(RowRefusal) -> Int64 {
    let written = try fee?.read(record, in: currency, scale: scale) ?? 0
    return layout.sums == .netIsGrossAndFee ? -written : written
  }

  private func difference(_ gross: Int64, _ fee: Int64) throws(RowRefusal) -> Int64 {
    let (net, overflow) = gross.subtractingReportingOverflow(fee)
    guard !overflow else { throw RowRefusal(self.gross?.slot, .invalidAmount, "gross and fee together exceed 64 bits") }
    return net
  }

  /// Amounts of two currencies cannot be put together.
  private func checkFeeCurrency(_ record: RecordBuffer, _ settlement: Settlement) throws(RowRefusal) {
    guard settlement.fee != 0, let written = try fields.currency(record, feeCurrency, anyCase: anyCase),
      written != settlement.gross.currency
    else { return }
    throw RowRefusal(
      feeCurrency, .sumsDisagree, "the fee is in another currency than the amount, so that they cannot be added up")
  }

  /// What the customer saw, with the sign of `gross`: reports differ in whether a refund's is negative. Where it is
  /// in the settlement's currency and gross is not in the file, the two must be the same.
  private func seen(_ record: RecordBuffer, _ gross: Money) throws(RowRefusal) -> Money? {
    guard let presentment, !presentment.isAbsent(record) else { return nil }
    guard let currency = try fields.currency(record, presentmentCurrency, anyCase: true) else {
      if presentment.isZero(record) { return nil }
      throw RowRefusal(presentmentCurrency, .missingValue, "without its currency what the customer saw says nothing")
    }
    let fine = layout.excessDigits == .rounded
    let written = try presentment.read(record, in: currency, scale: fine ? .fine : .minor)
    guard var minor = fine ? written.map(OutcomeRecord.Rest.rounded) : written else { return nil }
    if self.gross == nil, currency == gross.currency, minor != gross.minor {
      throw RowRefusal(
        net?.slot, .sumsDisagree, "gross, fee and net of this row are of one currency and do not add up")
    }
    if minor.signum() * gross.minor.signum() < 0 { minor = 0 - minor }
    let seen = Money(minor: minor, currency: currency)
    return seen == gross ? nil : seen
  }
}

/// Amounts in millionths of minor units.
enum FineAmount {
  /// Digits beyond the currency's own.
  static let digits = 6
}
