import Foundation
import Glibc
import Testing

/// The built `settle`, beside the tests that run.
struct Binary {
  var status: Int32
  var output: String
  var errors: String

  /// Runs it to its end, in a folder for passing things, with this environment and nothing else of ours.
  static func run(
    _ arguments: String..., environment: [String: String] = [:], in folder: String? = nil
  ) async throws -> Binary {
    try await run(arguments, environment: environment, in: folder)
  }

  static func run(
    _ arguments: [String], environment: [String: String] = [:], in folder: String? = nil
  ) async throws -> Binary {
    try await RunningBinary(arguments, environment: environment, in: folder).ended()
  }

  fileprivate static let url: URL? = {
    let tests = URL(fileURLWithPath: CommandLine.arguments[0]).resolvingSymlinksInPath().deletingLastPathComponent()
    let near = [tests, URL(fileURLWithPath: FileManager.default.currentDirectoryPath + "/.build/debug")]
    return near.map { $0.appending(path: "settle") }.first { access($0.path, X_OK) == 0 }
  }()
}

/// The same while it runs.
struct RunningBinary {
  private let process = Process()
  private let output: TemporaryFile
  private let errors: TemporaryFile

  init(_ arguments: [String], environment: [String: String], in folder: String?) throws {
    output = try TemporaryFile()
    errors = try TemporaryFile()
    let program: URL = try #require(Binary.url)
    process.executableURL = program
    process.arguments = arguments
    process.environment = environment.merging(["PATH": "/usr/bin:/bin"]) { own, _ in own }
    process.currentDirectoryURL = URL(fileURLWithPath: folder ?? NSTemporaryDirectory())
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = output.handle
    process.standardError = errors.handle
    try process.run()
  }

  var isRunning: Bool { process.isRunning }

  func send(_ signal: Int32) { kill(process.processIdentifier, signal) }

  /// Sends a signal and waits for the end.
  func stop(_ signal: Int32) async throws -> Binary {
    send(signal)
    return try await ended()
  }

  /// Waits for the end without blocking a thread: it may need the sandbox, whose answers come from this process's few.
  func ended() async throws -> Binary {
    while process.isRunning { try await Task.sleep(for: .milliseconds(10)) }
    let status = process.terminationReason == .exit ? process.terminationStatus : 128 + process.terminationStatus
    return Binary(status: status, output: try output.text(), errors: try errors.text())
  }
}

/// Output goes to files: a pipe would fill up while nobody reads.
private struct TemporaryFile {
  let path = NSTemporaryDirectory() + "settle-binary-\(UUID().uuidString)"
  let handle: FileHandle

  init() throws {
    try Data().write(to: URL(fileURLWithPath: path))
    handle = try #require(FileHandle(forWritingAtPath: path))
  }

  func text() throws -> String {
    try handle.close()
    defer { unlink(path) }
    return try String(contentsOfFile: path, encoding: .utf8)
  }
}
