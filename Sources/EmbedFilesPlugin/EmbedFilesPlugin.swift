import Foundation
import PackagePlugin

/// Puts text files into the binary that needs them, so that `settle` runs anywhere without looking for resources.
///
/// A file added to one of these folders is found by itself: a migration is one `.sql`, a layout one `.yaml`.
@main
struct EmbedFilesPlugin: BuildToolPlugin {
  /// Folders, from the package's root, that each target carries.
  static let folders = [
    "SettleStore": ["Sources/SettleStore/Migrations"],
    "SettleFiles": ["pipelines/layouts"],
    "SettlePipeline": ["pipelines", "Sources/SettlePipeline/Templates"],
  ]

  func createBuildCommands(context: PluginContext, target: any Target) throws -> [Command] {
    let root = context.package.directoryURL
    let files = try (Self.folders[target.name] ?? []).flatMap { folder in
      try FileManager.default.contentsOfDirectory(
        at: root.appending(path: folder), includingPropertiesForKeys: [.isRegularFileKey]
      ).filter { try $0.resourceValues(forKeys: [.isRegularFileKey]).isRegularFile == true }
        .filter { !$0.lastPathComponent.hasPrefix(".") }
        .sorted { $0.path < $1.path }
    }
    let output = context.pluginWorkDirectoryURL.appending(path: "EmbeddedFiles.swift")
    return [
      .buildCommand(
        displayName: "Embedding \(files.count) files in \(target.name)",
        executable: try context.tool(named: "EmbedFiles").url,
        arguments: [output.path] + files.map(\.path),
        inputFiles: files, outputFiles: [output])
    ]
  }
}
