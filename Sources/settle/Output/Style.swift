import Glibc

/// Colours, on a terminal alone and only where nobody has said NO_COLOR (no-color.org).
struct Style: Sendable {
  enum Tint: String, Sendable {
    case bold = "1"
    case dim = "2"
    case red = "31"
    case green = "32"
    case yellow = "33"
  }

  let isOn: Bool

  init(isOn: Bool) { self.isOn = isOn }

  init(for descriptor: Int32, _ environment: Environment = .ofProcess) {
    self.init(isTerminal: Console.isTerminal(descriptor), environment)
  }

  init(isTerminal: Bool, _ environment: Environment) {
    isOn = isTerminal && environment["NO_COLOR"] == nil && environment["TERM"] != "dumb"
  }

  static var ofOutput: Style { Style(for: STDOUT_FILENO) }

  func callAsFunction(_ text: String, _ tint: Tint?) -> String {
    guard isOn, let tint, !text.isEmpty else { return text }
    return "\u{1B}[\(tint.rawValue)m\(text)\u{1B}[0m"
  }
}

extension String {
  /// Without characters that a terminal would obey: an order's reference is other people's text.
  var printable: String {
    guard unicodeScalars.contains(where: { $0.properties.generalCategory == .control }) else { return self }
    var clean = String.UnicodeScalarView()
    for scalar in unicodeScalars {
      clean.append(scalar.properties.generalCategory == .control ? "\u{FFFD}" : scalar)
    }
    return String(clean)
  }
}
