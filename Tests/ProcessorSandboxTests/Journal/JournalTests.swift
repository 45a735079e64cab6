import Testing

@testable import ProcessorSandbox

@Suite struct JournalTests {
  @Test func whatIsDurableIsInBothFilesInOrder() async throws {
    try await withFolder { folder in
      let desk = try Desk(SandboxConfiguration(dataDirectory: folder))
      try await withThrowingTaskGroup(of: Void.self) { group in
        for number in 0..<200 {
          group.addTask {
            let verdict = try await desk.execute(.charging(key: "k\(number)"))
            guard case .intent(let intent, _) = verdict.reply else { return }
            // An answer is out, so its movement is in the file.
            let ledger = try desk.journal.readLedger(at: 0, count: desk.journal.ledgerLength)
            #expect(String(decoding: ledger, as: UTF8.self).contains(intent.id))
          }
        }
        try await group.waitForAll()
      }
      let movements = try await desk.read { bank throws(StripeError) in bank.movements }
      let ledger = try desk.journal.readLedger(at: 0, count: desk.journal.ledgerLength + 1)
      #expect(ledger == movements.flatMap(\.ledgerLine))
      #expect(movements.count == 200)
    }
  }

  @Test func nothingIsAnsweredOnceTheDiskIsFull() async throws {
    let full = Journal(
      journal: try AppendFile(path: "/dev/full"), ledger: try AppendFile(path: "/dev/null"), ledgerLength: 0)
    for _ in 0..<2 {
      let sequence = full.append([Change(at: 1, serial: 1)])
      await #expect(throws: SandboxError.self) { try await full.durable(sequence) }
    }
    await #expect(throws: SandboxError.self, "not even what was durable before") { try await full.durable(0) }
  }
}
