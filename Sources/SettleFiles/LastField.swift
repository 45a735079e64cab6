import SettleModel

/// Whether the last field of a file that ends without a line end is certainly whole.
///
/// A file that was cut inside that field cannot be told from one that merely lacks its last line end: `12` may have
/// been `1250`, `A-1` may have been `A-12`, and nothing at all a whole id. Such a row is believed only where the value
/// shows its own end, or where no other value could mean other money: a card's token that was cut is refused by the
/// processor, and a column that the layout does not read says nothing.
struct LastField: Sendable {
  private let slot: Int
  private let target: Target?
  private let isKind: Bool
  /// Whether rows are known by an id of their own rather than by all that they say.
  private let rowsHaveIDs: Bool

  init(_ plan: ColumnPlan) {
    slot = plan.columns.count - 1
    target = plan.target(readAt: plan.columns.count - 1)
    isKind = plan.kindSlot == plan.columns.count - 1
    rowsHaveIDs = plan.slot(.rowID) != nil
  }

  /// Why the last record of such a file is not believed, or nil where it is.
  func refusal(of record: RecordBuffer) -> RowRefusal? {
    guard let target, !isKind, !isWhole(record[slot], as: target) else { return nil }
    return RowRefusal(
      slot, .cutOff,
      "the file ends here without a line end, so this value may have been cut off; end the file with a line end,"
        + " or fetch it again")
  }

  private func isWhole(_ bytes: Bytes, as target: Target) -> Bool {
    if CardNumber.isUUID(bytes) { return true }
    let text = String(decoding: bytes, as: UTF8.self)
    switch target {
    // Three letters, or refused as no currency.
    case .currency, .presentmentCurrency, .feeCurrency: return !bytes.isEmpty
    // An offset ends it; without one only its length does, and a fraction might have followed.
    case .authorizedAt, .captureBefore, .occurredAt, .availableOn:
      return text.hasSuffix("Z") || Timestamp(rfc3339: text) != nil || bytes.count == 19
    case .paymentMethod, .processorCustomer: return !bytes.isEmpty
    case .reason: return rowsHaveIDs || FailureReason(rawValue: text) != nil
    default: return false
    }
  }
}
