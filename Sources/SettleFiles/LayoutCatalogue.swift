import Foundation
import SettleModel

/// Every layout that a run knows: the shipped ones, and those of a folder.
package struct LayoutCatalogue: Sendable {
  /// In order of their names.
  package let layouts: [Layout]

  /// The shipped layouts and every `*.yaml` of a folder; one there with a shipped layout's name takes its place where it
  /// says `replaces: shipped`.
  ///
  /// Throws ``ConfigurationError`` for a layout that cannot be followed, and for one that has such a name by chance.
  package init(folder: String? = nil) throws {
    var byName = try Self.shipped.get()
    if let folder {
      let shipped = try Self.shippedFiles()
      var own: [String: String] = [:]
      for path in try Self.files(of: folder) {
        let text = try Self.text(of: path)
        let layout = try LayoutReader.read(text: text, file: path, shipped: shipped)
        try Self.check(layout, YAMLMapping(text: text, file: path), shipped: shipped.keys.sorted())
        if let other = own.updateValue(path, forKey: layout.name) {
          throw ConfigurationError(file: path, message: "layout \"\(layout.name)\" is also in \(other); rename one")
        }
        byName[layout.name] = layout
      }
    }
    layouts = byName.values.sorted { $0.name < $1.name }
  }

  private static let embedded = EmbeddedFiles.all.filter { $0.name.hasSuffix(".yaml") }

  /// The layouts in the binary by name; read once a process, since it takes its time.
  private static let shipped = Result {
    var byName: [String: Layout] = [:]
    for file in embedded {
      var layout = try LayoutReader.read(text: file.text, file: file.name)
      layout.origin = .shipped
      byName[layout.name] = layout
    }
    return byName
  }

  /// What the files of those say, which layouts of one's own may extend.
  private static func shippedFiles() throws -> [String: YAMLMapping] {
    var byName: [String: YAMLMapping] = [:]
    for file in embedded {
      let yaml = try YAMLMapping(text: file.text, file: file.name)
      byName[try yaml.required("layout")] = yaml
    }
    return byName
  }

  /// A shipped layout's place is taken on purpose only.
  private static func check(_ layout: Layout, _ yaml: YAMLMapping, shipped: [String]) throws {
    let isShipped = shipped.contains(layout.name)
    if isShipped, layout.origin != .replacing {
      throw yaml.error(
        "layout",
        "is the name of a shipped layout (\(layout.name)); give yours another one, or add replaces: shipped where it is"
          + " to take that one's place")
    }
    if !isShipped, layout.origin == .replacing {
      throw yaml.error(
        "replaces",
        "finds no shipped layout \(layout.name)\(NearestName.hint(for: layout.name, among: shipped)); remove it, or name"
          + " the layout as the shipped one is named")
    }
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
