import Foundation
import Postgres
import SettleModel
import SettleStore
import SettleTesting
import Testing

@testable import settle

/// `settle verify` as it is called: its lines, its JSON and its exit status.
@Suite struct VerifyTests {
  private static func file(_ text: String) throws -> String {
    let path = NSTemporaryDirectory() + "settle-verify-\(UUID().uuidString).json"
    try text.write(toFile: path, atomically: true, encoding: .utf8)
    return path
  }

  @Test func anHonestStoreIsProved() async throws {
    let story = try await SmallStory.happened()
    let seal = try await story.store.pool.transaction { try $0.seal(run: story.run.id, at: SmallStory.at(60)) }
    let environment = ["DATABASE_URL": story.store.settings.conninfo]
    let before = try await story.store.fingerprint()
    let kept = try Self.file(#"{"seal":{"number":\#(seal.number),"sha256":"\#(seal.hash)"}}"#)
    let ended = try await Binary.run("verify", "--results", kept, environment: environment)
    #expect(ended.status == 0, "\(ended.output)")
    #expect(ended.output.contains("ok    chains"))
    #expect(ended.output.hasSuffix("everything holds; seal 1 \(seal.hash)\n"))
    let json = try await Binary.run("verify", "--json", environment: environment)
    #expect(json.status == 0)
    let object = try #require(try JSONSerialization.jsonObject(with: Data(json.output.utf8)) as? [String: Any])
    #expect(object["holds"] as? Bool == true)
    #expect((object["checks"] as? [Any])?.count == StoreCheck.all.count)
    #expect(try await story.store.fingerprint() == before)
    await story.store.close()
  }

  @Test func aTamperedStoreEndsWithOneAndSaysWhere() async throws {
    let story = try await SmallStory.happened()
    let environment = ["DATABASE_URL": story.store.settings.conninfo]
    try await story.store.execute(
      "UPDATE payments SET amount = amount + 1 WHERE payment_id = \(SmallStory.payments[0])")
    await story.store.close()
    let ended = try await Binary.run("verify", environment: environment)
    #expect(ended.status == 1)
    #expect(ended.output.contains("FAIL  chains"))
    #expect(ended.output.contains(SmallStory.payments[0].description))
    #expect(!ended.output.contains("everything holds"))
  }

  @Test func theReadersRightsAreEnough() async throws {
    let story = try await SmallStory.happened()
    let results = try await story.store.pool.rolledBack { db in
      _ = try db.execute("SET LOCAL ROLE settle_reader")
      return try StoreCheck.all.map { try db.verify($0) }
    }
    #expect(results.filter { !$0.holds }.map(\.name) == [])
    await story.store.close()
  }

  @Test(arguments: [("{}", "names no seal"), ("what", "is no run_results.json")])
  func aFileWithoutASealIsRefused(_ file: (text: String, says: String)) async throws {
    let ended = try await Binary.run("verify", "--results", try Self.file(file.text))
    #expect(ended.status == 65)
    #expect(ended.errors.contains(file.says))
  }

  @Test func someoneElsesSealIsFound() async throws {
    let story = try await SmallStory.happened()
    let environment = ["DATABASE_URL": story.store.settings.conninfo]
    await story.store.close()
    let kept = try Self.file(#"{"seal":{"number":1,"sha256":"\#(String(repeating: "0", count: 64))"}}"#)
    let ended = try await Binary.run("verify", "--results", kept, environment: environment)
    #expect(ended.status == 1)
    #expect(ended.output.contains("FAIL  kept_seals"))
  }
}
