/// What the network or the processor does to a request on its way; touches `/v1/` only.
package enum Fault: String, CaseIterable, Sendable {
  /// The request is carried out and the connection closes without an answer.
  case lostResponse = "lost-response"
  /// The connection closes before anything happens.
  case reset
  /// Half fail before anything is done and nothing is saved; half are carried out and the 500 is what is saved.
  case serverError = "server-error"
  /// A 429 of each of Stripe's kinds in turn.
  case rateLimited = "rate-limited"
  /// The answer comes late.
  case slow
}

/// A processor's mistake with a charge, which really happens to the money.
package enum Anomaly: String, CaseIterable, Sendable {
  /// The money is taken a second time, under a PaymentIntent of its own with the same metadata.
  case duplicate
  /// More is taken than was asked; the client is told what was asked.
  case overcharge
  /// The charge is left out of every report.
  case missing
  /// While charging, something is charged that nobody asked for.
  case unexpected
}

package typealias FaultRates = Rates<Fault>
package typealias AnomalyRates = Rates<Anomaly>

/// How often each kind happens, as a probability from 0 to 1; at most one kind happens at a time. It decides whether
/// something happens and never how much money moves, so it may be a floating number.
package struct Rates<Kind>: Sendable, Equatable
where Kind: CaseIterable & RawRepresentable & Hashable & Sendable, Kind.RawValue == String {
  private let rates: [Kind: Double]

  /// Rates for the named kinds, 0 for all others.
  package init(_ rates: [Kind: Double] = [:]) throws(RatesError) {
    for (kind, rate) in rates where !(0...1).contains(rate) {
      throw .outOfRange(name: kind.rawValue, text: "\(rate)")
    }
    guard rates.values.reduce(0, +) <= 1 else { throw .sumAboveOne }
    self.rates = rates
  }

  private init(unchecked rates: [Kind: Double]) {
    self.rates = rates
  }

  /// Nothing ever happens.
  package static var none: Self { Self(unchecked: [:]) }

  /// Reads `"lost-response=0.02,reset=0.01"`; the empty text means that nothing happens.
  package init(parsing text: String) throws(RatesError) {
    var rates: [Kind: Double] = [:]
    for part in text.split(separator: ",") {
      let sides = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(trimmed)
      guard let kind = Kind(rawValue: sides[0]) else {
        throw .unknown(name: sides[0], nearest: nearest(to: sides[0], among: Kind.allCases.map(\.rawValue)))
      }
      guard sides.count == 2, let rate = Double(sides[1]), (0...1).contains(rate) else {
        throw .outOfRange(name: kind.rawValue, text: sides.count == 2 ? sides[1] : "")
      }
      guard rates.updateValue(rate, forKey: kind) == nil else { throw .repeated(name: kind.rawValue) }
    }
    try self.init(rates)
  }

  package subscript(kind: Kind) -> Double { rates[kind] ?? 0 }

  /// The kind that a point in 0 ..< 1 falls on, kinds lying side by side in their declared order.
  func choice(at point: Double) -> Kind? {
    var edge = 0.0
    for kind in Kind.allCases {
      edge += self[kind]
      if point < edge { return kind }
    }
    return nil
  }
}

/// Why a list of rates was refused.
package enum RatesError: Error, Equatable, CustomStringConvertible {
  case unknown(name: String, nearest: String)
  case outOfRange(name: String, text: String)
  case repeated(name: String)
  case sumAboveOne

  package var description: String {
    switch self {
    case .unknown(let name, let nearest): "unknown kind '\(name)': did you mean '\(nearest)'?"
    case .outOfRange(let name, let text):
      "'\(name)' needs a rate from 0 to 1, as in \(name)=0.02, and has '\(text)'"
    case .repeated(let name): "'\(name)' is given twice"
    case .sumAboveOne: "the rates add up to more than 1, and at most one kind can happen at a time"
    }
  }
}

private func trimmed(_ text: Substring) -> String {
  String(text.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
}

/// The candidate that `name` is a part of, as `lost` is of `lost-response`; else the one with the fewest single-letter
/// edits to it. The first of several.
private func nearest(to name: String, among candidates: [String]) -> String {
  candidates.first { $0.hasPrefix(name) } ?? candidates.first { name.count > 2 && $0.contains(name) }
    ?? candidates.min { editDistance(name, $0) < editDistance(name, $1) } ?? ""
}

private func editDistance(_ left: String, _ right: String) -> Int {
  let right = Array(right)
  var row = Array(0...right.count)
  for (i, letter) in left.enumerated() {
    var diagonal = row[0]
    row[0] = i + 1
    for (j, other) in right.enumerated() {
      let substituted = diagonal + (letter == other ? 0 : 1)
      diagonal = row[j + 1]
      row[j + 1] = min(substituted, row[j] + 1, row[j + 1] + 1)
    }
  }
  return row[right.count]
}
