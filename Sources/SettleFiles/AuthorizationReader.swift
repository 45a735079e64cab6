import SettleModel

/// Types the records of a layout of authorizations. A class, since it is handed on for every record.
final class AuthorizationReader {
  private let fields: FieldReader
  private let order: Int?
  private let repeatedOrder: Int?
  private let authorization: Int?
  private let customer: Int?
  private let amount: Int?
  private let currency: Int?
  private let paymentMethod: Int?
  private let processorCustomer: Int?
  private let hold: Int?
  private let authorizedAt: Int?
  private let captureBefore: Int?
  private let processor: Int?
  private let uuidSlots: [Int]
  private let anyCase: Bool
  private let knownProcessors: [String]?

  /// - Parameter processors: those that a row may name; nil for any.
  init(_ plan: ColumnPlan, processors: [String]? = nil) {
    knownProcessors = processors
    fields = FieldReader(plan)
    order = plan.slot(.orderReference)
    repeatedOrder = plan.slot(.repeatedOrder)
    authorization = plan.slot(.authorizationID)
    customer = plan.slot(.customer)
    amount = plan.slot(.amount)
    currency = plan.slot(.currency)
    paymentMethod = plan.slot(.paymentMethod)
    processorCustomer = plan.slot(.processorCustomer)
    hold = plan.slot(.hold)
    authorizedAt = plan.slot(.authorizedAt)
    captureBefore = plan.slot(.captureBefore)
    processor = plan.slot(.processor)
    uuidSlots = Target.ofAuthorizations.filter { plan.layout.rules[$0]?.mustBeUUID == true }.compactMap(plan.slot)
    anyCase = plan.layout.rules[.currency]?.anyCase ?? false
  }

  func read(_ record: RecordBuffer) throws(RowRefusal) -> Authorization {
    for slot in uuidSlots { _ = try fields.uuid(record, slot) }
    guard let reference = try fields.identifier(record, order) else {
      throw RowRefusal(order, .missingValue, "this may not be empty")
    }
    if let repeated = try fields.identifier(record, repeatedOrder), repeated != reference {
      throw RowRefusal(repeatedOrder, .invalidIdentifier, "this must be the same order as the cart, or be left out")
    }
    let money = try money(record)
    return Authorization(
      orderReference: reference, authorizationID: try fields.identifier(record, authorization),
      customerReference: try fields.identifier(record, customer), amount: money, instrument: try instrument(record),
      authorizedAt: try fields.instant(record, authorizedAt), processor: try processorName(record), line: record.line)
  }

  /// A name as pipeline files spell processors. Spreadsheets write it with a capital letter, which names no other one.
  private func processorName(_ record: RecordBuffer) throws(RowRefusal) -> String? {
    guard let text = try fields.text(record, processor)?.lowercased() else { return nil }
    guard ProcessorName.isOne(text) else {
      throw RowRefusal(
        processor, .invalidIdentifier, "this must be a processor's name: up to 64 letters, digits, - _ and .")
    }
    guard let knownProcessors, !knownProcessors.contains(text) else { return text }
    let meant = NearestName.meant(by: text, among: knownProcessors).map { "did you mean \($0)? " } ?? ""
    throw RowRefusal(
      processor, .unknownProcessor,
      "no file of the pipeline tells what this processor charges, so nobody would miss it; \(meant)where the name is"
        + " right, add it to import.processors in the pipeline and give the row again in a new file")
  }

  private func money(_ record: RecordBuffer) throws(RowRefusal) -> Money {
    guard let currency = try fields.currency(record, currency, anyCase: anyCase) else {
      throw RowRefusal(currency, .missingValue, "this may not be empty")
    }
    guard let minor = try fields.amount(record, amount, in: currency, signed: false) else {
      throw RowRefusal(amount, .missingValue, "this may not be empty")
    }
    guard minor > 0 else { throw RowRefusal(amount, .zeroAmount, "an amount of zero cannot be charged") }
    return Money(minor: minor, currency: currency)
  }

  private func instrument(_ record: RecordBuffer) throws(RowRefusal) -> Instrument {
    Instrument(
      paymentMethod: try fields.processorID(record, paymentMethod),
      processorCustomer: try fields.processorID(record, processorCustomer),
      hold: try fields.processorID(record, hold), captureBefore: try fields.instant(record, captureBefore))
  }
}
