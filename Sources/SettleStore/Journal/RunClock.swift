import Faults
package import Postgres
package import SettleModel

/// The time that a run judges by: the database's, read once, and carried forward on boot time.
///
/// So two machines that share a store agree, a step of either machine's wall clock changes nothing, and a process that
/// was stopped (or a machine that slept) finds, when it goes on, that the time has passed: `ContinuousClock` is
/// CLOCK_BOOTTIME on Linux.
package struct RunClock: Sendable {
  private let reading: Timestamp
  private let asked: ContinuousClock.Instant

  /// - Parameters:
  ///   - reading: what the database answered.
  ///   - asked: an instant before it was asked. So this clock runs ahead of the database's by the time that the answer
  ///     took and never behind it: the check before a call judges a key too old rather than too young.
  package init(reading: Timestamp, asked: ContinuousClock.Instant) {
    self.reading = reading
    self.asked = asked
  }

  package func now(at instant: ContinuousClock.Instant = .now) -> Timestamp {
    reading.adding(instant - asked).adding(.seconds(FaultClock.seconds))
  }
}

extension Session {
  /// A clock that starts with this database's.
  ///
  /// What is stored as an attempt's time runs ahead by as much as the answer took, and a later run counts the key's life
  /// from there. So an answer that took longer than a lease lives (the process was stopped just then) is not used.
  package func runClock() throws -> RunClock {
    while true {
      let asked = ContinuousClock.now
      guard let reading: Timestamp = try first("SELECT clock_timestamp() AS reading")?.get("reading") else {
        throw StoreError.noAnswer("the clock")
      }
      if ContinuousClock.now - asked < Lease.life { return RunClock(reading: reading, asked: asked) }
    }
  }
}
