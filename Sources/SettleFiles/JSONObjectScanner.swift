import SettleModel

/// Why a line is no object that settle reads. It holds places alone, never what stood there.
enum JSONProblem: Error, Equatable {
  case notJSON
  case tooLong
  case repeatedName(slot: Int)
  /// A name that the layout does not know, and the nearest that it does.
  case unknownName(nearest: Int?)
  case cardNumber(slot: Int?)
}

/// Reads one JSON object strictly by RFC 8259, and its known values into a record's slots.
///
/// Foundation's decoder keeps the last of two equal names, and takes `12.0` and `1e3` for integers: what a person
/// may mean either way must not become an amount.
struct JSONObjectScanner {
  private let names: [String]
  private let nameBytes: [[UInt8]]
  private let guarded: [Bool]
  private var scratch: [UInt8] = []
  private static let deepest = 32

  var slots: Int { names.count }

  init(names: [String], unguarded: Set<String>) {
    self.names = names
    nameBytes = names.map { Array($0.utf8) }
    guarded = names.map { !unguarded.contains($0) }
  }

  /// Fills the record's slots. Of several problems, a card number is told first.
  mutating func scan(_ line: Bytes, into record: inout RecordBuffer) -> JSONProblem? {
    var cursor = JSONCursor(line)
    var problem: JSONProblem?
    do throws(JSONProblem) {
      try cursor.expect(UInt8(ascii: "{"))
      var more = try !cursor.take(UInt8(ascii: "}"))
      while more {
        let slot = try name(&cursor, &problem)
        if let slot, record.form(slot) != .absent || record.isSeen(slot), problem == nil {
          problem = .repeatedName(slot: slot)
        }
        try value(&cursor, slot: slot, depth: 0, into: &record)
        if let slot { record.markSeen(slot) }
        more = try cursor.take(UInt8(ascii: ","))
        if !more { try cursor.expect(UInt8(ascii: "}")) }
      }
      try cursor.expectEnd()
      return problem
    } catch {
      return error
    }
  }

  /// The names of an object, as far as they can be read.
  static func names(of line: Bytes) -> [String] {
    var scanner = JSONObjectScanner(names: [], unguarded: [])
    var record = RecordBuffer()
    defer { record.deallocate() }
    var cursor = JSONCursor(line)
    var names: [String] = []
    do throws(JSONProblem) {
      try cursor.expect(UInt8(ascii: "{"))
      repeat {
        try cursor.string(into: &scanner.scratch)
        names.append(String(decoding: scanner.scratch, as: UTF8.self))
        try cursor.expect(UInt8(ascii: ":"))
        try scanner.value(&cursor, slot: nil, depth: 0, into: &record)
      } while try cursor.take(UInt8(ascii: ","))
    } catch {
      return names
    }
    return names
  }

  /// The slot of the next name; an unknown one is noted.
  private mutating func name(
    _ cursor: inout JSONCursor, _ problem: inout JSONProblem?
  ) throws(JSONProblem) -> Int? {
    try cursor.string(into: &scratch)
    try cursor.expect(UInt8(ascii: ":"))
    if let slot = nameBytes.firstIndex(where: { $0 == scratch }) { return slot }
    try checkCard(slot: nil)
    if problem == nil {
      let written = String(decoding: scratch.prefix(64), as: UTF8.self)
      let nearest = NearestName.suggestion(for: written, among: names).flatMap(names.firstIndex)
      problem = .unknownName(nearest: nearest)
    }
    return nil
  }

  private mutating func value(
    _ cursor: inout JSONCursor, slot: Int?, depth: Int, into record: inout RecordBuffer
  ) throws(JSONProblem) {
    guard depth <= Self.deepest else { throw .notJSON }
    switch try cursor.peek() {
    case UInt8(ascii: "\""):
      try cursor.string(into: &scratch)
      try checkCard(slot: slot)
      store(.text, slot, depth, &record)
    case UInt8(ascii: "{"): try object(&cursor, slot: slot, depth: depth, into: &record)
    case UInt8(ascii: "["): try array(&cursor, slot: slot, depth: depth, into: &record)
    case UInt8(ascii: "t"): try word("true", &cursor, .other, slot, depth, &record)
    case UInt8(ascii: "f"): try word("false", &cursor, .other, slot, depth, &record)
    case UInt8(ascii: "n"): try word("null", &cursor, .absent, slot, depth, &record)
    default:
      scratch.removeAll(keepingCapacity: true)
      scratch.append(contentsOf: try cursor.number())
      try checkCard(slot: slot)
      store(.number, slot, depth, &record)
    }
  }

  private mutating func object(
    _ cursor: inout JSONCursor, slot: Int?, depth: Int, into record: inout RecordBuffer
  ) throws(JSONProblem) {
    try cursor.expect(UInt8(ascii: "{"))
    if try !cursor.take(UInt8(ascii: "}")) {
      repeat {
        try cursor.string(into: &scratch)
        try checkCard(slot: slot)
        try cursor.expect(UInt8(ascii: ":"))
        try value(&cursor, slot: slot, depth: depth + 1, into: &record)
      } while try cursor.take(UInt8(ascii: ","))
      try cursor.expect(UInt8(ascii: "}"))
    }
    storeOther(slot, depth, &record)
  }

  private mutating func array(
    _ cursor: inout JSONCursor, slot: Int?, depth: Int, into record: inout RecordBuffer
  ) throws(JSONProblem) {
    try cursor.expect(UInt8(ascii: "["))
    if try !cursor.take(UInt8(ascii: "]")) {
      repeat {
        try value(&cursor, slot: slot, depth: depth + 1, into: &record)
      } while try cursor.take(UInt8(ascii: ","))
      try cursor.expect(UInt8(ascii: "]"))
    }
    storeOther(slot, depth, &record)
  }

  private mutating func word(
    _ word: StaticString, _ cursor: inout JSONCursor, _ form: FieldForm, _ slot: Int?, _ depth: Int,
    _ record: inout RecordBuffer
  ) throws(JSONProblem) {
    try cursor.word(word)
    scratch.removeAll(keepingCapacity: true)
    store(form, slot, depth, &record)
  }

  private mutating func storeOther(_ slot: Int?, _ depth: Int, _ record: inout RecordBuffer) {
    scratch.removeAll(keepingCapacity: true)
    store(.other, slot, depth, &record)
  }

  /// Only a value of the object itself has a slot; what is nested in one is looked through and left.
  private func store(_ form: FieldForm, _ slot: Int?, _ depth: Int, _ record: inout RecordBuffer) {
    guard let slot, depth == 0 else { return }
    scratch.withUnsafeBufferPointer { record.store($0, form: form == .text && $0.isEmpty ? .absent : form, at: slot) }
  }

  private func checkCard(slot: Int?) throws(JSONProblem) {
    if let slot, !guarded[slot] { return }
    if scratch.withUnsafeBufferPointer({ CardNumber.mayBeHeld(in: $0) }) { throw .cardNumber(slot: slot) }
  }
}
