import Postgres
import SettleModel
import SettlePipeline
import SettleStore

/// Whether the database is there, is this version's, keeps what it is given, and grants no more than it should.
struct DatabaseChecks {
  let source: DatabaseSource

  func findings(now: @Sendable () -> Timestamp) async -> [Finding] {
    do {
      let store = try await source.open(schema: .asItIs, connections: 1)
      let findings = await findings(of: store, now: now)
      await store.close()
      return findings
    } catch {
      return [.failure("database", error)]
    }
  }

  private func findings(of store: Store, now: @Sendable () -> Timestamp) async -> [Finding] {
    let health: DatabaseHealth
    let identity: DatabaseIdentity
    let asked = now()
    do {
      (health, identity) = try await store.pool.session { (try $0.databaseHealth(), try $0.databaseIdentity()) }
    } catch {
      return [.failure("database", error)]
    }
    var findings = Self.judge(health, origin: source.origin)
    findings += [Self.judge(clock: health.clock, ours: (asked, now())), Self.judge(identity)]
    do {
      if source.cluster != nil { _ = try await store.migrate() }
      try await store.checkSchema()
      findings.append(.ok("schema", "this version's"))
      return findings + (try await roles())
    } catch {
      return findings + [.failure("schema", error)]
    }
  }

  /// On a store of its own, as a run would open it: a connection that was made before the writer's role was there does
  /// not step down to it.
  private func roles() async throws -> [Finding] {
    let store = try await source.open(schema: .asItIs, connections: 1)
    do {
      let (writer, reader, user) = try await store.pool.session {
        (try $0.writerHealth(), try $0.readerHealth(), try $0.writesAs())
      }
      await store.close()
      return [Self.judge(writesAs: user)] + Self.judge("settle_writer", writer, needsMembership: true)
        + Self.judge("settle_reader", reader, needsMembership: false)
    } catch {
      await store.close()
      throw error
    }
  }

  static func judge(_ health: DatabaseHealth, origin: String) -> [Finding] {
    var findings: [Finding] = []
    let name = "PostgreSQL \(health.version), \(health.database) as \(health.user) (\(origin))"
    if health.version < 14 {
      findings.append(.failure(.configuration, "database", name, mend: "settle needs PostgreSQL 14 or newer"))
    } else if health.isReadOnly {
      findings.append(
        .failure(.configuration, "database", "\(name) only reads", mend: "name the primary in DATABASE_URL"))
    } else {
      findings.append(.ok("database", name))
    }
    if health.connectionsLeft < 8 {
      findings.append(
        .warning("connections", "\(health.connectionsLeft) are left", mend: "raise max_connections, or end idle ones"))
    }
    if !health.withheld.isEmpty {
      findings.append(
        .warning(
          "commits", "a COMMIT whose answer is lost could not be looked up",
          mend: "GRANT EXECUTE ON FUNCTION \(health.withheld.joined(separator: ", ")) TO \(health.user)"))
    }
    let settings = "fsync, full_page_writes, synchronous_commit"
    findings.append(
      health.relaxed.isEmpty
        ? .ok("durability", "\(settings) are on")
        : .failure(
          .configuration, "durability", "\(health.relaxed.joined(separator: ", ")) is off",
          mend: "switch it on: after a power cut, a charge that was asked for could be forgotten and asked for again"))
    return findings
  }

  /// A restored database is recognised by these; what may not be asked is taken for unchanged.
  static func judge(_ identity: DatabaseIdentity) -> Finding {
    guard identity.isWhole else {
      return .warning(
        "identity", "a restored or promoted database would not be recognised by itself",
        mend: "let an administrator run `GRANT EXECUTE ON FUNCTION pg_control_system(), pg_current_wal_lsn(),"
          + " pg_walfile_name(pg_lsn) TO settle_writer`")
    }
    return .ok("identity", "can be read, so a restored or promoted database is recognised")
  }

  /// Leases and idempotency keys live on the database's clock; a run's date, where none is given, comes from ours.
  static func judge(clock: Timestamp, ours: (before: Timestamp, after: Timestamp)) -> Finding {
    let apart = clock < ours.before ? ours.before.since(clock) : clock > ours.after ? clock.since(ours.after) : .zero
    guard apart > .seconds(5) else { return .ok("clock", "agrees with the database's") }
    return .warning(
      "clock", "\(apart.words) apart from the database's",
      mend: "set both machines by NTP: today is judged by this one, keys by the database's")
  }

  /// The audit trail is written once because the writer's role may not change it.
  static func judge(writesAs writer: (user: String, isUnbound: Bool)) -> Finding {
    guard writer.isUnbound else { return .ok("runs write as", writer.user) }
    return .warning(
      "runs write as", "\(writer.user), who owns the tables or is a superuser and could change the audit trail",
      mend: "GRANT settle_writer TO the user that settle connects as, so that runs step down to it")
  }

  static func judge(_ role: String, _ health: RoleHealth, needsMembership: Bool) -> [Finding] {
    guard health.exists else {
      return [
        .warning(
          role, "there is no such role",
          mend: "let an administrator run `CREATE ROLE \(role) NOLOGIN`, then grant it"
            + " what `settle db migrate` would have")
      ]
    }
    var findings: [Finding] = []
    if needsMembership, !health.isMember {
      findings.append(
        .warning(role, "runs do not use it", mend: "GRANT \(role) TO the user that settle connects as"))
    }
    if !health.missing.isEmpty {
      findings.append(
        .failure(
          .notPermitted, role, "it may not \(Self.some(health.missing))", mend: "GRANT \(health.missing[0]) TO \(role)")
      )
    }
    if !health.excessive.isEmpty {
      findings.append(
        .warning(role, "it may \(Self.some(health.excessive))", mend: "REVOKE \(health.excessive[0]) FROM \(role)"))
    }
    return findings.isEmpty ? [.ok(role, "has its rights and no more")] : findings
  }

  private static func some(_ rights: [String]) -> String {
    rights.prefix(3).joined(separator: ", ") + (rights.count > 3 ? " and \(rights.count - 3) more" : "")
  }
}
