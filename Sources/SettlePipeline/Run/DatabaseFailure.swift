import Postgres
import SettleStore

/// What keeps the database from serving a run, as far as later stages must know.
package enum DatabaseTrouble: Sendable, Equatable {
  /// It was away, full or read-only: it may be back for the next stage.
  case away
  /// Its own files are damaged: nothing more is asked of it.
  case damaged

  init?(_ error: StoreError) {
    switch error {
    case .leaseNotRenewed, .readOnly: self = .away
    default: return nil
    }
  }
}

extension Failure {
  /// Every error of the database, with one sentence that says what to do next. A table of the codes is in PostgreSQL's
  /// documentation, appendix A.
  init(database error: PostgresError) {
    switch error.kind {
    case .configuration: self.init(status: .configuration, message: "\(error); check DATABASE_URL")
    case .cluster where error.state == .diskFull: self.init(refusal: error)
    case .cluster: self.init(status: .configuration, message: "\(error)")
    case _ where error.isPermissionDenied:
      self.init(
        status: .notPermitted,
        message: "the database refuses: \(error); check the user and its rights (settle doctor lists them)")
    case _ where error.state == .unknownDatabase:
      self.init(status: .configuration, message: "\(error); create the database, or name another in DATABASE_URL")
    case _ where error.isServerDamaged:
      // 69, not 70 or 78: it is no fault of settle and none of its settings, and a run after the repair goes on.
      self.init(
        status: .unavailable,
        message: "the database cannot read or write its own files: \(error); run nothing more on it until an "
          + "administrator has checked the server's log and disk, then run this again", database: .damaged)
    case .commitUnknown:
      self.init(
        status: .unavailable,
        message: "\(error); start the database and run this again: it goes on from whatever is stored", database: .away)
    case _ where error.state == .tooManyConnections:
      self.init(away: "the database takes no more connections: \(error); end idle ones or raise max_connections")
    case _ where error.isUnreachable:
      self.init(away: "the database cannot be reached: \(error); start it, or check DATABASE_URL")
    default: self.init(refusal: error)
    }
  }

  /// What a server says that can be reached.
  private init(refusal error: PostgresError) {
    switch error.state {
    case .readOnlyTransaction?:
      // A run on a standby does not begin (78): here the database has changed under a run.
      self.init(
        away:
          "the database can only be read now: \(error); make it writable, or name the new primary in DATABASE_URL")
    case .diskFull?: self.init(away: "the database's disk is full: \(error); make room on the server")
    case .outOfMemory?:
      self.init(away: "the database is out of memory: \(error); give it more, or lower work_mem and max_connections")
    case _ where error.isOutOfResources:
      self.init(away: "the database has run out of something: \(error); raise its limit")
    case _ where error.isTimeLimit:
      self.init(
        status: .tryLater,
        message: "the database took longer than it may: \(error); run this again, and raise statement_timeout and "
          + "lock_timeout of settle's user where that does not help")
    case _ where error.isRetryable:
      self.init(status: .tryLater, message: "the database was too busy: \(error); run this again")
    default: self.init(defect: "\(error)")
    }
  }

  private init(away message: String) {
    self.init(status: .unavailable, message: message + ", and run this again", database: .away)
  }
}
