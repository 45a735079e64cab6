import Postgres
import SettleModel
import SettleStore
import SettleTesting
import Testing

/// A thousand tamperings, each undone again: none may pass unseen.
@Suite struct TamperingTests {
  private static let trials = 1_000

  @Test func everyTamperingIsFound() async throws {
    try await Story.tell { story in
      let kept = try await story.liveThroughEverything()
      let faults = try await story.store.faults()
      #expect(faults == [])
      // Not the writer: the owner, who may do anything.
      let owner = try await Connection.open(story.store.settings)
      var (found, refused): (Set<String>, Set<String>) = ([], [])
      for trial in 0..<Self.trials {
        let tampering = Tampering.all[trial % Tampering.all.count]
        do {
          try await owner.transaction { db in
            try tampering.act(db, "salt \(trial / Tampering.all.count)")
            guard let fault = try db.firstFault(kept: kept) else { throw Outcome.unseen }
            throw Outcome.found(fault)
          }
        } catch Outcome.found {
          found.insert(tampering.name)
        } catch Outcome.unseen {
          Issue.record("trial \(trial), \(tampering.name): nobody saw it")
        } catch let error as PostgresError where error.state?.errorClass == "23" {
          // The database's own constraints would not have it.
          refused.insert(tampering.name)
        }
      }
      // What the database always refuses is no tampering: it would hide that nobody looks.
      #expect(found.count == Tampering.all.count, "\(refused.subtracting(found).sorted())")
      #expect(try await story.store.faults() == [])
      await owner.close()
    }
  }

  private enum Outcome: Error {
    case found(String)
    case unseen
  }

  /// What each kind of tampering is found by, so that a check that goes blind is noticed.
  @Test func eachCheckFindsSomethingByItself() async throws {
    try await Story.tell { story in
      let kept = try await story.liveThroughEverything()
      let owner = try await Connection.open(story.store.settings)
      var seen: Set<String> = []
      for tampering in Tampering.all {
        do {
          try await owner.transaction { db in
            try tampering.act(db, "salt")
            let results =
              try StoreCheck.all.map { try db.verify($0) }
              + [try db.verify(kept: kept.map { (source: "kept", seal: $0) })]
            throw Found(checks: results.filter { !$0.holds }.map(\.name))
          }
        } catch let found as Found { seen.formUnion(found.checks) } catch let error as PostgresError
          where error.state?.errorClass == "23"
        {}
      }
      #expect(seen == Set(StoreCheck.all.map(\.name) + ["kept_seals"]))
      await owner.close()
    }
  }

  private struct Found: Error {
    var checks: [String]
  }
}
