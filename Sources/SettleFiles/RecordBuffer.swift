import SettleModel

/// Bytes that live only as long as the call that they are given to.
typealias Bytes = UnsafeBufferPointer<UInt8>

/// What a field was written as. CSV knows text alone; JSON tells the rest apart.
enum FieldForm: UInt8 {
  case absent, text, number, other
}

/// Sizes past which a row is refused instead of held in memory.
enum RowLimits {
  /// Bytes of one field.
  static let field = 64 * 1024
  /// Bytes of one record, all fields together.
  static let record = 1024 * 1024
  /// Columns of a header.
  static let columns = 4_096
}

/// The fields of one record, in memory that the next record reuses.
struct RecordBuffer {
  /// The physical line where the record starts, from 1.
  var line = 0
  /// How many fields the record has, also those that were not kept.
  private(set) var count = 0
  /// Why a line of JSON could not be read, if it could not.
  var problem: JSONProblem?
  /// Whether the record has ended.
  var isComplete = false
  /// The first field that is longer than ``RowLimits`` allow; its bytes were not kept.
  private(set) var tooLong: Int?
  private let bytes = UnsafeMutablePointer<UInt8>.allocate(capacity: RowLimits.record)
  private let spans = UnsafeMutablePointer<Span>.allocate(capacity: RowLimits.columns)
  private var used = 0

  private struct Span {
    var start: Int32
    var end: Int32
    var form: FieldForm
    /// Whether JSON has named it, if only as null.
    var isSeen = false
  }

  func deallocate() {
    bytes.deallocate()
    spans.deallocate()
  }

  /// Makes room for the next record: empty for CSV, with `slots` absent fields for JSON.
  mutating func reset(slots: Int = 0) {
    count = slots
    used = 0
    tooLong = nil
    isComplete = false
    problem = nil
    for slot in 0..<slots { spans[slot] = Span(start: 0, end: 0, form: .absent) }
  }

  /// Adds a field of CSV at the end.
  mutating func append(_ field: Bytes) {
    guard count < RowLimits.columns else {
      count += 1
      return
    }
    count += 1
    store(field, form: field.isEmpty ? .absent : .text, at: count - 1)
  }

  /// Notes that a field's bytes were thrown away while they were read.
  mutating func markTooLong() { if tooLong == nil { tooLong = count } }

  /// Keeps a field's bytes in a slot.
  mutating func store(_ field: Bytes, form: FieldForm, at slot: Int) {
    guard field.count <= RowLimits.field, used + field.count <= RowLimits.record else {
      if tooLong == nil { tooLong = slot }
      spans[slot] = Span(start: 0, end: 0, form: form)
      return
    }
    if let base = field.baseAddress { (bytes + used).update(from: base, count: field.count) }
    spans[slot] = Span(start: Int32(used), end: Int32(used + field.count), form: form)
    used += field.count
  }

  /// The bytes of a kept field, valid until the next record.
  subscript(slot: Int) -> Bytes {
    let span = spans[slot]
    return Bytes(start: bytes + Int(span.start), count: Int(span.end - span.start))
  }

  func isSeen(_ slot: Int) -> Bool { spans[slot].isSeen }

  func markSeen(_ slot: Int) { spans[slot].isSeen = true }

  func form(_ slot: Int) -> FieldForm { spans[slot].form }

  /// The texts of all kept fields, for headers.
  var texts: [String] { (0..<min(count, RowLimits.columns)).map { String(decoding: self[$0], as: UTF8.self) } }
}
