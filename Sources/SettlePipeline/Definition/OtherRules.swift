package import SettleModel

/// The matching rules of another file, whose difference a dry run tells: `settle run --rules FILE`.
package struct OtherRules: Sendable, Equatable {
  package let rules: MatchRules
  /// Paths of the keys that the file has beside its rules, in its order.
  package let leftOut: [String]

  /// Reads a whole pipeline file, or `reconcile` alone. All of it is checked, and only `reconcile.match` counts.
  ///
  /// Throws ``PipelineFileError``, also where the file has no rules, and ``ConfigurationError`` for a layout beside a
  /// pipeline file that cannot be followed.
  ///
  /// - Parameter processors: those that the file may name; nil takes any name.
  package init(path: String, processors: KnownProcessors? = nil) throws {
    let root = try YAMLPlace(yaml: PipelineDefinition.text(of: path), file: path)
    let keys = try root.mapping { _ in nil }
    let reconcile = try keys["reconcile"]?.mapping { _ in nil }
    let match = "match: [{ by: id }, { by: reference }]"
    if keys.keys.contains(where: { $0 != "reconcile" }) {
      rules = try PipelineDefinition(path: path, processors: processors).reconcile.match
    } else {
      rules = try PipelineDefinition.Reconcile(root.required("reconcile", in: keys, such: "{ \(match) }"), nil).match
    }
    guard let reconcile, reconcile["match"] != nil else {
      let missing = keys["reconcile"] == nil ? "reconcile: { \(match) }" : match
      throw (keys["reconcile"] ?? root).refusal(
        "has no matching rules, and those are what is compared; add \(missing)")
    }
    let beside = root.names.filter { $0 != "reconcile" } + (keys["reconcile"]?.names ?? []).map { "reconcile.\($0)" }
    leftOut = beside.filter { $0 != "reconcile.match" }
  }

  /// What a person must know who gives a whole pipeline file; nil where the file has nothing but rules.
  package var note: String? {
    guard !leftOut.isEmpty else { return nil }
    return "of this file only reconcile.match is compared; what else it says is left out of account:"
      + " \(leftOut.joined(separator: ", "))"
  }
}
