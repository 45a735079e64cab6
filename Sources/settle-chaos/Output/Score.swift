import Foundation

/// What all trials of one fault came to. Floating numbers here are times and probabilities, never money.
struct Score: Sendable, Codable {
  var fault: String
  var summary: String
  var trials = 0
  var killsInFlight = 0
  var violations: [Found] = []
  var seconds = 0.0

  /// One violation, with the world that shows it again.
  struct Found: Sendable, Codable {
    var invariant: String
    var what: String
    var world: Int
  }

  init(fault: any Fault) {
    self.fault = fault.name
    summary = fault.summary
  }

  mutating func add(_ trial: Trial, of world: Int) {
    trials += trial.count
    killsInFlight += trial.killsInFlight
    violations += trial.violations.map { Found(invariant: $0.invariant.rawValue, what: $0.what, world: world) }
  }

  func count(_ invariant: Invariant) -> Int { violations.count { $0.invariant == invariant.rawValue } }

  /// Below this the true rate of violations lies with 95% confidence, in percent, where none was seen: 1 − 0.05^(1/n).
  static func bound(trials: Int) -> Double? {
    trials > 0 ? 100 * (1 - pow(0.05, 1 / Double(trials))) : nil
  }
}
