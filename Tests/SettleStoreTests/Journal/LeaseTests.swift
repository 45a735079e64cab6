import Foundation
import Glibc
import Postgres
import SettleModel
import SettleTesting
import Testing

@testable import SettleStore

@Suite struct LeaseTests {
  /// A store, and the lease row as somebody else left it.
  private func with(_ body: (Store) async throws -> Void) async throws {
    let store = try await Store.test(connections: 2)
    try await body(store)
    await store.close()
  }

  private func forge(
    _ store: Store, process: ProcessIdentity, expiresIn seconds: Int = 3_600, token: Int64 = 7
  ) async throws {
    let run = UUID()
    try await store.pool.session { db in
      try db.execute(
        """
        UPDATE lease SET token = \(token), run_id = \(run), holder = 'the other run', boot_id = \(process.bootID),
          pid = \(process.pid), process_start = \(process.start), renewed_at = now(),
          expires_at = now() + \(seconds) * interval '1 second'
        """)
    }
  }

  private func acquire(_ store: Store) async throws -> Lease {
    try await Lease.acquire(store.settings, run: UUID(), holder: "this run")
  }

  private func isHeld(_ store: Store, by holder: String) async -> Bool {
    do {
      await (try acquire(store)).release()
      return false
    } catch StoreError.leaseHeld(let by, _) {
      return by == holder
    } catch {
      return false
    }
  }

  @Test func oneRunAtATime() async throws {
    try await with { store in
      let lease = try await acquire(store)
      #expect(lease.token == 1)
      try lease.permit()
      #expect(await isHeld(store, by: "this run"))
      await lease.release()
      let next = try await acquire(store)
      #expect(next.token == 2)
      await next.release()
    }
  }

  @Test func ofSeveralAtOnceOneWins() async throws {
    try await with { store in
      let leases = await withTaskGroup(of: Lease?.self) { group in
        for _ in 0..<6 {
          group.addTask { try? await Lease.acquire(store.settings, run: UUID(), holder: "one of six") }
        }
        return await group.reduce(into: [Lease]()) { if let lease = $1 { $0.append(lease) } }
      }
      #expect(leases.map(\.token) == [1])
      for lease in leases { await lease.release() }
    }
  }

  @Test func aReleasedLeaseIsFreeAndItsTokenIsNotGivenAgain() async throws {
    try await with { store in
      await (try acquire(store)).release()
      #expect(try await store.rows("SELECT token::text, run_id::text, expires_at::text FROM lease") == ["1 - -"])
      #expect(try await store.pool.session { try $0.leaseHolder() } == nil)
    }
  }

  @Test func aHolderWhoseProcessIsGoneIsSucceededAtOnce() async throws {
    try await with { store in
      let child = try Child()
      try await forge(store, process: child.identity)
      #expect(await isHeld(store, by: "the other run"))
      child.kill()
      child.collect()
      let lease = try await acquire(store)
      #expect(lease.token == 8)
      await lease.release()
    }
  }

  /// A killed process that nobody has collected yet can write no more than one that is gone.
  @Test func theRemainsOfAProcessHoldNothing() async throws {
    try await with { store in
      let child = try Child()
      try await forge(store, process: child.identity)
      #expect(await isHeld(store, by: "the other run"))
      child.kill()
      await (try acquire(store)).release()
      child.collect()
    }
  }

  @Test func aProcessIDThatWasUsedAgainIsNotTheHolder() async throws {
    try await with { store in
      var identity = ProcessIdentity.current
      identity.start -= 1
      try await forge(store, process: identity)
      await (try acquire(store)).release()
    }
  }

  /// Nobody here can tell whether a process of another machine lives, so its lease has to lapse.
  @Test(arguments: ["another-boot pid:[1]", ""])
  func aHolderElsewhereKeepsItUntilItLapses(machine: String) async throws {
    try await with { store in
      let elsewhere = ProcessIdentity(bootID: machine, pid: 1, start: 1)
      try await forge(store, process: elsewhere)
      #expect(await isHeld(store, by: "the other run"))
      try await forge(store, process: elsewhere, expiresIn: -1, token: 9)
      let lease = try await acquire(store)
      #expect(lease.token == 10)
      await lease.release()
    }
  }

  /// The process lives, as one that was stopped does, and yet its time is over.
  @Test func aLapsedLeaseIsTakenThoughItsProcessLives() async throws {
    try await with { store in
      try await forge(store, process: .current, expiresIn: -1)
      let lease = try await acquire(store)
      #expect(lease.token == 8)
      await lease.release()
    }
  }

  /// Somebody else sits on the lease's row, or the database stands still: calls stop before the lease can have lapsed,
  /// and go on when it is renewed again.
  @Test func noCallLeavesWhileTheLeaseCannotBeRenewed() async throws {
    try await with { store in
      let lease = try await acquire(store)
      let told: StoreError? = try await store.pool.transaction { db in
        _ = try db.query("SELECT token FROM lease FOR UPDATE")
        while true {
          do { try lease.permit() } catch { return error as? StoreError }
          _ = try db.query("SELECT pg_sleep(0.02)")
        }
      }
      #expect(told == .leaseLost("it was not renewed in time (the process or the database was paused)"))
      while (try? lease.permit()) == nil { try await Task.sleep(for: .milliseconds(20)) }
      await lease.release()
    }
  }

  @Test func aLeaseOutlivesItsSession() async throws {
    try await with { store in
      let lease = try await acquire(store)
      try await store.execute(
        """
        SELECT pg_terminate_backend(pid) FROM pg_stat_activity
        WHERE datname = current_database() AND query LIKE '%lease%' AND pid <> pg_backend_pid()
        """)
      let asked = try await store.rows("SELECT now()::text")
      var renewed = false
      while !renewed {
        try await Task.sleep(for: .milliseconds(20))
        renewed = try await store.rows("SELECT 'yes' FROM lease WHERE renewed_at > \(asked[0])::timestamptz") == ["yes"]
      }
      try lease.permit()
      await lease.release()
      #expect(try await store.pool.session { try $0.leaseHolder() } == nil)
    }
  }

  /// The lease may have lapsed while nobody could ask, so no call leaves; once it is renewed, its token proves that
  /// nobody has held it meanwhile, and calls leave again.
  @Test func anOutageStopsCallsUntilTheLeaseIsRenewed() async throws {
    try await CrashableServer.with { server, settings in
      let store = Store(settings, connections: 1)
      _ = try await store.migrate()
      let lease = try await acquire(store)
      server.crash()
      while true {
        do { try lease.permit() } catch StoreError.leaseNotRenewed { break } catch StoreError.leaseLost {}
        try await Task.sleep(for: .milliseconds(20))
      }
      try await server.cluster.start()
      while (try? lease.permit()) == nil { try await Task.sleep(for: .milliseconds(20)) }
      await lease.release()
      await store.close()
    }
  }

  @Test func whoWasSucceededLearnsItAndReleasesNothing() async throws {
    try await with { store in
      let old = try await acquire(store)
      try await forge(store, process: .current, expiresIn: -1, token: old.token)
      let new = try await acquire(store)
      var message = ""
      // Its next renewal tells it, a second later at most.
      while message.isEmpty {
        do {
          try old.permit()
          try await Task.sleep(for: .milliseconds(20))
        } catch let error as StoreError { message = error.description }
      }
      #expect(message == StoreError.leaseLost("another run has taken over").description)
      await old.release()
      try new.permit()
      #expect(await isHeld(store, by: "this run"))
      await new.release()
    }
  }
}

/// A process of this machine that does nothing, and how the lease names it.
private struct Child {
  let pid: pid_t
  let identity: ProcessIdentity

  init() throws {
    var pid: pid_t = 0
    var arguments = [strdup("sleep"), strdup("1000"), nil]
    defer { for word in arguments { free(word) } }
    try #require(posix_spawn(&pid, "/bin/sleep", nil, nil, &arguments, nil) == 0)
    self.pid = pid
    let stat = try String(contentsOfFile: "/proc/\(pid)/stat", encoding: .utf8)
    let fields = stat.split(separator: ")").last?.split(separator: " ") ?? []
    let start = try #require(fields.count > 19 ? Int64(fields[19]) : nil)
    identity = ProcessIdentity(bootID: ProcessIdentity.current.bootID, pid: pid, start: start)
  }

  /// Returns when it has ended, without collecting its remains.
  func kill() {
    Glibc.kill(pid, SIGKILL)
    var state = siginfo_t()
    waitid(P_PID, id_t(pid), &state, WEXITED | WNOWAIT)
  }

  func collect() { waitpid(pid, nil, 0) }
}
