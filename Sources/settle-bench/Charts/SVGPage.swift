import Foundation

/// The elements of an SVG document, as they are put down. Lengths are in pixels.
struct SVGPage {
  static let width = 760.0
  /// Around all that is put down.
  static let margin = 16.0

  var height = 0.0
  private var elements = ""

  /// - Parameter around: the text's middle is at `x`, as far as it then stays on the page; otherwise its start.
  mutating func text(_ text: String, x: Double, y: Double, class name: String, around: Bool = false) {
    let half = Self.width(of: text, size: 12) / 2
    let x = around ? min(max(x, half), Self.width - half) : x
    elements += "<text x=\"\(Self.number(x))\" y=\"\(Self.number(y))\" class=\"\(name)\""
    elements += "\(around ? " text-anchor=\"middle\"" : "")>\(Self.escaped(text))</text>\n"
  }

  mutating func rectangle(x: Double, y: Double, width: Double, height: Double, class name: String) {
    elements += "<rect x=\"\(Self.number(x))\" y=\"\(Self.number(y))\" width=\"\(Self.number(width))\""
    elements += " height=\"\(Self.number(height))\" class=\"\(name)\"/>\n"
  }

  /// From top to bottom.
  mutating func line(x: Double, from top: Double, to bottom: Double, class name: String) {
    elements += "<line x1=\"\(Self.number(x))\" x2=\"\(Self.number(x))\" y1=\"\(Self.number(top))\""
    elements += " y2=\"\(Self.number(bottom))\" class=\"\(name)\"/>\n"
  }

  func document(title: String, on theme: Theme) -> String {
    let margin = Self.margin
    let (width, height) = (Self.number(Self.width + 2 * margin), Self.number(height + 2 * margin))
    let place = "\(Self.number(-margin)) \(Self.number(-margin))"
    return """
      <svg xmlns="http://www.w3.org/2000/svg" viewBox="\(place) \(width) \(height)" width="\(width)" height="\(height)" role="img">
      <title>\(Self.escaped(title))</title>
      <style>
      \(Self.style(theme))
      </style>
      <rect x="\(Self.number(-margin))" y="\(Self.number(-margin))" width="\(width)" height="\(height)" class="paper"/>
      \(elements)</svg>

      """
  }

  /// A text in pieces that fit the page, at blanks.
  static func lines(of text: String, size: Double) -> [String] {
    text.split(separator: " ").reduce(into: []) { lines, word in
      if let last = lines.last, width(of: "\(last) \(word)", size: size) <= width {
        lines[lines.count - 1] = "\(last) \(word)"
      } else {
        lines.append(String(word))
      }
    }
  }

  /// About as wide as a text gets, in whichever font the page has.
  static func width(of text: String, size: Double) -> Double { Double(text.count) * size * 0.58 }

  private static func number(_ number: Double) -> String { String(format: "%.1f", number.isFinite ? number : 0) }

  /// Without what XML does not take at all.
  static func escaped(_ text: String) -> String {
    var escaped = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "&": escaped += "&amp;"
      case "<": escaped += "&lt;"
      case ">": escaped += "&gt;"
      case "\"": escaped += "&quot;"
      case "\u{0}"..<"\u{9}", "\u{B}", "\u{C}", "\u{E}"..<" ", "\u{FFFE}", "\u{FFFF}": continue
      default: escaped.unicodeScalars.append(scalar)
      }
    }
    return escaped
  }

  private static func style(_ theme: Theme) -> String {
    let colours = Series.allCases.map { ".\($0.rawValue) { fill: \($0.colour(on: theme)); }" }.joined(separator: " ")
    return """
      text { font: 13px system-ui, -apple-system, "Segoe UI", "Liberation Sans", sans-serif; fill: \(theme.ink); }
      .title { font-size: 16px; font-weight: 600; } .heading { font-weight: 600; } .small { font-size: 12px; }
      .note { font-size: 11px; fill: \(theme.note); } .mark { font-size: 12px; fill: \(theme.bound); }
      .inside { font-size: 11px; fill: #ffffff; } .paper { fill: \(theme.paper); }
      .axis { stroke: \(theme.axis); } .bound { stroke: \(theme.bound); stroke-dasharray: 4 3; }
      \(colours)
      """
  }
}
