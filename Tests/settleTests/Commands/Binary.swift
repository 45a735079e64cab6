import Foundation
import Glibc
import Testing

/// The built `settle`, beside the tests that run.
struct Binary {
  var status: Int32
  var output: String
  var errors: String

  /// Runs it to its end in an empty folder, with this environment and nothing else of ours.
  static func run(_ arguments: String..., environment: [String: String] = [:], in folder: String? = nil) throws
    -> Binary
  {
    let process = Process()
    process.executableURL = try #require(Self.url)
    process.arguments = arguments
    process.environment = environment.merging(["PATH": "/usr/bin:/bin"]) { own, _ in own }
    process.currentDirectoryURL = URL(fileURLWithPath: folder ?? NSTemporaryDirectory())
    process.standardInput = FileHandle.nullDevice
    let files = try (0..<2).map { _ in try TemporaryFile() }
    process.standardOutput = files[0].handle
    process.standardError = files[1].handle
    try process.run()
    process.waitUntilExit()
    let status = process.terminationReason == .exit ? process.terminationStatus : 128 + process.terminationStatus
    return Binary(status: status, output: try files[0].text(), errors: try files[1].text())
  }

  private static let url: URL? = {
    let tests = URL(fileURLWithPath: CommandLine.arguments[0]).resolvingSymlinksInPath().deletingLastPathComponent()
    let near = [tests, URL(fileURLWithPath: FileManager.default.currentDirectoryPath + "/.build/debug")]
    return near.map { $0.appending(path: "settle") }.first { access($0.path, X_OK) == 0 }
  }()
}

/// Output goes to files: a pipe would fill up while nobody reads.
private struct TemporaryFile {
  let path = NSTemporaryDirectory() + "settle-binary-\(UUID().uuidString)"
  let handle: FileHandle

  init() throws {
    FileManager.default.createFile(atPath: path, contents: nil)
    handle = try #require(FileHandle(forWritingAtPath: path))
  }

  func text() throws -> String {
    try handle.close()
    defer { unlink(path) }
    return try String(contentsOfFile: path, encoding: .utf8)
  }
}
