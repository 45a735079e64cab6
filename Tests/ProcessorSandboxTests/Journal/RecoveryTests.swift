import FoundationEssentials
import Testing

@testable import ProcessorSandbox

@Suite struct RecoveryTests {
  /// What `kill -9` leaves is what is in the files at that moment, so a copy of them stands for it.
  @Test func aKilledSandboxComesBackWithEverything() async throws {
    try await withFolder { folder in
      try await withFolder { copy in
        let anomalies = try AnomalyRates([.duplicate: 0.2, .overcharge: 0.2, .missing: 0.2, .unexpected: 0.2])
        var configuration = SandboxConfiguration(
          port: 0, dataDirectory: folder, keyLife: 10 * 86_400, anomalies: anomalies)
        let (ledger, saved, listed, clock) = try await withSandbox(configuration) { client in
          for number in 0..<40 { _ = try await client.charge(Int64(number) + 50, key: "k\(number)") }
          let declined = try await client.charge(method: "pm_card_visa_chargeDeclined", key: "declined")
          let held = try await client.charge(key: "held", and: [("capture_method", "manual")])
          let expanded = try await client.charge(key: "expanded", and: [("expand[]", "latest_charge")])
          let refund = try await client.post("/v1/refunds", [("payment_intent", expanded.id)], key: "refund")
          try await client.advance(86_400)
          try FileManager.default.copyItem(atPath: folder, toPath: copy)
          let intent = try await client.get("/v1/payment_intents/\(held.id)")
          let list = try await client.get("/v1/payment_intents?limit=100")
          return (
            try await client.get("/sandbox/ledger").text, [declined.text, held.text, expanded.text, refund.text],
            list.text, try #require(intent.json["created"]?.integer)
          )
        }
        try append("{\"at\":179", to: copy + "/state.jsonl")
        try append("{\"id\":\"ch_torn", to: copy + "/ledger.jsonl")
        configuration.dataDirectory = copy
        try await withSandbox(configuration) { client in
          #expect(try await client.get("/sandbox/ledger").text == ledger)
          #expect(try await client.get("/v1/payment_intents?limit=100").text == listed)
          let refunded = try #require(JSONValue(parsing: saved[2].utf8)?["id"]?.text)
          let replies = [
            try await client.charge(method: "pm_card_visa_chargeDeclined", key: "declined"),
            try await client.charge(key: "held", and: [("capture_method", "manual")]),
            try await client.charge(key: "expanded", and: [("expand[]", "latest_charge")]),
            try await client.post("/v1/refunds", [("payment_intent", refunded)], key: "refund"),
          ]
          #expect(replies.map(\.text) == saved)
          #expect(replies.allSatisfy { $0.replayed })
          let later = try await client.charge(key: "new")
          #expect(try #require(later.json["created"]?.integer) >= clock + 86_400, "the moved clock is kept")
        }
        #expect(try Data(contentsOf: URL(filePath: copy + "/ledger.jsonl")).last == UInt8(ascii: "\n"))
      }
    }
  }

  @Test func theLedgerFileIsWhatIsServed() async throws {
    try await withFolder { folder in
      let served = try await withSandbox(SandboxConfiguration(port: 0, dataDirectory: folder)) { client in
        for _ in 0..<3 { _ = try await client.charge() }
        return try await client.get("/sandbox/ledger").text
      }
      #expect(try String(contentsOf: URL(filePath: folder + "/ledger.jsonl"), encoding: .utf8) == served)
    }
  }

  @Test(arguments: ["", "{\"id\":\"ch_1\"}\n", "garbage"])
  func theLedgerIsMadeFromTheJournalAgain(_ left: String) async throws {
    try await withFolder { folder in
      let configuration = SandboxConfiguration(port: 0, dataDirectory: folder)
      let served = try await withSandbox(configuration) { client in
        for _ in 0..<3 { _ = try await client.charge() }
        return try await client.get("/sandbox/ledger").text
      }
      try Data(left.utf8).write(to: URL(filePath: folder + "/ledger.jsonl"))
      #expect(try await withSandbox(configuration) { try await $0.get("/sandbox/ledger").text } == served)
    }
  }

  @Test func aDamagedLineIsNotATornOne() async throws {
    try await withFolder { folder in
      let configuration = SandboxConfiguration(port: 0, dataDirectory: folder)
      try await withSandbox(configuration) { client in
        for _ in 0..<3 { _ = try await client.charge() }
      }
      let path = folder + "/state.jsonl"
      var lines = try String(contentsOf: URL(filePath: path), encoding: .utf8).split(separator: "\n")
      lines[1] = lines[1].dropLast(5)
      try Data((lines.joined(separator: "\n") + "\n").utf8).write(to: URL(filePath: path))
      #expect { try Sandbox(configuration: configuration, logger: .quiet) } throws: {
        "\($0)".contains("damaged at line 2")
      }
    }
  }

  @Test func twoSandboxesDoNotShareAFolder() async throws {
    try await withSandbox { client in _ = try await client.charge() }
    try await withFolder { folder in
      let configuration = SandboxConfiguration(port: 0, dataDirectory: folder)
      try await withSandbox(configuration) { _ in
        #expect { try Sandbox(configuration: configuration, logger: .quiet) } throws: {
          "\($0)".contains("another sandbox uses")
        }
      }
    }
  }

  private func append(_ text: String, to path: String) throws {
    let file = URL(filePath: path)
    try (try Data(contentsOf: file) + Data(text.utf8)).write(to: file)
  }
}
