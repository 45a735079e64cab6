/// Asks the server, over a new connection, what became of a COMMIT whose answer was lost.
struct CommitLookUp: Sendable {
  let settings: ConnectionSettings
  /// For the whole search; a server that is being restarted is waited for.
  var patience: Duration = .seconds(10)

  /// Returns where the transaction is stored.
  ///
  /// - Throws: a `connectionLost` where it certainly is not, a `commitUnknown` where that could not be learned.
  func confirm(_ lost: LostCommit) async throws {
    // What a cancelled task has committed is worth knowing, too.
    switch await Task(operation: { await verdict(on: lost) }).value {
    case .stored: return
    case .undone:
      throw PostgresError(
        .connectionLost,
        "the connection to the database was lost during COMMIT: by its own record the transaction was rolled back, "
          + "and nothing of it was stored", state: lost.state)
    case .open(let why), .unknowable(let why):
      throw PostgresError(
        .commitUnknown,
        "the connection to the database was lost during COMMIT: the work may be stored or not, and could not be "
          + "looked up (\(why))", state: lost.state)
    }
  }

  func verdict(on lost: LostCommit) async -> CommitVerdict {
    let deadline = ContinuousClock.now + patience
    var pause = Duration.milliseconds(20)
    while true {
      let verdict: CommitVerdict
      do {
        verdict = try await evidence(on: lost).verdict(on: lost)
      } catch {
        verdict = .open((error as? PostgresError)?.description ?? "the database could not be asked")
      }
      guard case .open = verdict, ContinuousClock.now + pause < deadline else { return verdict }
      do { try await Task.sleep(for: pause) } catch { return verdict }
      pause = min(pause * 2, .milliseconds(500))
    }
  }

  private func evidence(on lost: LostCommit) async throws -> CommitEvidence {
    var patient = settings
    patient.connectTimeout = min(settings.connectTimeout, patience)
    return try await Connection.once(patient) { try $0.evidence(on: lost.number) }
  }
}

extension Session {
  /// What this server knows of a transaction.
  func evidence(on number: Int64) throws -> CommitEvidence {
    // The status first: what is asked after it can only make it doubtful, not the other way round.
    let status = try status(of: number)
    let checkpoint = try first(
      """
      SELECT pg_is_in_recovery() AS standby,
        coalesce(
          checkpoint_lsn = redo_lsn AND current_setting('wal_level') <> 'minimal'
            AND (SELECT stats_reset FROM pg_stat_wal) >= pg_postmaster_start_time()
            AND \(number) < split_part(next_xid, ':', 1)::numeric * 4294967296 + split_part(next_xid, ':', 2)::numeric,
          false) AS outlived
      FROM pg_control_checkpoint()
      """)
    guard let checkpoint else { throw PostgresError(.unexpectedResult, "the server tells of no checkpoint") }
    return CommitEvidence(
      life: try askServerLife(), isStandby: try checkpoint.get("standby"), status: status,
      outlivedCrash: try checkpoint.get("outlived"))
  }

  private func status(of number: Int64) throws -> CommitEvidence.Status {
    do {
      let word: String? = try first("SELECT pg_xact_status((\(String(number)))::xid8) AS status")?.get("status")
      guard let word else { return .forgotten }
      guard let status = CommitEvidence.Status(rawValue: word) else {
        throw PostgresError(.unexpectedResult, "the server tells an unknown state of a transaction")
      }
      return status
    } catch SQLState.invalidParameterValue {
      return .future
    }
  }
}
