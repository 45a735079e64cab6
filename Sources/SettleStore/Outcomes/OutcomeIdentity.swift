import Faults
import SettleModel

extension OutcomeRecord {
  /// What the record says, as a name: two rows of a processor that say the same have the same content, wherever they
  /// stand.
  func content(of processor: String) -> OutcomeID {
    var name: [UInt8] = []
    name.reserveCapacity(512)
    name += "outcome-content".utf8
    name.add(processor)
    addContent(to: &name)
    return OutcomeID(naming: name)
  }

  /// The record's identity, which is for ever: the processor's own row id where the file has one.
  ///
  /// A row without an id is known by its content; the store tells twins of one file apart by their occurrence.
  func identity(processor: String, content: OutcomeID) -> OutcomeID {
    guard let rowID else { return content }
    if Defect.dedupeOff.isSeeded { return OutcomeID(naming: rowID, "\(UInt64.random(in: 0 ... .max))") }
    return OutcomeID(naming: "outcome", processor, rowID)
  }

  /// Every field but the line, each after the ASCII unit separator, which no accepted text holds.
  private func addContent(to name: inout [UInt8]) {
    name.add(kind.rawValue)
    name.add(rowID)
    name.add(String(occurredAt.microseconds))
    name.add(availableOn.map { String($0.microseconds) })
    name.add(gross.currency.code)
    name.add(String(gross.minor))
    name.add(String(fee))
    name.add(String(net))
    name.add(presentment?.currency.code)
    name.add(presentment.map { String($0.minor) })
    name.add(references.payment?.description)
    name.add(references.refund?.description)
    name.add(references.order)
    name.add(references.processorPayment)
    name.add(references.processorCharge)
    name.add(references.processorRefund)
    name.add(references.processorDispute)
    name.add(references.payout)
    name.add(reason)
    // Named, so that none can be taken for another, and left out where there is none: what was read before there were
    // these keeps its content.
    if let method { name.add("method=" + method) }
    if let exchangeRate { name.add("rate=" + exchangeRate.text) }
    if let batch { name.add("batch=" + batch) }
    // What a row without an id says is its identity, and must stay what it was.
    if let rest, rowID != nil { name.add("rest=\(rest.gross)/\(rest.net)") }
  }
}

extension [UInt8] {
  fileprivate mutating func add(_ part: String?) {
    append(0x1F)
    if let part { self += part.utf8 }
  }
}
