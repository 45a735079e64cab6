/// An instant in UTC, in microseconds since 1970, the resolution that PostgreSQL keeps.
package struct Timestamp: Hashable, Sendable, Comparable, CustomStringConvertible {
  package var microseconds: Int64

  package init(microseconds: Int64) { self.microseconds = microseconds }

  package init(seconds: Int64) { microseconds = seconds * 1_000_000 }

  /// Whole seconds since 1970, rounded towards the past.
  package var seconds: Int64 { microseconds.dividing(by: 1_000_000).quotient }

  package static func < (left: Timestamp, right: Timestamp) -> Bool { left.microseconds < right.microseconds }

  package func adding(_ duration: Duration) -> Timestamp {
    let (seconds, attoseconds) = duration.components
    return Timestamp(microseconds: microseconds + seconds * 1_000_000 + attoseconds / 1_000_000_000_000)
  }

  package func since(_ earlier: Timestamp) -> Duration { .microseconds(microseconds - earlier.microseconds) }

  /// RFC 3339 in UTC, with a fraction only where there is one: `2026-11-20T08:05:00Z`.
  package var description: String {
    let (seconds, micros) = microseconds.dividing(by: 1_000_000)
    let (day, second) = seconds.dividing(by: 86_400)
    let time = [second / 3_600, second / 60 % 60, second % 60].map { padded($0, 2) }.joined(separator: ":")
    var fraction = micros == 0 ? "" : "." + padded(micros, 6)
    while fraction.hasSuffix("0") { fraction.removeLast() }
    return "\(BusinessDate(daysSinceEpoch: Int(day)))T\(time)\(fraction)Z"
  }

  /// Reads RFC 3339: a date, `T` or a blank, a time with an optional fraction, and `Z` or a numeric offset.
  ///
  /// A time without an offset is refused: which zone it means is the layout's business.
  package init?(rfc3339 bytes: UnsafeBufferPointer<UInt8>) {
    guard let local = LocalTime(bytes), let offset = LocalTime.offset(bytes[local.end...]) else { return nil }
    self.init(microseconds: local.microseconds - Int64(offset) * 1_000_000)
  }

  /// The same for a text.
  package init?(rfc3339 text: some StringProtocol) {
    guard let instant = Array(text.utf8).withUnsafeBufferPointer({ Timestamp(rfc3339: $0) }) else { return nil }
    self = instant
  }

  /// Reads a date and time that has no offset, as UTC.
  package init?(utcWithoutOffset bytes: UnsafeBufferPointer<UInt8>) {
    guard let local = LocalTime(bytes), local.end == bytes.count else { return nil }
    self.init(microseconds: local.microseconds)
  }

  /// The same for a text.
  package init?(utcWithoutOffset text: some StringProtocol) {
    guard let instant = Array(text.utf8).withUnsafeBufferPointer({ Timestamp(utcWithoutOffset: $0) }) else {
      return nil
    }
    self = instant
  }
}

/// A date and a time of day as written, before any zone is applied to it.
private struct LocalTime {
  var microseconds: Int64
  /// Where the time of day ends in the bytes that were read.
  var end: Int

  init?(_ bytes: UnsafeBufferPointer<UInt8>) {
    guard bytes.count >= 19, bytes[10] == UInt8(ascii: "T") || bytes[10] == UInt8(ascii: "t") || bytes[10] == 0x20,
      bytes[13] == UInt8(ascii: ":"), bytes[16] == UInt8(ascii: ":"),
      let date = BusinessDate(utf8: UnsafeBufferPointer(rebasing: bytes[0..<10])),
      let hour = number(bytes[11..<13]), hour < 24, let minute = number(bytes[14..<16]), minute < 60,
      let second = number(bytes[17..<19]), second < 60
    else { return nil }
    end = 19
    var fraction: Int64 = 0
    if bytes.count > 19, bytes[19] == UInt8(ascii: ".") {
      end = bytes[20...].firstIndex { $0 < UInt8(ascii: "0") || $0 > UInt8(ascii: "9") } ?? bytes.count
      guard (1...9).contains(end - 20), let figures = number(bytes[20..<min(end, 26)]) else { return nil }
      fraction = (min(end - 20, 6)..<6).reduce(Int64(figures)) { value, _ in value * 10 }
    }
    let seconds = Int64(date.daysSinceEpoch) * 86_400 + Int64(hour * 3_600 + minute * 60 + second)
    microseconds = seconds * 1_000_000 + fraction
  }

  /// Seconds east of UTC of `Z`, `+02:00` or `-0800`.
  static func offset(_ bytes: Slice<UnsafeBufferPointer<UInt8>>) -> Int? {
    guard let sign = bytes.first else { return nil }
    if sign == UInt8(ascii: "Z") || sign == UInt8(ascii: "z") { return bytes.count == 1 ? 0 : nil }
    guard sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-") else { return nil }
    var figures = Array(bytes.dropFirst())
    if figures.count == 5, figures[2] == UInt8(ascii: ":") {
      figures.remove(at: 2)
    }
    guard figures.count == 4, let hours = number(figures.prefix(2)), hours < 24,
      let minutes = number(figures.suffix(2)), minutes < 60
    else { return nil }
    return (hours * 3_600 + minutes * 60) * (sign == UInt8(ascii: "-") ? -1 : 1)
  }
}

/// The value of a run of ASCII digits, or nil where anything else stands among them.
func number(_ digits: some Collection<UInt8>) -> Int? {
  var value = 0
  for byte in digits {
    guard byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") else { return nil }
    value = value * 10 + Int(byte - UInt8(ascii: "0"))
  }
  return digits.isEmpty ? nil : value
}

/// A number of at least `width` digits, with zeros in front.
func padded(_ number: some BinaryInteger, _ width: Int) -> String {
  let figures = String(number)
  return String(repeating: "0", count: max(0, width - figures.count)) + figures
}

extension Int64 {
  /// Floored division: the remainder is never negative, so instants before 1970 fall on the right day.
  func dividing(by divisor: Int64) -> (quotient: Int64, remainder: Int64) {
    let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
    return remainder < 0 ? (quotient - 1, remainder + divisor) : (quotient, remainder)
  }
}
