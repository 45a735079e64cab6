import Faults
import SettleModel

extension OutcomeRecord {
  /// What the record says, as a name: two rows of a processor that say the same have the same content, wherever they
  /// stand.
  func content(of processor: String) -> OutcomeID { OutcomeID(naming: "outcome-content", processor, contentText) }

  /// The record's identity, which is for ever: the processor's own row id where the file has one.
  ///
  /// A row without an id is known by its content; the store tells twins of one file apart by their occurrence.
  func identity(processor: String, content: OutcomeID) -> OutcomeID {
    guard let rowID else { return content }
    if Defect.dedupeOff.isSeeded { return OutcomeID(naming: rowID, "\(UInt64.random(in: 0 ... .max))") }
    return OutcomeID(naming: "outcome", processor, rowID)
  }

  /// Every field but the line, joined by the ASCII unit separator, which no accepted text holds.
  private var contentText: String {
    var text = kind.rawValue
    func add(_ part: String?) {
      text += "\u{1F}"
      if let part { text += part }
    }
    add(rowID)
    add(String(occurredAt.microseconds))
    add(availableOn.map { String($0.microseconds) })
    add(gross.currency.code)
    add(String(gross.minor))
    add(String(fee))
    add(String(net))
    add(presentment?.currency.code)
    add(presentment.map { String($0.minor) })
    add(references.payment?.description)
    add(references.refund?.description)
    add(references.order)
    add(references.processorPayment)
    add(references.processorCharge)
    add(references.processorRefund)
    add(references.processorDispute)
    add(references.payout)
    add(reason)
    // Named, so that none can be taken for another, and left out where there is none: what was read before there were
    // these keeps its content.
    if let method { add("method=" + method) }
    if let exchangeRate { add("rate=" + exchangeRate.text) }
    if let batch { add("batch=" + batch) }
    // What a row without an id says is its identity, and must stay what it was.
    if let rest, rowID != nil { add("rest=\(rest.gross)/\(rest.net)") }
    return text
  }
}
