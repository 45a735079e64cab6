import Foundation
import Glibc

@testable import settle_bench

/// Counts a program's instructions with valgrind, which gives nearly the same number each time, on any machine of a kind.
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

  /// How many instructions the program takes, on all its threads.
  func instructions(_ arguments: [String]) async throws -> Int {
    let counts = "\(folder)/callgrind.out"
    try await Self.run(
      "/usr/bin/valgrind", ["--tool=callgrind", "--callgrind-out-file=\(counts)", program] + arguments,
      log: "\(folder)/valgrind.log")
    let text = try String(contentsOfFile: counts, encoding: .utf8)
    guard let line = text.split(separator: "\n").last(where: { $0.hasPrefix("totals: ") }),
      let total = Int(line.dropFirst("totals: ".count))
    else { throw BenchFailure("valgrind counted nothing") }
    return total
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
