import Foundation
import Postgres
import SettleModel
import SettleTesting
import Testing

@testable import SettleStore

@Suite struct RunClockTests {
  private static let reading = Timestamp(seconds: 1_795_000_000)

  /// Whatever the wall clock does meanwhile, boot time is what passes: a run that was stopped for three days finds
  /// that three days have gone.
  @Test(arguments: [Duration.zero, .milliseconds(1), .seconds(5), .seconds(3 * 86_400)])
  func itGoesOnWithBootTime(elapsed: Duration) {
    let asked = ContinuousClock.now
    let clock = RunClock(reading: Self.reading, asked: asked)
    #expect(clock.now(at: asked + elapsed) == Self.reading.adding(elapsed))
  }

  /// It runs ahead of the database's clock by the time its answer took, never behind: a key is judged too old rather
  /// than too young.
  @Test func itIsNeverBehindTheDatabase() async throws {
    let store = try await Store.test(connections: 1)
    let (clock, later, read) = try await store.pool.session { db in
      let clock = try db.runClock()
      let later: Timestamp? = try db.first("SELECT clock_timestamp() AS now")?.get("now")
      return (clock, later, ContinuousClock.now)
    }
    #expect(clock.now(at: read) >= later ?? Self.reading.adding(.seconds(1_000_000_000)))
    #expect(clock.now(at: read).since(later ?? Self.reading) < Lease.life)
    await store.close()
  }

  @Test func aLeaseBringsTheRunsClock() async throws {
    let store = try await Store.test(connections: 1)
    let before: Timestamp? = try await store.pool.session {
      try $0.first("SELECT clock_timestamp() AS now")?.get("now")
    }
    let lease = try await Lease.acquire(store.settings, run: .init(), holder: "a test")
    #expect(lease.clock.now() >= before ?? Self.reading.adding(.seconds(1_000_000_000)))
    await lease.release()
    await store.close()
  }
}
