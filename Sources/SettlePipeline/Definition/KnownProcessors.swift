import SettleModel

/// The processors that a pipeline file may name, and what its rules may say of each.
///
/// Whoever composes settle takes them from the processor catalogue, which lies on a floor that this one does not know.
package struct KnownProcessors: Sendable {
  private let declines: [String: [String: Bool]]

  /// - Parameter declines: by processor, each of its decline codes and whether another attempt may ever follow it.
  package init(declines: [String: [String: Bool]]) { self.declines = declines }

  /// The codes of the processor that a place names. A name that is none is refused now, not when a payment is due.
  func codes(of place: YAMLPlace) throws -> DeclineCodes {
    let name = try place.name()
    guard let mayRetry = declines[name] else {
      throw place.refusal(
        "there is no processor \"\(name)\"; settle knows \(declines.keys.sorted().joined(separator: ", "))")
    }
    return DeclineCodes(processor: name, mayRetry: mayRetry)
  }
}

/// A processor's own decline codes, as far as a rule about one could ever hold.
struct DeclineCodes {
  let processor: String
  let mayRetry: [String: Bool]

  func check(_ code: String, at place: YAMLPlace) throws {
    guard let mayRetry = mayRetry[code] else {
      let meant = NearestName.meant(by: code, among: self.mayRetry.keys.sorted())
      throw place.refusal(
        "\(processor) declines nothing with the code \(code)"
          + (meant.map { "; did you mean \($0)?" }
            ?? "; write one of its codes, or a reason in capitals such as CARD_DECLINED"))
    }
    guard mayRetry else { throw place.refusal("after \(code) card networks forbid another attempt; take its rule out") }
  }
}
