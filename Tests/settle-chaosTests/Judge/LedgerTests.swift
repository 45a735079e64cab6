import Foundation
import Testing

@testable import settle_chaos

@Suite struct LedgerTests {
  private static let line = """
    {"id":"ch_1","kind":"charge","amount":1000,"currency":"usd","fee":59,"payment_intent":"pi_1",\
    "metadata":{"order_id":"A","payment_id":"P"},"idempotency_key":"k","created":1,"anomaly":"overcharge"}

    """

  private static func ledger(_ text: String) throws -> Ledger {
    let path = NSTemporaryDirectory() + "ledger-\(UUID().uuidString)"
    try Data(text.utf8).write(to: URL(fileURLWithPath: path))
    defer { try? FileManager.default.removeItem(atPath: path) }
    return try Ledger(path: path)
  }

  @Test func aLineIsAMovement() throws {
    let movement = try #require(try Self.ledger(Self.line).movements.first)
    #expect(movement.id == "ch_1")
    #expect(movement.amount == 1_000)
    #expect(movement.metadata == ["order_id": "A", "payment_id": "P"])
    #expect(movement.idempotencyKey == "k")
    #expect(movement.anomaly == "overcharge")
  }

  @Test(arguments: [1, 30, 120])
  func aTornLastLineIsLeftOut(_ length: Int) throws {
    #expect(try Self.ledger(Self.line + Self.line.prefix(length)).movements.count == 1)
  }

  @Test func anEmptyLedgerHasNoMovement() throws {
    #expect(try Self.ledger("").movements.isEmpty)
  }

  @Test func aBrokenLineInTheMiddleStopsTheHarness() {
    #expect(throws: HarnessFailure.self) { try Self.ledger("{\"id\":\n" + Self.line) }
    #expect(throws: HarnessFailure.self) { try Ledger(path: "/nowhere/ledger.jsonl") }
  }
}
