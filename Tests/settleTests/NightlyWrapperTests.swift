import Foundation
import Testing

/// `cron/settle-nightly` around a stand-in for settle that ends with one status after another.
struct NightlyWrapperTests {
  @Test(arguments: [
    Case(statuses: [0], ends: 0, calls: ["run --pipeline p.yaml"], alert: nil),
    Case(
      statuses: [1], ends: 0, calls: ["run --pipeline p.yaml"],
      alert: "settle: done, but breaks or quarantined rows exceed fail_on: see today's report.html"),
    Case(statuses: [75, 75, 0], ends: 0, calls: ["run --pipeline p.yaml", "retry", "retry"], alert: nil),
    Case(
      statuses: [75, 65], ends: 65, calls: ["run --pipeline p.yaml", "retry"],
      alert: "settle: an input file was refused as a whole (65)"),
    Case(
      statuses: [75, 75, 75, 75], ends: 75, calls: ["run --pipeline p.yaml", "retry", "retry"],
      alert: "settle: not finished after 2 more tries (75); `settle retry` takes it up again"),
    Case(
      statuses: [69, 69, 69], ends: 69, calls: Array(repeating: "run --pipeline p.yaml", count: 3),
      alert: "settle: the database or the processor could not be reached in 2 more tries (69)"),
    Case(
      statuses: [69, 75, 0], ends: 0, calls: ["run --pipeline p.yaml", "run --pipeline p.yaml", "retry"], alert: nil),
    Case(
      statuses: [77], ends: 77, calls: ["run --pipeline p.yaml"],
      alert: "settle: the processor or the database refused us (77): check the key and the role"),
    Case(
      statuses: [78], ends: 78, calls: ["run --pipeline p.yaml"],
      alert: "settle: the configuration is wrong (78): `settle doctor` tells how to mend it"),
    Case(
      statuses: [64], ends: 64, calls: ["run --pipeline p.yaml"], alert: "settle: the command line is wrong (64)"),
  ])
  func everyStatusIsHandled(_ night: Case) throws {
    let folder = try Night(statuses: night.statuses)
    defer { folder.remove() }

    #expect(try folder.run() == night.ends)
    #expect(try folder.lines("calls") == night.calls)
    #expect(try folder.lines("alerts") == [night.alert].compactMap(\.self))
  }

  @Test func twoNightsNeverOverlap() throws {
    let folder = try Night(statuses: [0])
    defer { folder.remove() }
    try folder.write("logs/settle-nightly.lock", "")
    let locked = try folder.run(under: ["/usr/bin/flock", folder.path + "/logs/settle-nightly.lock"])

    #expect(locked == 75)
    #expect(try folder.lines("calls") == [])
    #expect(
      try folder.lines("alerts") == ["settle: the last night's run has not ended yet, so this one did not begin"])
    #expect(try folder.run() == 0)
  }

  @Test func oldLogsGoAndAllElseStays() throws {
    let folder = try Night(statuses: [0])
    defer { folder.remove() }
    let old = Date(timeIntervalSince1970: 1_600_000_000)
    for name in ["settle-2020-09-13.log", "notes.log"] { try folder.write("logs/" + name, "", modified: old) }

    #expect(try folder.run() == 0)
    let logs = try FileManager.default.contentsOfDirectory(atPath: folder.path + "/logs").sorted()
    #expect(!logs.contains("settle-2020-09-13.log"))
    #expect(logs.contains("notes.log"))
    #expect(logs.filter { $0.hasPrefix("settle-20") }.count == 1)
  }

  struct Case: Sendable, CustomTestStringConvertible {
    var statuses: [Int]
    var ends: Int32
    var calls: [String]
    var alert: String?

    var testDescription: String { "\(statuses)" }
  }
}

/// A folder with a stand-in for settle and one for the alert, both of which write down how they were called.
private struct Night {
  let path: String

  init(statuses: [Int]) throws {
    path = FileManager.default.temporaryDirectory.appending(path: "night-\(UUID())").path
    try FileManager.default.createDirectory(atPath: path + "/logs", withIntermediateDirectories: true)
    try write("statuses", statuses.map { "\($0)\n" }.joined())
    try write(
      "settle", "#!/bin/sh\necho \"$*\" >>calls\nstatus=$(head -n 1 statuses)\nsed -i 1d statuses\nexit \"$status\"\n")
    try write("alert", "#!/bin/sh\necho \"$1\" >>alerts\ncat >/dev/null\n")
  }

  func write(_ name: String, _ text: String, modified: Date? = nil) throws {
    try text.write(toFile: path + "/" + name, atomically: true, encoding: .utf8)
    var attributes: [FileAttributeKey: Any] = [.posixPermissions: 0o755]
    if let modified { attributes[.modificationDate] = modified }
    try FileManager.default.setAttributes(attributes, ofItemAtPath: path + "/" + name)
  }

  func run(under prefix: [String] = []) throws -> Int32 {
    let repository = URL(filePath: #filePath).appending(path: "../../..").standardizedFileURL.path
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = prefix + [repository + "/cron/settle-nightly", "--pipeline", "p.yaml"]
    process.environment = [
      "PATH": "/usr/bin:/bin", "SETTLE_DIRECTORY": path, "SETTLE_BINARY": "./settle", "SETTLE_ALERT": "./alert",
      "SETTLE_PAUSE": "0", "SETTLE_TRIES": "2",
    ]
    process.standardOutput = FileHandle.nullDevice
    try process.run()
    process.waitUntilExit()
    return process.terminationStatus
  }

  func lines(_ name: String) throws -> [String] {
    guard FileManager.default.fileExists(atPath: path + "/" + name) else { return [] }
    return try String(contentsOfFile: path + "/" + name, encoding: .utf8).split(separator: "\n").map(String.init)
  }

  func remove() {
    #expect(throws: Never.self) { try FileManager.default.removeItem(atPath: path) }
  }
}
