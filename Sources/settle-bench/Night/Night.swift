import Foundation

/// Runs settle on a world's inbox, as a process of its own against a private server with the settings that settle ships.
struct Night {
  let settle: String
  /// Holds the store and the reports.
  let folder: String
  let progress: ProgressLines

  static let stages = ["ingest", "import", "reconcile", "report"]

  private func reports(_ date: String) -> String { "\(folder)/reports/\(date)" }

  /// One run, and what it took. The server must run.
  ///
  /// - Parameter orders: what a stage is said to have judged that counts no rows of its own.
  func run(
    _ name: String, inbox: String, date: String = World.firstDate, orders: Int, probe: ServerProbe
  ) async throws -> RunFigures {
    let told = "settle on \(Columns.count(orders)) orders, \(name)"
    let arguments =
      ["run", "--date", date, "--inbox", inbox, "--out", reports(date)]
      + Self.stages.flatMap { ["--stage", $0] }
    try await Rest.before(told, files: World.files(inbox: inbox, date: date), probe: probe, progress)
    var heartbeat = Heartbeat(told, on: progress)
    var samples = [Sample(at: .now, settleCpu: 0, settleHeld: 0, server: try await probe.read())]
    let begun = Date.now
    let process = try start(arguments)
    let peak = try await process.peak { cpu in
      let held = ProcFiles.kibibytes("VmRSS", of: process.processIdentifier)
      samples.append(
        Sample(
          at: .now, settleCpu: max(samples.last?.settleCpu ?? 0, cpu), settleHeld: held, server: try await probe.read())
      )
      heartbeat.beat(lastWords(1))
    }
    let ended = Date.now
    samples.append(
      Sample(at: ended, settleCpu: samples.last?.settleCpu ?? 0, settleHeld: 0, server: try await probe.read()))
    guard [0, 1].contains(process.terminationStatus) else { throw failure(process, "run") }
    return RunFigures(
      run: name, exitStatus: process.terminationStatus, seconds: ended.timeIntervalSince(begun),
      settlePeak: peak, stages: try figures(from: begun, to: ended, samples, date: date, orders: orders),
      reports: try manifest(date))
  }

  /// Looks at the store's server from beside it while the body runs. The server must run.
  func probed<Result>(_ body: (ServerProbe) async throws -> Result) async throws -> Result {
    let probe = try await ServerProbe(url: try settle("db", "url"))
    let result: Result
    do {
      result = try await body(probe)
    } catch {
      await probe.close()
      throw error
    }
    await probe.close()
    return result
  }

  /// Anything that settle says on stdout.
  @discardableResult
  func settle(_ arguments: String...) throws -> String {
    let output = Pipe()
    let process = try start(arguments, output: output)
    let said = output.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    guard process.terminationStatus == 0 else { throw failure(process, arguments.joined(separator: " ")) }
    return String(decoding: said, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
  }

  /// What the process said last is in the failure: its log goes with the folder.
  func failure(_ process: Process, _ command: String) -> BenchFailure {
    BenchFailure("settle \(command) ended with \(process.terminationStatus): \(lastWords(5))")
  }

  /// So many lines of the running process's log, or of the last one's.
  private func lastWords(_ lines: Int) -> String {
    let log = FileManager.default.contents(atPath: log) ?? Data()
    let said = String(decoding: log, as: UTF8.self).split(separator: "\n").suffix(lines)
    return said.isEmpty ? "nothing was said yet" : said.joined(separator: "; ")
  }

  private var log: String { "\(folder)/settle.log" }

  /// Nothing of the caller's own set-up reaches it.
  func start(_ arguments: [String], environment: [String: String] = [:], output: Pipe? = nil) throws -> Process {
    try Data().write(to: URL(fileURLWithPath: log))
    let said = try FileHandle(forWritingTo: URL(fileURLWithPath: log))
    let process = Process()
    process.executableURL = URL(fileURLWithPath: settle)
    process.arguments = arguments
    process.currentDirectoryURL = URL(fileURLWithPath: folder)
    process.environment = ["PATH": "/usr/local/bin:/usr/bin:/bin", "HOME": folder, "SETTLE_HOME": "\(folder)/home"]
      .merging(environment) { _, own in own }
    process.standardError = said
    if let output { process.standardOutput = output } else { process.standardOutput = said }
    try process.run()
    return process
  }

  private func figures(
    from begun: Date, to ended: Date, _ samples: [Sample], date: String, orders: Int
  ) throws -> [StageFigures] {
    let results = try RunResults(path: "\(reports(date))/run_results.json")
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

  private func manifest(_ date: String) throws -> [String] {
    try String(contentsOfFile: "\(reports(date))/.settle-manifest", encoding: .utf8).split(separator: "\n").map(
      String.init)
  }
}
