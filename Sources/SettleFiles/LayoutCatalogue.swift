import Foundation
import SettleModel

/// Every layout that a run knows: the shipped ones, and those of a folder.
package struct LayoutCatalogue: Sendable {
  /// In order of their names.
  package let layouts: [Layout]

  /// The shipped layouts and every `*.yaml` of a folder; one there with a shipped layout's name takes its place.
  ///
  /// Throws ``ConfigurationError`` for a layout that cannot be followed.
  package init(folder: String? = nil) throws {
    var byName: [String: Layout] = [:]
    var shipped: [String: YAMLMapping] = [:]
    for file in EmbeddedFiles.all where file.name.hasSuffix(".yaml") {
      let layout = try LayoutReader.read(text: file.text, file: file.name)
      byName[layout.name] = layout
      shipped[layout.name] = try YAMLMapping(text: file.text, file: file.name)
    }
    if let folder {
      var own: [String: String] = [:]
      for path in try Self.files(of: folder) {
        let layout = try LayoutReader.read(text: try Self.text(of: path), file: path, shipped: shipped)
        if let other = own.updateValue(path, forKey: layout.name) {
          throw ConfigurationError(file: path, message: "layout \"\(layout.name)\" is also in \(other); rename one")
        }
        byName[layout.name] = layout
      }
    }
    layouts = byName.values.sorted { $0.name < $1.name }
  }

  package func layout(named name: String) -> Layout? { layouts.first { $0.name == name } }

  /// The layout of a name that a pipeline or a command gives. Throws ``ConfigurationError`` naming the nearest one.
  package func known(_ name: String) throws -> Layout {
    guard let layout = layout(named: name) else {
      let names = layouts.map(\.name)
      throw ConfigurationError(
        file: "layout \(name)",
        message: "there is no such layout\(NearestName.hint(for: name, among: names))"
          + " (known: \(names.joined(separator: ", ")))")
    }
    return layout
  }

  private static func files(of folder: String) throws -> [String] {
    do {
      return try FileManager.default.contentsOfDirectory(atPath: folder)
        .filter { $0.hasSuffix(".yaml") && !$0.hasPrefix(".") }.sorted().map { "\(folder)/\($0)" }
    } catch {
      throw ConfigurationError(file: folder, message: "the folder of layouts cannot be read; check that it is there")
    }
  }

  private static func text(of path: String) throws -> String {
    do {
      return try String(contentsOfFile: path, encoding: .utf8)
    } catch {
      throw ConfigurationError(file: path, message: "the layout cannot be read as UTF-8 text; check the file")
    }
  }
}
