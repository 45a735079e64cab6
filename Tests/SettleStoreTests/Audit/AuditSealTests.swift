import Postgres
import SettleModel
import SettleStore
import SettleTesting
import Testing

@Suite struct AuditSealTests {
  @Test func sealsFollowOneAnotherAndHold() async throws {
    try await Story.tell { story in
      let seals = try await story.liveThroughEverything()
      #expect(seals.map(\.number) == [1, 2, 3])
      #expect(Set(seals.map(\.hash)).count == 3)
      #expect(try await story.store.faults() == [])
      let kept = try await story.read { try $0.verify(kept: seals.map { (source: "kept", seal: $0) }) }
      #expect(kept.holds)
    }
  }

  @Test func whereNothingCameTheLastSealStands() async throws {
    try await Story.tell { story in
      let seals = try await story.liveThroughEverything()
      let before = try await story.fingerprint(but: ["runs"])
      #expect(try await story.seal() == seals.last)
      #expect(try await story.fingerprint(but: ["runs"]) == before)
    }
  }

  @Test func anEmptyStoreHasTheSealOfItsBeginning() async throws {
    try await Story.tell { (story) async throws in
      #expect(try await story.seal().number == 0)
      #expect(try await story.store.faults() == [])
    }
  }

  /// A killed run seals nothing; the next one seals for both.
  @Test func whatWasNotSealedIsSealedByTheNextRun() async throws {
    try await Story.tell { story in
      try await story.authorize(.order("A", 1_000))
      try await story.charge("A")
      #expect(try await story.store.faults() == [])
      let seals = try await story.read { db in try db.verify(.seals) }
      #expect(seals.note == "3 entries are not sealed yet: the next run's end does it")
      try await story.authorize(.order("B", 1_000))
      #expect(try await story.seal().number == 1)
      #expect(
        try await story.store.rows("SELECT chains::text || entries || files FROM audit_seals WHERE seal = 1") == ["134"]
      )
      #expect(try await story.store.faults() == [])
    }
  }

  /// A run that was killed between its seal and its end has told nobody of the seal: the next one tells the same, and
  /// adds its own only where it did something.
  @Test func theSealOfARunThatDiedBeforeItsEndStands() async throws {
    try await Story.tell { story in
      try await story.authorize(.order("A", 1_000))
      try await story.charge("A")
      let (run, at) = (story.run.id, await story.context().now)
      let died = try await story.write { try $0.seal(run: run, at: at) }
      await story.next()
      #expect(try await story.seal() == died)
      try await story.authorize(.order("B", 1_000))
      let next = try await story.seal()
      #expect(next.number == died.number + 1)
      #expect(
        try await story.read { try $0.verify(kept: [(source: "a", seal: died), (source: "b", seal: next)]) }.holds)
      #expect(try await story.store.faults() == [])
    }
  }

  @Test func anotherStoresSealIsNotOurs() async throws {
    try await Story.tell { story in
      let seals = try await story.liveThroughEverything()
      var foreign = seals[1]
      foreign.hash = String(foreign.hash.reversed())
      let beyond = AuditSeal(number: 9, hash: seals[0].hash)
      for seal in [foreign, beyond] {
        let found = try await story.read { try $0.verify(kept: [(source: "r.json", seal: seal)]) }
        #expect(found.examples == ["r.json: seal \(seal.number)"])
      }
    }
  }
}
