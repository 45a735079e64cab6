import Testing

@testable import Postgres

@Suite struct LostCommitTests {
  private static let life = ServerLife(system: "7", timeline: "00000001", statisticsSince: "noon")

  private static func evidence(
    _ status: CommitEvidence.Status, system: String = "7", timeline: String = "00000001", since: String = "noon",
    outlived: Bool = false
  ) -> CommitEvidence {
    CommitEvidence(
      life: ServerLife(system: system, timeline: timeline, statisticsSince: since), isStandby: false, status: status,
      outlivedCrash: outlived)
  }

  private enum Kind { case stored, undone, open, unknowable }

  private static func kind(_ verdict: CommitVerdict) -> Kind {
    switch verdict {
    case .stored: .stored
    case .undone: .undone
    case .open: .open
    case .unknowable: .unknowable
    }
  }

  /// What a server says, and what follows from it.
  private static let table: [(String, CommitEvidence, Kind)] = [
    ("the same life of the server", evidence(.committed), .stored),
    ("rolled back", evidence(.aborted), .undone),
    ("still under way", evidence(.inProgress), .open),
    ("forgotten", evidence(.forgotten), .unknowable),
    ("a crash that the transaction outlived", evidence(.committed, since: "later", outlived: true), .stored),
    ("a crash after which the number may be another's", evidence(.committed, since: "later"), .unknowable),
    ("a crash, after which the number was not given out again", evidence(.future, since: "later"), .undone),
    ("a crash, and whoever has the number rolled back", evidence(.aborted, since: "later"), .undone),
    ("a promoted standby, where the number may be another's", evidence(.committed, timeline: "00000002"), .unknowable),
    ("a promoted standby that never saw it", evidence(.future, timeline: "00000002"), .undone),
    ("another cluster", evidence(.committed, system: "8"), .unknowable),
    ("another cluster that rolled back one of that number", evidence(.aborted, system: "8"), .unknowable),
    ("a standby", CommitEvidence(life: nil, isStandby: true, status: .committed, outlivedCrash: false), .open),
    (
      "a server that does not tell which it is",
      CommitEvidence(life: nil, isStandby: false, status: .committed, outlivedCrash: false), .unknowable
    ),
  ]

  @Test(arguments: table.indices)
  func whatTheServerSaysIsBelievedOnlyOfTheSameTransaction(index: Int) {
    let (what, evidence, expected) = Self.table[index]
    let verdict = evidence.verdict(on: LostCommit(number: 700, life: Self.life, state: nil))
    #expect(Self.kind(verdict) == expected, "\(what)")
  }

  @Test func aServerThatNeverToldWhichItIsProvesNothing() {
    let verdict = Self.evidence(.aborted).verdict(on: LostCommit(number: 700, life: nil, state: nil))
    #expect(Self.kind(verdict) == .unknowable)
  }
}
