extension FileHead {
  /// Whether the first thing in the file is an XML tag.
  var isXML: Bool { bytes.first { $0 > 0x20 } == UInt8(ascii: "<") }

  /// Whether the file begins as a layout of statements says that its files do. Throws ``FileDamage`` for XML that may
  /// not be read at all.
  func begins(as layout: Layout) throws -> Bool {
    let rules = layout.statement
    if let root = rules.root { return try RootFinder.finds(root, in: bytes) }
    let lines = bytes.split(separator: UInt8(ascii: "\n"), maxSplits: 10).prefix(10)
      .map { $0.drop { $0 <= 0x20 } }.filter { !$0.isEmpty }
    if let begins = rules.begins, lines.first?.starts(with: begins.utf8) == true { return true }
    guard let line = rules.line else { return false }
    return lines.contains { $0.starts(with: line.utf8) }
  }
}

/// Looks for elements at the beginning of XML, each of which stands in the one before.
private final class RootFinder: XMLEvents {
  private let wanted: String
  private var path = ""
  private var elements = 0

  private enum Answer: Error { case found, notFound }
  /// Elements of an envelope that may come first.
  private static let limit = 200

  private init(_ wanted: String) { self.wanted = "/" + wanted }

  static func finds(_ root: String, in bytes: Bytes) throws -> Bool {
    guard bytes.first(where: { $0 > 0x20 }) == UInt8(ascii: "<") else { return false }
    let finder = RootFinder(root)
    do {
      try XMLReader(finder).feed(bytes)
    } catch Answer.found {
      return true
    } catch let damage as FileDamage where damage.reason == .documentType {
      throw damage
    } catch {
      return false
    }
    return false
  }

  func began(_ name: String, line: Int, attribute: (String) -> String?) throws {
    path += "/" + name
    if path.hasSuffix(wanted) { throw Answer.found }
    elements += 1
    if elements > Self.limit { throw Answer.notFound }
  }

  func ended(_ name: String, text: String, line: Int) throws {
    path.removeSubrange(path.utf8.index(path.endIndex, offsetBy: -(name.utf8.count + 1))...)
  }
}
