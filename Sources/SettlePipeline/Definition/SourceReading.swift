import Foundation
import SettleFiles

// How a run would read one file: by the source that finds it.

extension PipelineDefinition {
  /// What a pipeline says of a file that somebody looks at by itself.
  package struct Reading: Sendable, Equatable {
    /// The layout that its source names, or nil where its content decides.
    package var layout: String?
    /// The zone of times that carry none, or nil where nothing says it.
    package var zone: String?
    /// The zones that sources name, where they do not agree and none of them finds the file.
    package var zones: [String] = []
  }

  /// What the source says that finds the file in the inbox; of a file that lies elsewhere, the zone that all sources
  /// agree on which name one.
  package func reading(of path: String, inbox: String) throws -> Reading {
    let file = URL(fileURLWithPath: path).standardizedFileURL.path
    let folder = URL(fileURLWithPath: inbox).standardizedFileURL.path
    let sources = ingest + importing
    if file.hasPrefix(folder + "/") {
      let name = String(file.dropFirst(folder.count + 1))
      for source in sources where try Glob.files(matching: source.path, under: folder).contains(name) {
        return Reading(layout: source.layout, zone: source.zone)
      }
    }
    let zones = Set(sources.compactMap(\.zone)).sorted()
    return Reading(layout: nil, zone: zones.count == 1 ? zones[0] : nil, zones: zones.count > 1 ? zones : [])
  }
}

extension YAMLPlace {
  /// The zone of a report's times: UTC or an IANA name.
  func reportZone() throws -> String {
    let text = try text()
    guard ReportZone(text) != nil else { throw refusal(ReportZone.refusal(of: text)) }
    return text
  }
}
