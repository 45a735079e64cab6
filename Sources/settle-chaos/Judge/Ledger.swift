import Foundation

/// The processor's own account of the money, as its ledger file has it.
struct Ledger: Sendable {
  struct Movement: Sendable, Equatable, Decodable {
    var id: String
    var kind: String
    /// Minor units.
    var amount: Int64
    var currency: String
    var metadata: [String: String] = [:]
    /// Of a refund: the charge that is given back.
    var charge: String?
    var idempotencyKey: String?
    /// The processor's own mistake, where it made one.
    var anomaly: String?

    enum CodingKeys: String, CodingKey {
      case id, kind, amount, currency, metadata, charge, anomaly
      case idempotencyKey = "idempotency_key"
    }

    /// Taken because settle asked for it; a duplicate or an unexpected charge is the processor's own doing.
    var wasAskedFor: Bool { kind == "charge" && anomaly != "duplicate" && anomaly != "unexpected" }
  }

  var movements: [Movement] = []

  init(movements: [Movement]) { self.movements = movements }

  /// Reads the file. A last line without its end is one that the sandbox was killed over: its answer never left, and it
  /// writes the line anew when it starts again.
  init(path: String) throws {
    guard let data = FileManager.default.contents(atPath: path) else {
      throw HarnessFailure("there is no ledger at \(path)")
    }
    let decoder = JSONDecoder()
    var lines = data.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
    // After the last line's end there is nothing; anything there is torn.
    lines.removeLast()
    movements = try lines.map { line in
      do { return try decoder.decode(Movement.self, from: Data(line)) } catch {
        throw HarnessFailure("a line of the ledger \(path) cannot be read: \(error)")
      }
    }
  }
}
