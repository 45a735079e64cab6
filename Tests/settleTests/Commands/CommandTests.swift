import ArgumentParser
import Foundation
import Postgres
import SettleStore
import SettleTesting
import Testing

@testable import settle

@Suite struct CommandTests {
  static let commands = [
    "run", "retry", "status", "explain", "breaks", "decide", "events", "verify", "layout list", "layout check",
    "doctor",
    "db start",
    "db stop", "db migrate", "db url", "sandbox",
  ]

  @Test(arguments: commands)
  func everyCommandHasHelpWithAnExample(command: String) throws {
    let type = try #require(Self.type(of: command))
    let help = Settle.helpMessage(for: type, columns: 80)
    #expect(help.contains("EXAMPLE"))
    #expect(help.contains("settle \(command)"))
  }

  @Test(arguments: [""] + commands)
  func examplesFitATerminal(command: String) throws {
    let type = try #require(Self.type(of: command))
    let tooLong = type.configuration.discussion.split(separator: "\n").filter { $0.hasPrefix("  ") && $0.count > 79 }
    #expect(tooLong == [])
  }

  private static func type(of command: String) -> (any ParsableCommand.Type)? {
    var type: any ParsableCommand.Type = Settle.self
    for word in command.split(separator: " ") {
      guard let next = type.configuration.subcommands.first(where: { $0.configuration.commandName == String(word) })
      else {
        return nil
      }
      type = next
    }
    return type
  }

  @Test func withoutArgumentsItPrintsHelpOnStandardOutput() async throws {
    let plain = try await Binary.run()
    let help = try await Binary.run("--help")
    #expect(plain.status == 0)
    #expect(help.status == 0)
    #expect(plain.output == help.output)
    #expect(help.output.contains("SUBCOMMANDS:"))
    #expect(help.errors.isEmpty)
    #expect(try await Binary.run("--version").output == Settle.version + "\n")
  }

  @Test(arguments: [
    ["nonsense"], ["run", "--stage", "chargee"], ["run", "--date", "tomorrow"], ["breaks", "--csv", "--json"],
    ["explain"], ["sandbox", "--faults", "lost=2"], ["sandbox", "--key-ttl", "soon"], ["events", "--type", "Paid"],
    ["status", "--runs", "0"],
  ])
  func usageErrorsEndWith64AndSayNothingOnStandardOutput(arguments: [String]) async throws {
    let ended = try await Binary.run(arguments)
    #expect(ended.status == 64)
    #expect(ended.output.isEmpty)
    #expect(ended.errors.hasPrefix("Error: "))
  }

  @Test(arguments: [
    (["help", "nope"], "settle nope'; known here: run, retry, status, explain, "),
    (["help", "explan"], "settle explan'; did you mean 'settle explain'?"),
    (["stauts", "--json"], "settle stauts'; did you mean 'settle status'?"),
    (["db", "strat"], "settle db strat'; did you mean 'settle db start'?"),
    (["help", "layout", "chek"], "settle layout chek'; did you mean 'settle layout check'?"),
  ])
  func anUnknownCommandIsUsageAndNamesTheNearest(arguments: [String], says: String) async throws {
    let ended = try await Binary.run(arguments)
    #expect(ended.status == 64)
    #expect(ended.output.isEmpty)
    #expect(ended.errors.hasPrefix("Error: there is no command '\(says)"), "\(ended.errors)")
  }

  @Test(arguments: [
    ["help"], ["help", "run"], ["help", "db", "start"], ["run", "nope"], ["--version"], ["explain", "nope"], [], ["db"],
    ["--generate-completion-script", "bash"],
  ])
  func whatNamesACommandIsLeftToTheParser(arguments: [String]) {
    #expect(UnknownCommand(in: arguments, of: Settle.self) == nil)
  }

  @Test func dbURLPrintsTheURLAlone() async throws {
    let ended = try await Binary.run("db", "url", environment: ["DATABASE_URL": "postgresql://me:s3cret@db/pay"])
    #expect(ended.output == "postgresql:///pay?host=db&user=me\n")
    #expect(ended.errors.isEmpty)
    #expect(ended.status == 0)
  }

  @Test func aDatabaseThatIsNotThereEndsWith69AndNoSecret() async throws {
    let ended = try await Binary.run("status", environment: ["DATABASE_URL": "postgresql://me:s3cret@127.0.0.1:1/pay"])
    #expect(ended.status == 69)
    #expect(ended.output.isEmpty)
    #expect(ended.errors.hasPrefix("settle: the database cannot be reached: "))
    #expect(!ended.errors.contains("s3cret"))
  }

  @Test func anEmptyDatabaseIsNotMigratedUnasked() async throws {
    let settings = try await TestCluster.database()
    let environment = ["DATABASE_URL": settings.conninfo]
    let refused = try await Binary.run("status", environment: environment)
    #expect(refused.status == 78)
    #expect(refused.errors.contains("run `settle db migrate`"))
    let migrated = try await Binary.run("db", "migrate", environment: environment)
    #expect(migrated.status == 0)
    #expect(migrated.output.hasPrefix("0001_control\n"))
    #expect(try await Binary.run("db", "migrate", environment: environment).output.isEmpty)
    let status = try await Binary.run("status", "--json", environment: environment)
    #expect(status.status == 0)
    #expect(status.output.contains("\"runs\": []"))
  }

  /// Before anything is due, and before any store is made.
  @Test(arguments: [["run"], ["run", "--dry-run"], ["layout", "list"]])
  func aWrongProcessorIsRefusedAtOnce(command: [String]) async throws {
    let folder = NSTemporaryDirectory() + "settle-strype-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try "pipeline: n\nprocessor: strype\n".write(toFile: folder + "/n.yaml", atomically: true, encoding: .utf8)
    let ended = try await Binary.run(command + ["--pipeline", "n.yaml"], in: folder)
    #expect(ended.status == 78)
    #expect(ended.errors == "settle: n.yaml:2: processor: there is no processor \"strype\"; settle knows stripe\n")
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["n.yaml"])
  }

  @Test(arguments: [["status"], ["breaks"], ["explain", "A"], ["events"], ["verify"], ["retry"]])
  func whoeverOnlyLooksMakesNoStore(arguments: [String]) async throws {
    let home = NSTemporaryDirectory() + "settle-nowhere-\(UUID().uuidString)"
    let ended = try await Binary.run(arguments, environment: ["SETTLE_HOME": home])
    #expect(ended.status == 78)
    #expect(ended.output.isEmpty)
    #expect(
      ended.errors == "settle: there is no store here yet; `settle run` makes one in \(home), and SETTLE_HOME or"
        + " DATABASE_URL name another\n")
    #expect(!FileManager.default.fileExists(atPath: home))
  }

  @Test func theStoreIsReadByEveryCommandThatReads() async throws {
    let story = try await SmallStory.happened()
    let environment = ["DATABASE_URL": story.store.settings.conninfo]
    await story.store.close()
    let events = try await Binary.run("events", "--jsonl", "--since", "9", environment: environment)
    #expect(events.output.split(separator: "\n").count == 2)
    #expect(
      events.output.hasPrefix(
        #"{"sequence":10,"type":"RefundRequested","occurredAt":"2026-11-20T20:24:00Z","payload":{"#))
    let breaks = try await Binary.run("breaks", "--status", "open", "--csv", environment: environment)
    #expect(breaks.output.split(separator: "\r\n").count == 2)
    #expect(breaks.output.hasPrefix("break_id,reason,status,payment_id,"))
    let all = try await Binary.run("breaks", "--json", environment: environment)
    #expect((try JSONSerialization.jsonObject(with: Data(all.output.utf8)) as? [Any])?.count == 2)
    #expect(try await Binary.run("explain", "C", environment: environment).status == 0)
    let unknown = try await Binary.run("explain", "nobody", environment: environment)
    #expect(unknown.status == 64)
    #expect(unknown.errors.hasPrefix("settle: the store has no payment, order,"))
  }

  @Test func aFileIsTriedWithoutAnyDatabase() async throws {
    let path = NSTemporaryDirectory() + "settle-layout-\(UUID().uuidString).csv"
    defer { try? FileManager.default.removeItem(atPath: path) }
    try "order_id,amount,currency\na,100,USD\nb,0,USD\n".write(toFile: path, atomically: true, encoding: .utf8)
    let mixed = try await Binary.run("layout", "check", path)
    #expect(mixed.status == 0)
    #expect(mixed.output.contains("2 rows: 1 accepted, 1 quarantined, 0 ignored"))
    #expect(mixed.output.contains("3  amount  zero_amount"))
    try "what,is\nthis,then\n".write(toFile: path, atomically: true, encoding: .utf8)
    let refused = try await Binary.run("layout", "check", path)
    #expect(refused.status == 65)
    #expect(refused.output.isEmpty)
    #expect(try await Binary.run("layout", "list").output.contains("stripe-payout-reconciliation"))
  }

  /// Sums, control totals, and 65 for a wrong one: all of it is printed first.
  @Test func aFilesOwnTotalsAreShown() async throws {
    let samples = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appending(path: "../../../samples").path
    let path = samples + "/paypal-settlement/refused-control-totals.csv"
    let wrong = try await Binary.run("layout", "check", path)
    #expect(wrong.status == 65)
    #expect(wrong.output.contains("4 rows: 4 accepted, 0 quarantined, 0 ignored"))
    #expect(wrong.output.contains("charge  USD          2   65.99   2.86   63.13"))
    #expect(wrong.output.contains("8 control totals, 2 wrong"))
    #expect(wrong.output.contains("8  RF      USD       gross credits   66.00         65.99  wrong"), "\(wrong.output)")
    #expect(wrong.errors.contains("line 8: RF USD gross credits are stated as 66.00 and come to 65.99, 0.01 less"))
    let json = try await Binary.run(
      "layout", "check", samples + "/paypal-settlement/plain.csv", "--layout", "paypal-settlement", "--json")
    #expect(json.status == 0)
    let object = try #require(try JSONSerialization.jsonObject(with: Data(json.output.utf8)) as? [String: Any])
    #expect(object["layout"] as? String == "paypal-settlement")
    #expect(object["accepted"] as? Int == 4)
    let totals = try #require(object["control_totals"] as? [[String: Any]])
    #expect(totals.count == 8 && totals.allSatisfy { $0["right"] as? Bool == true })
    let sums = try #require(object["sums"] as? [[String: Any]])
    #expect(sums.map { $0["net"] as? String } == ["63.13", "-50.00", "-9.80"])
  }
}
