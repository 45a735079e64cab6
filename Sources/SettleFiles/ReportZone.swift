import Foundation
import SettleModel

/// The zone of times that are written without one.
package struct ReportZone: Sendable {
  private let zone: TimeZone?

  /// `UTC` (which Foundation calls `GMT`), or a name of the IANA time zone database; nil where there is no such zone. Abbreviations such as `PST` or
  /// `CET` are refused: they mean different things in different places, and half of the year none at all.
  package init?(_ name: String) {
    if name == "UTC" || name == "GMT" {
      zone = nil
      return
    }
    guard name.contains("/"), let zone = TimeZone(identifier: name) else { return nil }
    self.zone = zone
  }

  /// What is wrong with a name that is no zone, and what to write instead.
  package static func refusal(of name: String) -> String {
    let near = NearestName.suggestion(for: name, among: TimeZone.knownTimeZoneIdentifiers.filter { $0.contains("/") })
    return "\"\(name)\" is no time zone; "
      + (near.map { "did you mean \($0)?" } ?? "write UTC or an IANA name such as Europe/Berlin")
  }

  /// The instant of a local time that was read as if it were UTC, or nil where clocks went past it.
  ///
  /// A time that clocks showed twice is the earlier of the two.
  func instant(ofLocal local: Timestamp) -> Timestamp? {
    guard let zone else { return local }
    let day: Int64 = 86_400
    let offsets = [local.seconds - day, local.seconds + day].map { seconds(east: zone, at: $0) }
    return offsets.map { Timestamp(microseconds: local.microseconds - $0 * 1_000_000) }.sorted()
      .first { local.seconds - $0.seconds == seconds(east: zone, at: $0.seconds) }
  }

  private func seconds(east zone: TimeZone, at instant: Int64) -> Int64 {
    Int64(zone.secondsFromGMT(for: Date(timeIntervalSince1970: TimeInterval(instant))))
  }
}
