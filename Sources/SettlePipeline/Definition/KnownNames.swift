package import SettleFiles
import SettleModel

/// Names outside a pipeline file that it may use: a misspelt one is refused with its line, before anything runs.
struct KnownNames {
  /// Of the layouts in the binary and in the pipeline's own folder.
  let layouts: [String]
  /// Whose files can come: of layouts, of `import`'s sources, of `import.processors`, and the pipeline's own processor.
  let processors: [String]

  init(_ catalogue: LayoutCatalogue, of pipeline: PipelineDefinition) {
    layouts = catalogue.layouts.map(\.name)
    let named = pipeline.importing.compactMap(\.processor) + pipeline.reporting + [pipeline.processor]
    processors = Set(catalogue.layouts.compactMap(\.processor) + named).sorted()
  }
}

extension PipelineDefinition {
  /// The processors that may charge what authorizations hold: those of which some file can tell what they charged. A
  /// misspelt one would be charged by nobody, and missed by nobody.
  package func processors(reportedBy layouts: LayoutCatalogue) -> [String] {
    KnownNames(layouts, of: self).processors
  }
}

extension YAMLPlace {
  /// A layout's name; any name where none are known.
  func layout(of known: KnownNames?) throws -> String {
    let name = try name()
    guard let known, name != "auto", !known.layouts.contains(name) else { return name }
    throw refusal("there is no layout \"\(name)\"; \(Self.hint(name, known.layouts))")
  }

  /// The name of a processor whose files can come; any name where none are known.
  func processor(of known: KnownNames?) throws -> String {
    let name = try name()
    guard let known, !known.processors.contains(name) else { return name }
    throw refusal("no file is of a processor \"\(name)\"; \(Self.hint(name, known.processors))")
  }

  /// Refuses the sources' layouts that nobody knows.
  func checkLayouts(of known: KnownNames) throws {
    for source in try sources() { _ = try source["layout"]?.layout(of: known) }
  }

  /// Refuses processors of orders of which no file could ever tell.
  func checkProcessors(of known: KnownNames) throws {
    for source in try sources() { _ = try source["processor"]?.processor(of: known) }
  }

  private func sources() throws -> [[String: YAMLPlace]] {
    try (mapping { _ in nil }["sources"]?.sequence() ?? []).map { try $0.mapping { _ in nil } }
  }

  private static func hint(_ name: String, _ known: [String]) -> String {
    NearestName.meant(by: name, among: known).map { "did you mean \($0)?" }
      ?? "settle knows \(known.joined(separator: ", "))"
  }
}
