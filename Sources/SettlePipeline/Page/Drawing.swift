/// A picture in SVG, element by element. All text goes through ``PageEscaping``; lengths are whole pixels.
struct Drawing {
  private var body = ""
  let width: Int
  var height = 0

  init(width: Int) { self.width = width }

  mutating func element(_ name: String, _ attributes: KeyValuePairs<String, String>, text: String? = nil) {
    body += "<\(name)" + Self.written(attributes)
    body += text.map { ">\(PageEscaping().escapeText($0))</\(name)>\n" } ?? "/>\n"
  }

  mutating func rectangle(x: Int, y: Int, width: Int, height: Int, class kind: String) {
    element(
      "rect",
      ["class": kind, "x": "\(x)", "y": "\(y)", "width": "\(width)", "height": "\(height)", "rx": "1"])
  }

  mutating func label(_ text: String, x: Int, y: Int, class kind: String) {
    element("text", ["class": kind, "x": "\(x)", "y": "\(y)"], text: text)
  }

  /// A band whose two ends may differ in height, with level ends.
  mutating func ribbon(from start: Edge, to end: Edge, class kind: String) {
    let middle = (start.x + end.x) / 2
    element(
      "path",
      [
        "class": kind,
        "d": "M\(start.x) \(start.y)C\(middle) \(start.y) \(middle) \(end.y) \(end.x) \(end.y)v\(end.height)"
          + "C\(middle) \(end.y + end.height) \(middle) \(start.y + start.height) \(start.x) \(start.y + start.height)z",
      ])
  }

  /// One end of a ribbon.
  struct Edge {
    var x: Int
    var y: Int
    var height: Int
  }

  /// The picture with the name and the description that stand for it where it cannot be seen.
  ///
  /// - Parameter stretches: whether it fills whatever room it is given, in other proportions.
  func svg(id: String, class kind: String, title: String, description: String, stretches: Bool = false) -> String {
    let attributes: KeyValuePairs = [
      "class": kind, "role": "img", "aria-labelledby": "\(id)-title \(id)-description",
      "viewBox": "0 0 \(width) \(height)", "width": "\(width)", "height": "\(height)",
      "preserveAspectRatio": stretches ? "none" : "xMidYMid",
    ]
    let escaping = PageEscaping()
    return "<svg\(Self.written(attributes))>\n"
      + "<title id=\"\(id)-title\">\(escaping.escapeText(title))</title>\n"
      + "<desc id=\"\(id)-description\">\(escaping.escapeText(description))</desc>\n" + body + "</svg>"
  }

  private static func written(_ attributes: KeyValuePairs<String, String>) -> String {
    attributes.map { " \($0)=\"\(PageEscaping().escapeText($1))\"" }.joined()
  }
}
