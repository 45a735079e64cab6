package import Foundation
package import SettleModel

/// Says which instant falls on which business date.
package struct BusinessCalendar: Sendable, Equatable {
  package let timeZone: TimeZone

  package init(timeZone: TimeZone) { self.timeZone = timeZone }

  /// The date on the wall calendar of the zone at an instant.
  package func today(at instant: Timestamp) -> BusinessDate {
    let offset = timeZone.secondsFromGMT(for: Date(timeIntervalSince1970: TimeInterval(instant.seconds)))
    let local = instant.seconds + Int64(offset)
    let day = local >= 0 ? local / 86_400 : (local - 86_399) / 86_400
    return BusinessDate(daysSinceEpoch: Int(day))
  }
}

extension PipelineDefinition {
  package var calendar: BusinessCalendar { BusinessCalendar(timeZone: timeZone) }
}
