import SettleModel
import Yams

/// One value of a pipeline file with the path that leads to it, so that every refusal can say where it stands.
struct YAMLPlace {
  let node: Node
  /// `charge.rate`, `ingest.sources[0].path`; empty for the file as a whole.
  let path: String
  let file: String

  /// The one document of a YAML text. Throws ``PipelineFileError`` where it is none.
  init(yaml: String, file: String) throws {
    do {
      guard let root = try compose(yaml: yaml) else {
        throw PipelineFileError(file: file, line: nil, message: "is empty; write at least pipeline: and processor:")
      }
      self.init(node: root, path: "", file: file)
    } catch let error as YamlError {
      throw PipelineFileError(yaml: error, file: file)
    }
  }

  private init(node: Node, path: String, file: String) {
    self.node = node
    self.path = path
    self.file = file
  }

  func refusal(_ message: String) -> PipelineFileError {
    PipelineFileError(
      file: file, line: node.mark?.line, message: path.isEmpty ? message : "\(path): \(message)")
  }

  /// The values under known keys. An unknown key and a key without a value are refused.
  func mapping(of known: [String]) throws -> [String: YAMLPlace] {
    try mapping { key in
      guard !known.contains(key) else { return nil }
      guard let meant = NearestName.meant(by: key, among: known) else {
        return "unknown key; known here: \(known.joined(separator: ", "))"
      }
      return "unknown key; did you mean \(meant)?"
    }
  }

  /// The values under keys that `refuse` has nothing to say against.
  func mapping(refuse: (String) -> String?) throws -> [String: YAMLPlace] {
    guard let pairs = node.mapping else { throw refusal("must be a list of `key: value`") }
    var places: [String: YAMLPlace] = [:]
    for (keyNode, value) in pairs {
      guard let key = keyNode.scalar?.string else { throw refusal("has a key that is no plain name") }
      let name = path.isEmpty ? key : "\(path).\(key)"
      let keyPlace = YAMLPlace(node: keyNode, path: name, file: file)
      if let message = refuse(key) { throw keyPlace.refusal(message) }
      guard places[key] == nil else { throw keyPlace.refusal("is given twice; keep one") }
      guard !value.isEmptyScalar else { throw keyPlace.refusal("has no value; give it one or leave the key out") }
      places[key] = YAMLPlace(node: value, path: name, file: file)
    }
    return places
  }

  var isList: Bool { node.sequence != nil }

  var isText: Bool { node.scalar != nil }

  /// YAML would read a bare number as a floating one, which neither money nor a rate ever is.
  var isQuoted: Bool { node.scalar.map { $0.style != .plain } ?? false }

  var isMapping: Bool { node.mapping != nil }

  /// Whether it is a mapping with this key, whatever else is wrong with it.
  func has(_ key: String) -> Bool { node.mapping?.contains { $0.key.scalar?.string == key } ?? false }

  /// The keys of a mapping as the file has them.
  var names: [String] { node.mapping?.compactMap { $0.key.scalar?.string } ?? [] }

  func sequence() throws -> [YAMLPlace] {
    guard let nodes = node.sequence else { throw refusal("must be a list: [ … ], or lines that begin with -") }
    return nodes.enumerated().map { YAMLPlace(node: $1, path: "\(path)[\($0)]", file: file) }
  }

  /// The value under a key that must be there.
  func required(_ key: String, in places: [String: YAMLPlace], such example: String) throws -> YAMLPlace {
    guard let place = places[key] else { throw refusal("needs \(key), such as \(key): \(example)") }
    return place
  }
}

extension Node {
  fileprivate var isEmptyScalar: Bool {
    guard let scalar else { return false }
    return scalar.style == .plain && ["", "~", "null", "Null", "NULL"].contains(scalar.string)
  }
}

extension PipelineFileError {
  fileprivate init(yaml error: YamlError, file: String) {
    switch error {
    case .scanner(let context, let problem, let mark, _), .parser(let context, let problem, let mark, _),
      .composer(let context, let problem, let mark, _):
      let problem = [context?.text, problem].compactMap(\.self).joined(separator: ", ")
      self.init(file: file, line: mark.line, message: "is no YAML: \(problem)")
    case .reader(let problem, let offset, _, let yaml):
      let line = offset.map { yaml.prefix($0).count(where: \.isNewline) + 1 }
      self.init(file: file, line: line, message: "is no YAML: \(problem)")
    case .duplicatedKeysInMapping(let keys, let context):
      let names = keys.sorted().joined(separator: ", ")
      self.init(file: file, line: context.mark.line, message: "\(names): is given twice; keep one")
    default:
      self.init(file: file, line: nil, message: "is no YAML: \(error)")
    }
  }
}
