import Foundation
import SettleModel
import SettlePipeline
import Testing

@testable import SettleStore
@testable import settle

@Suite struct DoctorTests {
  private static let well = DatabaseHealth(
    version: 15, user: "settle", database: "settle", relaxed: [], isReadOnly: false,
    clock: Timestamp(seconds: 1_000), connectionsLeft: 40)

  @Test func aLineTellsLevelSubjectAndRemedy() {
    let style = Style(isOn: false)
    #expect(Finding.ok("inbox", "can be read").line(style, width: 8) == "ok    inbox     can be read")
    #expect(
      Finding.warning("disk", "9 MiB", mend: "make room").line(style, width: 8) == "warn  disk      9 MiB: make room")
    #expect(Finding.failure(.configuration, "schema", "old").line(style, width: 8) == "FAIL  schema    old")
  }

  @Test func jsonHoldsTheSameFindings() {
    let findings: [Finding] = [
      .ok("inbox", "can be read"), .warning("disk", "9 MiB", mend: "make room"),
      .failure(.configuration, "schema", "old"),
    ]
    let checks = [
      #"{"exit_status":null,"level":"ok","name":"inbox","remedy":null,"says":"can be read"}"#,
      #"{"exit_status":null,"level":"warning","name":"disk","remedy":"make room","says":"9 MiB"}"#,
      #"{"exit_status":78,"level":"failure","name":"schema","remedy":null,"says":"old"}"#,
    ]
    #expect(findings.json.compact == #"{"checks":[\#(checks.joined(separator: ","))],"exit_status":78}"#)
  }

  @Test func itEndsWithTheWorst() {
    let findings: [Finding] = [
      .ok("a", ""), .failure(.unavailable, "b", ""), .failure(.notPermitted, "c", ""), .warning("d", "", mend: ""),
    ]
    #expect(findings.exitStatus == .notPermitted)
    #expect([Finding.warning("d", "", mend: "")].exitStatus == .done)
  }

  @Test func filesThatNoRunWouldReadAreAWarning() throws {
    let inbox = NSTemporaryDirectory() + "settle-unread-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: inbox + "/authorizations", withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: inbox) }
    let pipeline = try PipelineDefinition.shipped()
    try Data().write(to: URL(fileURLWithPath: inbox + "/authorizations/a.csv"))
    #expect(FolderChecks.unread(inbox, pipeline, out: "reports/x") == [])
    for number in 10..<22 { try Data().write(to: URL(fileURLWithPath: "\(inbox)/\(number).csv")) }
    #expect(
      FolderChecks.unread(inbox, pipeline, out: "reports/x") == [
        .warning(
          "inbox",
          "no source takes \((10..<20).map { "\($0).csv" }.joined(separator: ", ")), … and 2 more",
          mend: "move them to where a source's path finds them, or mend that path")
      ])
  }

  @Test func aHealthyDatabaseIsWell() {
    #expect(DatabaseChecks.judge(Self.well, origin: "DATABASE_URL").allSatisfy { $0.level == .ok })
  }

  private static func health(_ change: (inout DatabaseHealth) -> Void) -> DatabaseHealth {
    var health = well
    change(&health)
    return health
  }

  @Test(arguments: [
    (health { $0.version = 13 }, Finding.Level.failure(.configuration), "PostgreSQL 14 or newer"),
    (health { $0.isReadOnly = true }, .failure(.configuration), "name the primary"),
    (health { $0.relaxed = ["fsync"] }, .failure(.configuration), "switch it on"),
    (health { $0.withheld = ["pg_control_system()"] }, .warning, "GRANT EXECUTE ON FUNCTION pg_control_system()"),
    (health { $0.connectionsLeft = 2 }, .warning, "raise max_connections"),
  ])
  func whatIsNotWellIsSaidWithItsRemedy(health: DatabaseHealth, level: Finding.Level, mend: String) {
    let findings = DatabaseChecks.judge(health, origin: "DATABASE_URL")
    #expect(findings.contains { $0.level == level && $0.mend?.contains(mend) == true })
  }

  @Test(
    arguments: [(1_000, 1_001, Finding.Level.ok), (1_010, 1_012, .warning), (980, 981, .warning)]
      as [(Int64, Int64, Finding.Level)])
  func aClockThatIsApartIsSaid(before: Int64, after: Int64, level: Finding.Level) {
    let finding = DatabaseChecks.judge(
      clock: Self.well.clock, ours: (Timestamp(seconds: before), Timestamp(seconds: after)))
    #expect(finding.level == level)
  }

  @Test func anIdentityThatMayNotBeReadIsSaid() {
    let whole = DatabaseIdentity(system: "7", timeline: 1, oid: 5, name: "settle")
    #expect(DatabaseChecks.judge(whole).level == .ok)
    let partly = DatabaseIdentity(system: nil, timeline: 1, oid: 5, name: "settle")
    #expect(DatabaseChecks.judge(partly).level == .warning)
    #expect(DatabaseChecks.judge(partly).mend?.contains("pg_control_system()") == true)
  }

  @Test func rightsAreJudgedBothWays() {
    func judge(_ health: RoleHealth) -> [Finding.Level] {
      DatabaseChecks.judge("settle_writer", health, needsMembership: true).map(\.level)
    }
    #expect(judge(RoleHealth(exists: true, isMember: true, missing: [], excessive: [])) == [.ok])
    #expect(judge(RoleHealth(exists: false, isMember: false, missing: [], excessive: [])) == [.warning])
    #expect(judge(RoleHealth(exists: true, isMember: false, missing: [], excessive: [])) == [.warning])
    #expect(
      judge(RoleHealth(exists: true, isMember: true, missing: ["INSERT on outbox"], excessive: ["UPDATE on outbox"]))
        == [.failure(.notPermitted), .warning])
  }

  @Test(
    arguments: [(50, Finding.Level.failure(.unavailable)), (500, .warning), (5_000, .ok)] as [(Int64, Finding.Level)])
  func roomRunsOut(mebibytes: Int64, level: Finding.Level) {
    #expect(FolderChecks.judge("the files out", free: mebibytes * 1_048_576).level == level)
  }

  /// As root one may write there, and yet nothing can be made.
  @Test func aPlaceThatTakesNoFoldersIsNotCalledFull() {
    #expect(FolderChecks.out("/proc/x").map(\.level) == [.failure(.configuration)])
    let room = FolderChecks.space([("the files out", "/proc/x"), ("settle's home", NSTemporaryDirectory())])
    #expect(room.first?.level == .failure(.configuration))
    #expect(room.first?.text == "/proc/x cannot be made, so there is no room for the files out")
    #expect(room.count == 2 && room.last?.text.contains("MiB free") == true)
  }

  @Test func aMissingInboxAndAMissingFolderInItAreSaid() throws {
    let folder = NSTemporaryDirectory() + "settle-doctor-\(UUID().uuidString)"
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let sources = [PipelineDefinition.Source(path: "outcomes/*")]
    #expect(FolderChecks.inbox(folder, sources: sources).map(\.level) == [.failure(.configuration)])
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    #expect(FolderChecks.inbox(folder, sources: sources).map(\.level) == [.warning])
    try FileManager.default.createDirectory(atPath: folder + "/outcomes", withIntermediateDirectories: true)
    #expect(FolderChecks.inbox(folder, sources: sources).map(\.level) == [.ok])
    #expect(FolderChecks.out(folder + "/reports/2026-11-20").map(\.level) == [.ok])
  }
}
