import Foundation

/// The programs that do as settle does, and their scripts.
struct PeerPrograms {
  let scripts: String
  let interpreter: String

  /// - Parameters:
  ///   - scripts: the folder of the peers' scripts.
  ///   - python: the one that DuckDB, pandas and datacompy are installed for.
  init(scripts: String, python: String) throws {
    self.scripts = URL(fileURLWithPath: scripts).standardizedFileURL.path
    interpreter = python
    guard FileManager.default.fileExists(atPath: "\(self.scripts)/\(Peer.psql.script)") else {
      throw BenchFailure("\(self.scripts) does not hold the peers' scripts: name their folder with --scripts")
    }
  }

  func isInstalled(_ peer: Peer) throws -> Bool {
    let asked = peer.module.map { process(interpreter, ["-c", "import \($0)"]) } ?? process("psql", ["--version"])
    asked.standardOutput = FileHandle.nullDevice
    asked.standardError = FileHandle.nullDevice
    try asked.run()
    asked.waitUntilExit()
    return asked.terminationStatus == 0
  }

  /// Makes a database on a store's server. Returns its URL.
  func database(on server: String) async throws -> String {
    _ = try await said(by: process("psql", ["-X", "-q", "-d", server, "-c", "CREATE DATABASE peer"]))
    return server.replacing(/^postgresql:\/\/\/[^?]*/, with: "postgresql:///peer")
  }

  func psql(_ database: String, files: [String], out: String) -> Process {
    process(
      "psql",
      ["-X", "-q", "-d", database, "-v", "authorizations=\(files[0])", "-v", "outcomes=\(files[1])"]
        + ["-v", "out=\(out)", "-f", "\(scripts)/\(Peer.psql.script)"])
  }

  func python(_ peer: Peer, files: [String], out: String) -> Process {
    process(interpreter, ["\(scripts)/\(peer.script)"] + files + [out])
  }

  /// What a process says on stdout, which must fit a pipe, and the most memory that it held.
  func said(by process: Process, _ look: () async throws -> Void = {}) async throws -> (text: String, peak: Int) {
    let output = Pipe()
    process.standardOutput = output
    try process.run()
    let peak = try await process.peak { _ in try await look() }
    let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    guard process.terminationStatus == 0 else {
      throw BenchFailure(
        "\((process.arguments ?? []).prefix(2).joined(separator: " ")) ended with \(process.terminationStatus)")
    }
    return (text, peak)
  }

  private func process(_ program: String, _ arguments: [String]) -> Process {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = [program] + arguments
    return process
  }
}
