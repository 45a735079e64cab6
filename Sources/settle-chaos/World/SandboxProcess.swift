import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1

/// One `settle sandbox` in a process of its own. Its ledger outlives it and every restart.
final class SandboxProcess: Sendable {
  let url: String
  let port: Int
  private let child: Child

  /// How one is set up.
  struct Terms: Sendable {
    var seed: UInt64 = 1
    var faults: String?
    var anomalies: String?
  }

  private init(url: String, port: Int, child: Child) {
    self.url = url
    self.port = port
    self.child = child
  }

  /// - Parameter port: 0 takes a free one.
  static func start(_ program: String, data: String, _ terms: Terms, port: Int = 0) async throws -> SandboxProcess {
    let log = data + ".log"
    try? FileManager.default.removeItem(atPath: log)
    var arguments = ["sandbox", "--port", "\(port)", "--data", data, "--seed", "\(terms.seed)"]
    if let faults = terms.faults { arguments += ["--faults", faults] }
    if let anomalies = terms.anomalies { arguments += ["--anomalies", anomalies] }
    let child = try Child(
      program, arguments, environment: ["PATH": "/usr/bin:/bin"], output: "/dev/null", errors: log)
    let deadline = ContinuousClock.now + .seconds(60)
    while ContinuousClock.now < deadline {
      if let url = ready(log), let port = url.split(separator: ":").last.flatMap({ Int($0) }) {
        return SandboxProcess(url: url, port: port, child: child)
      }
      if child.ended != nil { break }
      try await Task.sleep(for: .milliseconds(10))
    }
    child.kill()
    let words = (try? String(contentsOfFile: log, encoding: .utf8)) ?? ""
    throw HarnessFailure("the sandbox did not start: \(words.suffix(300))")
  }

  private static func ready(_ log: String) -> String? {
    guard let text = try? String(contentsOfFile: log, encoding: .utf8),
      let start = text.range(of: "sandbox ready at "), let end = text.range(of: ", data in")
    else { return nil }
    return String(text[start.upperBound..<end.lowerBound])
  }

  /// Its ledger is on disk before each answer, so nothing is lost by killing it.
  func stop() { child.kill() }

  func advanceClock(by seconds: Int64) async throws {
    var request = HTTPClientRequest(url: url + "/sandbox/clock")
    request.method = .POST
    request.body = .bytes(ByteBuffer(string: "{\"advance_seconds\": \(seconds)}"))
    _ = try await answer(to: request)
  }

  /// What it reports of its payouts, as CSV.
  func report() async throws -> String {
    try await answer(to: HTTPClientRequest(url: url + "/sandbox/reports/payout_reconciliation.csv"))
  }

  private func answer(to request: HTTPClientRequest) async throws -> String {
    let response = try await HTTPClient.shared.execute(request, timeout: .seconds(60))
    let body = try await response.body.collect(upTo: 1 << 28)
    guard response.status == .ok else { throw HarnessFailure("the sandbox answers \(response.status)") }
    return String(buffer: body)
  }
}
