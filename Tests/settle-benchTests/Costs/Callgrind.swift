import Foundation
import Glibc

@testable import settle_bench

/// Counts what a program does with valgrind, which gives nearly the same numbers each time, on any machine of a kind.
final class Callgrind: Sendable {
  private let folder: String
  private let program: String

  /// `strip` too, since Debian 12's valgrind cannot read the symbols that Swift's compiler writes for debuggers.
  static let isInstalled = ["valgrind", "strip"].allSatisfy { access("/usr/bin/\($0)", X_OK) == 0 }

  /// - Parameter program: the name of one that is built beside the tests.
  init(_ program: String) async throws {
    let tests = URL(fileURLWithPath: CommandLine.arguments[0]).resolvingSymlinksInPath().deletingLastPathComponent()
    let near = [tests, URL(fileURLWithPath: FileManager.default.currentDirectoryPath + "/.build/debug")]
    guard let built = near.map({ $0.appending(path: program).path }).first(where: { access($0, X_OK) == 0 }) else {
      throw BenchFailure("\(program) is not built")
    }
    folder = NSTemporaryDirectory() + "settle-callgrind-\(UUID().uuidString)"
    self.program = "\(folder)/\(program)"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    try await Self.run("/usr/bin/strip", ["--strip-debug", "-o", self.program, built], log: "\(folder)/strip.log")
  }

  deinit { try? FileManager.default.removeItem(atPath: folder) }

  struct Counts: Codable {
    var instructions: Int
    /// Pieces of memory that were asked for.
    var allocations: Int
  }

  /// What the program does from its start to its end, on all its threads.
  func count(_ arguments: [String]) async throws -> Counts {
    let counts = "\(folder)/callgrind.out"
    try await Self.run(
      "/usr/bin/valgrind", ["--tool=callgrind", "--vgdb=no", "--callgrind-out-file=\(counts)", program] + arguments,
      log: "\(folder)/valgrind.log")
    let lines = try String(contentsOfFile: counts, encoding: .utf8).split(separator: "\n")
    guard let line = lines.last(where: { $0.hasPrefix("totals: ") }),
      let total = Int(line.dropFirst("totals: ".count))
    else { throw BenchFailure("valgrind counted nothing") }
    return Counts(instructions: total, allocations: Self.calls(of: "malloc", in: lines))
  }

  /// The callee `cfn=(12) malloc`, later only `cfn=(12)`, stands before each of its `calls=3 0`; a number is said to be
  /// a name where it first stands, be that as callee or as caller (`fn=`).
  private static func calls(of name: String, in lines: [Substring]) -> Int {
    guard let known = lines.first(where: { $0.hasSuffix(") \(name)") && $0.contains("fn=(") }),
      let number = known.split(separator: "=").last?.prefix(while: { $0 != " " })
    else { return 0 }
    var calls = 0
    var isCalled = false
    for line in lines {
      if line.hasPrefix("cfn=") {
        isCalled = line.dropFirst("cfn=".count).prefix { $0 != " " } == number
      } else if isCalled, line.hasPrefix("calls=") {
        calls += Int(line.dropFirst("calls=".count).prefix { $0 != " " }) ?? 0
      }
    }
    return calls
  }

  private static func run(_ program: String, _ arguments: [String], log: String) async throws {
    guard FileManager.default.createFile(atPath: log, contents: nil), let said = FileHandle(forWritingAtPath: log)
    else { throw BenchFailure("\(log) cannot be written") }
    let process = Process()
    process.executableURL = URL(fileURLWithPath: program)
    process.arguments = arguments
    // Otherwise the order within sets and dictionaries differs from run to run.
    process.environment = ["PATH": "/usr/bin:/bin", "SWIFT_DETERMINISTIC_HASHING": "1"]
    process.standardOutput = said
    process.standardError = said
    try process.run()
    // Without blocking one of the few threads that all tests share.
    while process.isRunning { try await Task.sleep(for: .milliseconds(10)) }
    guard process.terminationReason == .exit, process.terminationStatus == 0 else {
      let words = (try? String(contentsOfFile: log, encoding: .utf8)) ?? ""
      throw BenchFailure("\(program) ended with \(process.terminationStatus): \(words.suffix(2_000))")
    }
  }
}
