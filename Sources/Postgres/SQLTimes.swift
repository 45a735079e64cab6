/// An instant, for `timestamptz`: microseconds since 1970-01-01 00:00 UTC.
///
/// `Int64.max` and `Int64.min` are PostgreSQL's `infinity` and `-infinity`.
package struct PostgresTimestamp: Hashable, Comparable, Sendable, SQLEncodable, SQLDecodable {
  package var microsecondsSinceUnixEpoch: Int64

  package init(microsecondsSinceUnixEpoch: Int64) { self.microsecondsSinceUnixEpoch = microsecondsSinceUnixEpoch }

  package static func < (left: Self, right: Self) -> Bool {
    left.microsecondsSinceUnixEpoch < right.microsecondsSinceUnixEpoch
  }

  package static var sqlType: SQLType { .timestamptz }

  /// PostgreSQL counts from 2000-01-01.
  private static var epoch: Int64 { 946_684_800_000_000 }

  package func encode(into buffer: inout SQLBuffer) {
    let micros = microsecondsSinceUnixEpoch
    if micros == .max || micros == .min { return buffer.write(micros) }
    let shifted = micros.subtractingReportingOverflow(Self.epoch)
    // Far outside what the server takes, so that it refuses the value rather than keep a wrong one.
    buffer.write(shifted.overflow ? Int64.min + 1 : shifted.partialValue)
  }

  package init(sql value: SQLValue) throws {
    let micros = try value.integer(Int64.self, of: .timestamptz)
    if micros == .max || micros == .min {
      self.init(microsecondsSinceUnixEpoch: micros)
      return
    }
    let shifted = micros.addingReportingOverflow(Self.epoch)
    guard !shifted.overflow else { throw SQLMismatch(found: "\(value.type) outside 64 bits of microseconds") }
    self.init(microsecondsSinceUnixEpoch: shifted.partialValue)
  }
}

/// A calendar day, for `date`: days since 1970-01-01.
package struct PostgresDate: Hashable, Comparable, Sendable, SQLEncodable, SQLDecodable {
  package var daysSinceUnixEpoch: Int

  package init(daysSinceUnixEpoch: Int) { self.daysSinceUnixEpoch = daysSinceUnixEpoch }

  package static func < (left: Self, right: Self) -> Bool { left.daysSinceUnixEpoch < right.daysSinceUnixEpoch }

  package static var sqlType: SQLType { .date }

  private static var epoch: Int { 10_957 }

  /// A day outside 32 bits is sent as one that the server refuses (`date out of range`).
  package func encode(into buffer: inout SQLBuffer) {
    let shifted = daysSinceUnixEpoch.subtractingReportingOverflow(Self.epoch)
    let days = shifted.overflow ? nil : Int32(exactly: shifted.partialValue)
    buffer.write(days.flatMap { $0 == .max || $0 == .min ? nil : $0 } ?? Int32.max - 1)
  }

  package init(sql value: SQLValue) throws {
    let days = try value.integer(Int32.self, of: .date)
    guard days != .max, days != .min else { throw SQLMismatch(found: "an infinite date") }
    self.init(daysSinceUnixEpoch: Int(days) + Self.epoch)
  }
}
