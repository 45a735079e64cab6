import Foundation

/// Runs settle on a world's inbox, as a process of its own against a private server with the settings that settle ships.
struct Night {
  let settle: String
  /// Holds the inbox, the store and the reports.
  let folder: String
  let orders: Int

  static let stages = ["ingest", "import", "reconcile", "report"]

  private var reports: String { "\(folder)/reports" }

  /// One run, and what it took. The server must run.
  func run(_ name: String, probe: ServerProbe) async throws -> RunFigures {
    let arguments =
      ["run", "--date", World.date, "--inbox", "\(folder)/inbox", "--out", reports]
      + Self.stages.flatMap { ["--stage", $0] }
    var samples = [Sample(at: .now, settleCpu: 0, server: try await probe.read())]
    let begun = Date.now
    let process = try start(arguments)
    var peak = 0
    while process.isRunning {
      // A process that has just ended has no figures any more: what was seen last stands.
      peak = max(peak, ProcFiles.kibibytes("VmHWM", of: process.processIdentifier))
      let cpu = max(samples.last?.settleCpu ?? 0, ProcFiles.cpuSeconds(of: process.processIdentifier))
      samples.append(Sample(at: .now, settleCpu: cpu, server: try await probe.read()))
      try await Task.sleep(for: .milliseconds(50))
    }
    let ended = Date.now
    samples.append(Sample(at: ended, settleCpu: samples.last?.settleCpu ?? 0, server: try await probe.read()))
    guard [0, 1].contains(process.terminationStatus) else {
      throw BenchFailure("settle ended with \(process.terminationStatus); what it said is in \(log)")
    }
    return RunFigures(
      run: name, exitStatus: process.terminationStatus, seconds: ended.timeIntervalSince(begun),
      settlePeak: peak * 1024, stages: try figures(from: begun, to: ended, samples), reports: try manifest())
  }

  /// Anything that settle says on stdout.
  @discardableResult
  func settle(_ arguments: String...) throws -> String {
    let output = Pipe()
    let process = try start(arguments, output: output)
    let said = output.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    guard process.terminationStatus == 0 else {
      throw BenchFailure("settle \(arguments.joined(separator: " ")) failed; what it said is in \(log)")
    }
    return String(decoding: said, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
  }

  private var log: String { "\(folder)/settle.log" }

  /// Nothing of the caller's own set-up reaches it.
  private func start(_ arguments: [String], output: Pipe? = nil) throws -> Process {
    FileManager.default.createFile(atPath: log, contents: nil)
    let said = try FileHandle(forWritingTo: URL(fileURLWithPath: log))
    let process = Process()
    process.executableURL = URL(fileURLWithPath: settle)
    process.arguments = arguments
    process.currentDirectoryURL = URL(fileURLWithPath: folder)
    process.environment = ["PATH": "/usr/local/bin:/usr/bin:/bin", "HOME": folder, "SETTLE_HOME": "\(folder)/home"]
    process.standardError = said
    if let output { process.standardOutput = output } else { process.standardOutput = said }
    try process.run()
    return process
  }

  private func figures(from begun: Date, to ended: Date, _ samples: [Sample]) throws -> [StageFigures] {
    let results = try RunResults(path: "\(reports)/run_results.json")
    var figures: [StageFigures] = []
    var last = begun
    for stage in results.stages {
      guard stage.status == "done", let began = stage.began, let ended = stage.ended else {
        throw BenchFailure("the stage \(stage.name) did not end well: \(stage.message ?? stage.status)")
      }
      if figures.isEmpty { figures.append(StageFigures("start", rows: 0, from: begun, to: began, of: samples)) }
      let rows = stage.counts["rows_read"] ?? orders
      figures.append(StageFigures(stage.name, rows: rows, from: began, to: ended, of: samples))
      last = ended
    }
    figures.append(StageFigures("end", rows: 0, from: last, to: ended, of: samples))
    return figures
  }

  private func manifest() throws -> [String] {
    try String(contentsOfFile: "\(reports)/.settle-manifest", encoding: .utf8).split(separator: "\n").map(String.init)
  }
}
