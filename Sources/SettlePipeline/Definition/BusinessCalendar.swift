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

  /// Refuses, as usage, a date that is still to come: by then everything would be overdue that is only awaited now.
  /// Tomorrow passes, since a night may begin before midnight.
  package func refuseFuture(_ date: BusinessDate, at now: Timestamp) throws {
    let today = today(at: now)
    guard date > today.adding(days: 1) else { return }
    throw Failure(
      status: .usage,
      message: "the date \(date) is still to come (today is \(today) in \(timeZone.identifier)): what is awaited now"
        + " would be overdue by then; give a date up to \(today.adding(days: 1)), or --allow-future where it is meant")
  }
}

extension PipelineDefinition {
  package var calendar: BusinessCalendar { BusinessCalendar(timeZone: timeZone) }
}
