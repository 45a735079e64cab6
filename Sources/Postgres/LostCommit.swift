/// A transaction whose COMMIT was sent, and whose answer never came.
struct LostCommit: Sendable {
  /// Its number, learned before COMMIT was sent. 64 bits, so it never wraps around.
  let number: Int64
  /// Where the number was given out; nil where that could not be learned.
  let life: ServerLife?
  /// What the server still said.
  let state: SQLState?
}

/// How a transaction's COMMIT ended.
enum Transacted<T> {
  case ended(T)
  /// The value stands if the transaction does, which is to be looked up.
  case inDoubt(T, LostCommit)
}

extension Transacted: Sendable where T: Sendable {}

/// What a server says of a transaction's number, and whether that number can still be ours.
struct CommitEvidence: Sendable, Equatable {
  enum Status: String, Sendable {
    case committed
    case aborted
    case inProgress = "in progress"
    /// The server has not given out this number yet.
    case future
    /// It is so old that the server has forgotten.
    case forgotten
  }

  /// Nil on a standby, and where the role may not ask.
  let life: ServerLife?
  let isStandby: Bool
  let status: Status
  /// The last checkpoint is the one by which this server recovered from a crash, and the number is older than it: its
  /// WAL outlived the crash, so the number was not given out twice.
  let outlivedCrash: Bool
}

enum CommitVerdict: Sendable, Equatable {
  case stored
  case undone
  /// Nobody can say yet.
  case open(String)
  /// Nobody will be able to say.
  case unknowable(String)
}

extension CommitEvidence {
  func verdict(on lost: LostCommit) -> CommitVerdict {
    guard let before = lost.life else { return .unknowable("the server does not tell which one it is") }
    if isStandby { return .open("only a standby answers") }
    guard let life else { return .unknowable("the server does not tell which one it is") }
    guard life.system == before.system else { return .unknowable("another database cluster answers now") }
    switch status {
    // Whoever got the number after us: had ours been stored, nobody could have.
    case .aborted, .future: return .undone
    case .inProgress: return .open("the transaction is still under way")
    case .forgotten: return .unknowable("the server has forgotten the transaction")
    case .committed: break
    }
    guard life.timeline == before.timeline else {
      return .unknowable("a standby has taken over, which may have given the transaction's number to another")
    }
    guard life.statisticsSince == before.statisticsSince || outlivedCrash else {
      return .unknowable("the server has crashed, and may have given the transaction's number to another")
    }
    return .stored
  }
}
