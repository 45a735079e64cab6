/// How a sandbox is set up; every default is the one that `settle sandbox --help` names.
package struct SandboxConfiguration: Sendable {
  /// The port on 127.0.0.1; 0 takes any free one.
  package var port: Int
  /// The folder that holds `ledger.jsonl` and `state.jsonl`; made when it is not there.
  package var dataDirectory: String
  /// Decides ids, faults and anomalies: the same seed and requests in the same order give the same of each.
  package var seed: UInt64
  /// Requests a second on `/v1/`, above which a 429 is answered; nil limits nothing.
  package var rateLimit: Int?
  /// Seconds, by the sandbox's own clock, for which an idempotency key's answer is saved.
  package var keyLife: Int64
  package var faults: FaultRates
  package var anomalies: AnomalyRates
  /// How long the fault `slow` holds an answer back.
  package var slowness: Duration
  /// Where events are posted; nil posts none.
  package var webhookURL: String?
  /// Signs events, as `Stripe-Signature`.
  package var webhookSecret: String?

  package init(
    port: Int = 4242, dataDirectory: String, seed: UInt64 = 1, rateLimit: Int? = nil, keyLife: Int64 = 86_400,
    faults: FaultRates = .none, anomalies: AnomalyRates = .none, slowness: Duration = .milliseconds(1500),
    webhookURL: String? = nil, webhookSecret: String? = nil
  ) {
    self.port = port
    self.dataDirectory = dataDirectory
    self.seed = seed
    self.rateLimit = rateLimit
    self.keyLife = keyLife
    self.faults = faults
    self.anomalies = anomalies
    self.slowness = slowness
    self.webhookURL = webhookURL
    self.webhookSecret = webhookSecret
  }
}

/// Why a sandbox cannot start or go on; the message says what to do.
package enum SandboxError: Error, CustomStringConvertible {
  case portTaken(Int)
  case directoryInUse(String)
  case file(path: String, doing: String, reason: String)
  case damaged(path: String, line: Int)
  case webhookSecretMissing

  package var description: String {
    switch self {
    case .portTaken(let port): "port \(port) is in use: stop what listens there, or give another --port"
    case .directoryInUse(let path): "another sandbox uses \(path): stop it, or give another --data"
    case .file(let path, let doing, let reason): "cannot \(doing) \(path): \(reason)"
    case .damaged(let path, let line):
      "\(path) is damaged at line \(line): move the folder away and start with an empty one"
    case .webhookSecretMissing: "events are signed: give --webhook-secret with --webhook-url"
    }
  }
}
