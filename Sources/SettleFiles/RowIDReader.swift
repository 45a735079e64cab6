/// Reads the processor's own id of a row: one column, or several that tell rows apart together.
struct RowIDReader {
  private let fields: FieldReader
  private let slots: [Int]
  private let isJoined: Bool

  init(_ plan: ColumnPlan) {
    fields = FieldReader(plan)
    let rule = plan.layout.rules[.rowID]
    isJoined = rule?.isJoined ?? false
    let found = plan.slots(.rowID)
    slots = isJoined ? (found.count == rule?.columns.count ? found : []) : Array(found.prefix(1))
  }

  /// Nil where the row has none, or not every part of it.
  func read(_ record: RecordBuffer) throws(RowRefusal) -> String? {
    guard isJoined else { return try fields.processorID(record, slots.first) }
    return try fields.joined(record, slots)
  }
}

extension FieldReader {
  /// The ids of several columns with a stroke between them; nil where one of them is empty.
  func joined(_ record: RecordBuffer, _ slots: [Int]) throws(RowRefusal) -> String? {
    var parts: [String] = []
    for slot in slots {
      guard let part = try processorID(record, slot) else { return nil }
      parts.append(part)
    }
    return parts.isEmpty ? nil : parts.joined(separator: "/")
  }
}
