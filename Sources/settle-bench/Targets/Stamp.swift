import Crypto
import Foundation

/// When, on what and with which settle something was measured.
struct Stamp: Codable, Equatable {
  /// What figures must share to stand in one table.
  struct Subject: Codable, Equatable {
    /// What `settle --version` says.
    var version: String
    /// The first figures of the program's SHA-256: the same version can be built of other sources.
    var program: String
    var machine: Machine
  }

  var subject: Subject
  /// Of the sources, as git tells it; nil outside of a checkout.
  var commit: String?
  /// RFC 3339, UTC: when it began.
  var at: String
  /// How long the measuring took in all: a time, and no money.
  var seconds: Double

  var told: String {
    "\(at), settle \(subject.version)\(commit.map { " of \($0)" } ?? "") (\(subject.program)), in \(Int(seconds)) s"
  }
}

/// What it runs on.
struct Machine: Codable, Equatable {
  var processor: String
  var cores: Int
  /// In bytes, to the next GiB: how much of it the kernel keeps for itself varies.
  var memory: Int64

  static func here() -> Machine {
    let lines = (try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8))?.split(separator: "\n") ?? []
    let model = lines.first { $0.hasPrefix("model name") }?.split(separator: ":").last
    let gibibyte: Int64 = 1 << 30
    let memory = (Int64(ProcessInfo.processInfo.physicalMemory) + gibibyte - 1) / gibibyte * gibibyte
    return Machine(
      processor: model?.trimmingCharacters(in: .whitespaces) ?? "unknown",
      cores: ProcessInfo.processInfo.activeProcessorCount, memory: memory)
  }

  var told: String { "\(cores) cores of \(processor), \(Columns.gibibytes(memory)) GiB" }
}

extension Workplace {
  /// Which settle is measured here.
  func subject() throws -> Stamp.Subject {
    let (status, version) = try output(of: settle, ["--version"])
    guard status == 0 else { throw BenchFailure("\(settle) --version ended with \(status)") }
    var digest = SHA256()
    let program = try FileHandle(forReadingFrom: URL(fileURLWithPath: settle))
    defer { try? program.close() }
    while let piece = try program.read(upToCount: 1 << 20), !piece.isEmpty { digest.update(data: piece) }
    let figures = digest.finalize().map { String(format: "%02x", $0) }.joined()
    return Stamp.Subject(version: version, program: String(figures.prefix(12)), machine: .here())
  }

  /// The commit of the checkout that settle was built in; `+` where files differ from it.
  func commit() throws -> String? {
    let folder = URL(fileURLWithPath: settle).resolvingSymlinksInPath().deletingLastPathComponent().path
    let (status, name) = try output(of: "/usr/bin/env", ["git", "-C", folder, "describe", "--always", "--dirty=+"])
    return status == 0 ? name : nil
  }

  private func output(of program: String, _ arguments: [String]) throws -> (status: Int32, text: String) {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: program)
    process.arguments = arguments
    let output = Pipe()
    process.standardOutput = output
    process.standardError = FileHandle.nullDevice
    try process.run()
    let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    return (process.terminationStatus, text.trimmingCharacters(in: .whitespacesAndNewlines))
  }
}
