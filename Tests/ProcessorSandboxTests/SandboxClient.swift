import AsyncHTTPClient
import FoundationEssentials
import Logging
import NIOCore
import NIOHTTP1

@testable import ProcessorSandbox

/// A sandbox on a free port with a data folder of its own, and a client that speaks to it as settle does.
@discardableResult
func withSandbox<Value: Sendable>(
  _ configure: (inout SandboxConfiguration) throws -> Void = { _ in },
  _ body: (SandboxClient) async throws -> Value
) async throws -> Value {
  try await withFolder { folder in
    var configuration = SandboxConfiguration(port: 0, dataDirectory: folder)
    try configure(&configuration)
    return try await withSandbox(configuration, body)
  }
}

@discardableResult
func withSandbox<Value: Sendable>(
  _ configuration: SandboxConfiguration, _ body: (SandboxClient) async throws -> Value
) async throws -> Value {
  let sandbox = try Sandbox(configuration: configuration, logger: .quiet)
  return try await sandbox.withServer { try await body(SandboxClient(base: $0)) }
}

/// A folder that is gone afterwards.
func withFolder<Value>(_ body: (String) async throws -> Value) async throws -> Value {
  let folder = FileManager.default.temporaryDirectory.path + "/sandbox-" + UUID().uuidString
  defer { try? FileManager.default.removeItem(atPath: folder) }
  return try await body(folder)
}

extension Logger {
  static var quiet: Logger { Logger(label: "test") { _ in SwiftLogNoOpLogHandler() } }
}

struct SandboxClient: Sendable {
  struct Reply: Sendable {
    let status: Int
    let headers: HTTPHeaders
    let text: String

    var json: JSONValue { JSONValue(parsing: text.utf8) ?? .null }
    var error: JSONValue { json["error"] ?? .null }
    var errorCode: String? { error["code"]?.text }
    var id: String { json["id"]?.text ?? "" }
    var replayed: Bool { header("Idempotent-Replayed") == "true" }
    func header(_ name: String) -> String? { headers.first(name: name) }

    /// The ids of a list's page.
    var ids: [String] { json["data"]?.elements.compactMap { $0["id"]?.text } ?? [] }
  }

  let base: String
  var apiKey: String? = "sk_test_one"

  func get(_ path: String) async throws -> Reply {
    try await send(.GET, path, body: nil, key: nil)
  }

  func post(_ path: String, _ form: [(String, String)] = [], key: String? = nil) async throws -> Reply {
    let body = form.map { "\(escaped($0.0))=\(escaped($0.1))" }.joined(separator: "&")
    return try await send(.POST, path, body: body, key: key)
  }

  /// A confirmed PaymentIntent as settle asks for it.
  func charge(
    _ amount: Int64 = 1000, _ currency: String = "usd", method: String = "pm_card_visa", key: String? = nil,
    order: String = "order-1", and more: [(String, String)] = []
  ) async throws -> Reply {
    let form = [
      ("amount", "\(amount)"), ("currency", currency), ("payment_method", method), ("confirm", "true"),
      ("metadata[order_id]", order),
    ]
    return try await post("/v1/payment_intents", form + more, key: key)
  }

  func advance(_ seconds: Int64) async throws {
    _ = try await send(.POST, "/sandbox/clock", body: "{\"advance_seconds\": \(seconds)}", key: nil)
  }

  func ledger() async throws -> [JSONValue] {
    try await get("/sandbox/ledger").text.split(separator: "\n").compactMap { JSONValue(parsing: $0.utf8) }
  }

  /// The report as rows of column → field; no field of these tests holds a comma or a quote.
  func report() async throws -> [[String: String]] {
    let lines = try await get("/sandbox/reports/payout_reconciliation.csv").text.split(separator: "\r\n")
    let names = lines[0].split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    return lines.dropFirst().map { line in
      let fields = line.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
      return Dictionary(uniqueKeysWithValues: zip(names, fields))
    }
  }

  func stats() async throws -> JSONValue {
    try await get("/sandbox/stats").json
  }

  private func send(_ method: HTTPMethod, _ path: String, body: String?, key: String?) async throws -> Reply {
    var request = HTTPClientRequest(url: base + path)
    request.method = method
    if let apiKey { request.headers.add(name: "Authorization", value: "Bearer \(apiKey)") }
    if let key { request.headers.add(name: "Idempotency-Key", value: key) }
    if let body {
      request.headers.add(name: "Content-Type", value: "application/x-www-form-urlencoded")
      request.body = .bytes(ByteBuffer(string: body))
    }
    let response = try await HTTPClient.shared.execute(request, timeout: .seconds(30))
    let bytes = try await response.body.collect(upTo: 1 << 26)
    return Reply(status: Int(response.status.code), headers: response.headers, text: String(buffer: bytes))
  }

  private func escaped(_ text: String) -> String {
    var result = ""
    for byte in text.utf8 {
      let letter = Character(Unicode.Scalar(byte))
      if letter.isASCII, letter.isLetter || letter.isNumber || "-_.".contains(letter) {
        result.append(letter)
      } else {
        result += "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
      }
    }
    return result
  }
}
