import SettleModel
import Yams

/// Something in a YAML file that settle cannot follow: where it stands, and what would be right.
package struct ConfigurationError: Error, Sendable, Equatable, CustomStringConvertible {
  package var file: String
  package var line: Int?
  package var message: String

  package init(file: String, line: Int? = nil, message: String) {
    self.file = file
    self.line = line
    self.message = message
  }

  package var description: String { "\(file)\(line.map { ":\($0)" } ?? ""): \(message)" }
}

/// A mapping of a YAML file that knows where it stands, so that every error names its file and line.
///
/// Scalars are read as the text that was written: `1e3` or `on` never turn into something else on the way.
package struct YAMLMapping {
  package let file: String
  /// The line where the mapping begins, from 1.
  package let line: Int
  private let entries: [Entry]

  private struct Entry {
    var key: String
    /// Entries of a mapping that was laid over another come from two files.
    var file: String
    var line: Int
    var value: Node
  }

  /// Reads a whole file, whose top level must be a mapping. Throws ``ConfigurationError``.
  package init(text: String, file: String) throws {
    do {
      guard let root = try Yams.compose(yaml: text) else {
        throw ConfigurationError(file: file, message: "the file is empty")
      }
      try self.init(root, file: file, what: "the file")
    } catch let error as YamlError {
      throw Self.translated(error, file: file)
    }
  }

  init(_ node: Node, file: String, what: String) throws {
    guard case .mapping(let mapping) = node else {
      throw ConfigurationError(file: file, line: node.mark?.line, message: "\(what) must be a mapping (key: value)")
    }
    self.file = file
    line = node.mark?.line ?? 1
    entries = try mapping.map { key, value in
      guard let name = key.scalar?.string else {
        throw ConfigurationError(file: file, line: key.mark?.line, message: "a key in \(what) must be plain text")
      }
      return Entry(key: name, file: file, line: key.mark?.line ?? 1, value: value)
    }
  }

  /// The keys as written, in the file's order.
  package var keys: [String] { entries.map(\.key) }

  /// Refuses keys that nobody knows, naming the nearest known one.
  package func allow(_ known: [String]) throws {
    for entry in entries where !known.contains(entry.key) {
      throw ConfigurationError(
        file: entry.file, line: entry.line,
        message: "unknown key \"\(entry.key)\"\(NearestName.hint(for: entry.key, among: known))"
          + " (known here: \(known.joined(separator: ", ")))")
    }
  }

  /// An error about one key of this mapping.
  package func error(_ key: String, _ message: String) -> ConfigurationError {
    let entry = entries.first { $0.key == key }
    return ConfigurationError(
      file: entry?.file ?? file, line: entry?.line ?? line, message: "\"\(key)\" \(message)")
  }

  package func has(_ key: String) -> Bool { node(key) != nil }

  /// The text of a scalar, or nil where the key is not there.
  package func string(_ key: String) throws -> String? {
    guard let node = node(key) else { return nil }
    guard let text = node.scalar?.string else { throw error(key, "must be a plain value") }
    return text
  }

  package func required(_ key: String) throws -> String {
    guard let text = try string(key), !text.isEmpty else {
      throw ConfigurationError(file: file, line: line, message: "\"\(key)\" is missing; add it")
    }
    return text
  }

  /// One of a closed list of words.
  package func word<Word: RawRepresentable & CaseIterable>(_ key: String, of: Word.Type) throws -> Word?
  where Word.RawValue == String {
    guard let text = try string(key) else { return nil }
    guard let word = Word(rawValue: text) else {
      let words = Word.allCases.map(\.rawValue)
      throw error(key, "must be one of \(words.joined(separator: ", "))\(NearestName.hint(for: text, among: words))")
    }
    return word
  }

  /// `true` or `false`.
  package func flag(_ key: String) throws -> Bool? {
    switch try string(key) {
    case nil: nil
    case "true": true
    case "false": false
    default: throw error(key, "must be true or false")
    }
  }

  /// A list of texts; one text alone is a list of one.
  package func strings(_ key: String) throws -> [String] {
    try nodes(key).map { node in
      guard let text = node.scalar?.string else { throw error(key, "must be a list of plain values") }
      return text
    }
  }

  package func mapping(_ key: String) throws -> YAMLMapping? {
    try node(key).map { try YAMLMapping($0, file: file, what: "\"\(key)\"") }
  }

  /// A list whose items are mappings, or texts that stand for a mapping with that one key.
  package func mappings(_ key: String, textAs short: String) throws -> [YAMLMapping] {
    try nodes(key).map { node in
      if case .scalar(let scalar) = node {
        return YAMLMapping(
          file: file, line: scalar.mark?.line ?? line,
          entries: [Entry(key: short, file: file, line: scalar.mark?.line ?? line, value: node)])
      }
      return try YAMLMapping(node, file: file, what: "\"\(key)\"")
    }
  }

  /// This mapping, and of `base` the keys that it does not have itself. Those of `merging` are mappings whose keys
  /// are put together in the same way.
  func over(_ base: YAMLMapping, merging: Set<String>) -> YAMLMapping {
    var entries = entries
    for inherited in base.entries {
      guard let place = entries.firstIndex(where: { $0.key == inherited.key }) else {
        entries.append(inherited)
        continue
      }
      if merging.contains(inherited.key), case .mapping(let own) = entries[place].value,
        case .mapping(let others) = inherited.value
      {
        let missing = others.filter { other in !own.contains { $0.key == other.key } }
        entries[place].value = .mapping(Node.Mapping(Array(own) + Array(missing), .implicit, .any, own.mark))
      }
    }
    return YAMLMapping(file: file, line: line, entries: entries)
  }

  private init(file: String, line: Int, entries: [Entry]) {
    self.file = file
    self.line = line
    self.entries = entries
  }

  private func node(_ key: String) -> Node? { entries.first { $0.key == key }?.value }

  private func nodes(_ key: String) -> [Node] {
    guard let node = node(key) else { return [] }
    if case .sequence(let sequence) = node { return Array(sequence) }
    return [node]
  }

  private static func translated(_ error: YamlError, file: String) -> ConfigurationError {
    switch error {
    case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
      .composer(_, let problem, let mark, _):
      ConfigurationError(file: file, line: mark.line, message: "this is not YAML: \(problem)")
    case .duplicatedKeysInMapping(let keys, let context):
      ConfigurationError(
        file: file, line: context.mark.line, message: "\"\(keys.joined(separator: ", "))\" stands here twice; keep one")
    default: ConfigurationError(file: file, message: "this is not YAML that settle can read: \(error)")
    }
  }
}
