package import Foundation
package import Postgres
import SettleModel
import Synchronization

/// The right to write, which one run holds at a time: it lapses 5 s after its last renewal on the database's clock.
///
/// The token fences writes: each transaction of the run proves at its end that no later holder has come. It cannot
/// fence calls to the processor, so ``permit()`` guards those on a clock that no pause can stop.
package final class Lease: Sendable {
  package static let life: Duration = .seconds(5)
  static let renewEvery: Duration = .seconds(1)
  /// A call must leave this long before the lease ends, so that it is on the wire while the lease still holds.
  static let callMargin: Duration = .milliseconds(500)

  package let token: Int64
  package let runID: UUID
  /// The run's time, which begins with the lease.
  package let clock: RunClock
  private let settings: ConnectionSettings
  private let connection: Mutex<Connection>
  private let state: Mutex<State>
  private let renewal = Mutex<Task<Void, Never>?>(nil)

  private struct State {
    /// Counted from before the renewal was asked for, so it never lies beyond the database's own expiry.
    var validUntil: ContinuousClock.Instant
    /// Another run has it: for ever.
    var lost: String?
    /// Why the last renewal failed: until one succeeds.
    var outage: String?
  }

  private init(
    token: Int64, runID: UUID, clock: RunClock, settings: ConnectionSettings, connection: Connection,
    validUntil: ContinuousClock.Instant
  ) {
    self.token = token
    self.runID = runID
    self.clock = clock
    self.settings = settings
    self.connection = Mutex(connection)
    state = Mutex(State(validUntil: validUntil))
  }

  /// Takes the lease, or throws ``StoreError/leaseHeld(by:until:)`` while another run that is alive holds it.
  ///
  /// A holder on this machine whose process is gone is succeeded at once; one elsewhere, when its lease has lapsed.
  package static func acquire(_ settings: ConnectionSettings, run: UUID, holder: String) async throws -> Lease {
    let connection = try await Connection.open(settings, prepare: Store.letGoWhenStopped)
    let asked = ContinuousClock.now
    do {
      let (token, clock) = try await connection.transaction { db in
        (try db.takeLease(run: run, holder: holder), try db.runClock())
      }
      let lease = Lease(
        token: token, runID: run, clock: clock, settings: settings, connection: connection, validUntil: asked + life)
      lease.keepRenewing()
      return lease
    } catch {
      await connection.close()
      throw error
    }
  }

  /// Throws ``StoreError/leaseLost(_:)`` or ``StoreError/leaseNotRenewed(_:)`` unless a call to the processor may leave
  /// now. After an outage of the database calls may leave again as soon as the lease is renewed: its token proves that
  /// nobody held it meanwhile.
  package func permit() throws {
    try state.withLock { state in
      if let lost = state.lost { throw StoreError.leaseLost(lost) }
      guard ContinuousClock.now + Self.callMargin < state.validUntil else {
        if let outage = state.outage { throw StoreError.leaseNotRenewed(outage) }
        throw StoreError.leaseLost("it was not renewed in time (the process or the database was paused)")
      }
    }
  }

  /// Gives the lease back, so that the next run need not wait for it to lapse.
  package func release() async {
    let task = renewal.withLock { $0 }
    task?.cancel()
    await task?.value
    let (token, runID) = (token, runID)
    // A lease that cannot be given back lapses by itself; the run's result must not depend on it.
    _ = try? await openConnection().run { db in
      try db.execute(
        """
        UPDATE lease SET run_id = NULL, holder = NULL, boot_id = NULL, pid = NULL, process_start = NULL,
          taken_at = NULL, renewed_at = NULL, expires_at = NULL
        WHERE token = \(token) AND run_id = \(runID)
        """)
    }
    await connection.withLock { $0 }.close()
  }

  /// The lease's own connection, or a new one where the server has ended it.
  private func openConnection() async throws -> Connection {
    let old = connection.withLock { $0 }
    if await old.isOpen { return old }
    await old.close()
    var hasty = settings
    hasty.connectTimeout = .seconds(2)
    let new = try await Connection.open(hasty, prepare: Store.letGoWhenStopped)
    connection.withLock { $0 = new }
    return new
  }

  private func keepRenewing() {
    let task = Task { [self] in
      while !Task.isCancelled {
        try? await Task.sleep(for: Self.renewEvery)
        guard !Task.isCancelled else { return }
        await renew()
      }
    }
    renewal.withLock { $0 = task }
  }

  private func renew() async {
    let asked = ContinuousClock.now
    let (token, runID) = (token, runID)
    do {
      let renewed = try await openConnection().run { db in
        try db.execute(
          """
          UPDATE lease SET renewed_at = now(), expires_at = now() + \(seconds: Lease.life)
          -- A store that was put back gives a token out again.
          WHERE token = \(token) AND run_id = \(runID)
          """)
      }
      state.withLock { state in
        state.outage = nil
        if renewed == 1 { state.validUntil = asked + Self.life } else { state.lost = "another run has taken over" }
      }
    } catch {
      // Not lost yet: the lease holds until it lapses, and the next second asks again.
      state.withLock { $0.outage = (error as? PostgresError)?.description ?? "the database gave no answer" }
    }
  }
}

extension SQL.StringInterpolation {
  /// A bound number of whole seconds as an interval.
  mutating func appendInterpolation(seconds duration: Duration) {
    appendLiteral("make_interval(secs => ")
    appendInterpolation(duration.components.seconds)
    appendLiteral("::double precision)")
  }
}

extension Session {
  fileprivate func takeLease(run: UUID, holder: String) throws -> Int64 {
    guard
      let row = try first(
        """
        SELECT token, holder, boot_id, pid, process_start, expires_at, expires_at > clock_timestamp() AS live
        FROM lease FOR UPDATE
        """)
    else { throw StoreError.leaseLost("the lease table is empty: run `settle db migrate`") }
    if try row.get("live") ?? false {
      let process = ProcessIdentity(
        bootID: try row.get("boot_id"), pid: try row.get("pid"), start: try row.get("process_start"))
      guard process.isGone else {
        throw StoreError.leaseHeld(by: try row.get("holder"), until: try row.get("expires_at"))
      }
    }
    let mine = ProcessIdentity.current
    let token: Int64 = try row.get("token") + 1
    _ = try execute(
      """
      UPDATE lease SET token = \(token), run_id = \(run), holder = \(holder), boot_id = \(mine.bootID),
        pid = \(mine.pid), process_start = \(mine.start), taken_at = now(), renewed_at = now(),
        expires_at = now() + \(seconds: Lease.life)
      """)
    return token
  }
}
