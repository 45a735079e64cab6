@testable import SettleFiles
@testable import settle_bench

/// What a reader of XML finds in a chart. Lengths are in pixels.
final class DrawnPage: XMLEvents {
  struct Element {
    var name: String
    var attributes: [String: String]
    var text = ""

    func number(_ name: String) -> Double { attributes[name].flatMap(Double.init) ?? .nan }
  }

  private(set) var elements: [Element] = []
  private var open: [Int] = []

  private static let attributes = ["x", "y", "width", "height", "class", "text-anchor", "x1", "x2", "y1", "y2", "role"]

  /// Throws where it is not well formed.
  init(_ svg: String) throws {
    let reader = try XMLReader(self)
    try Array(svg.utf8).withUnsafeBufferPointer { try reader.feed($0) }
    try reader.finish()
  }

  func began(_ name: String, line: Int, attribute: (String) -> String?) throws {
    let values = Self.attributes.compactMap { name in attribute(name).map { (name, $0) } }
    open.append(elements.count)
    elements.append(Element(name: name, attributes: Dictionary(uniqueKeysWithValues: values)))
  }

  func ended(_ name: String, text: String, line: Int) throws {
    if let last = open.popLast() { elements[last].text = text }
  }

  var page: Element? { elements.first }
  var texts: [Element] { elements.filter { $0.name == "text" } }
  var bars: [Element] { elements.filter { $0.name == "rect" && $0.attributes["class"] != "paper" } }
  /// Without the margin under all.
  var bottom: Double { (page?.number("height") ?? 0) - 2 * SVGPage.margin }

  /// Each text's left, right, top and bottom, as wide as it may get.
  func box(_ text: Element) -> (left: Double, right: Double, top: Double, bottom: Double) {
    let sizes = ["title": 16.0, "note": 11, "inside": 11, "small": 12, "mark": 12]
    let size = sizes[text.attributes["class"] ?? ""] ?? 13
    let width = SVGPage.width(of: text.text, size: size)
    let left = text.number("x") - (text.attributes["text-anchor"] == "middle" ? width / 2 : 0)
    return (left, left + width, text.number("y") - size * 0.8, text.number("y") + size * 0.2)
  }
}
