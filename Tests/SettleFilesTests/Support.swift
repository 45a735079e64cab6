import Foundation
import SettleModel

@testable import SettleFiles

/// A file that lives as long as its test.
final class TestFile {
  let path: String

  init(_ bytes: some Sequence<UInt8>, name: String = "input.csv") throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "settle-files-\(UUID())")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    path = folder.appending(path: name).path
    try Data(bytes).write(to: URL(fileURLWithPath: path))
  }

  convenience init(_ text: String, name: String = "input.csv") throws { try self.init(text.utf8, name: name) }

  deinit { try? FileManager.default.removeItem(atPath: (path as NSString).deletingLastPathComponent) }

  func examine(_ layout: String? = nil, zone: String? = nil) throws -> InputFile {
    try InputFile.examine(path: path, layout: layout, catalogue: shippedLayouts, zone: zone)
  }

  func rows(_ layout: String? = nil, zone: String? = nil) throws -> [FileRow] {
    try examine(layout, zone: zone).rows
  }
}

let shippedLayouts: LayoutCatalogue = {
  do { return try LayoutCatalogue() } catch { preconditionFailure("a shipped layout cannot be read: \(error)") }
}()

extension InputFile {
  var rows: [FileRow] {
    get throws {
      var rows: [FileRow] = []
      try forEachRow { rows.append($0) }
      return rows
    }
  }
}

/// The rows of a text, examined as if it were a file.
func rows(_ text: String, layout: String? = nil, zone: String? = nil) throws -> [FileRow] {
  try TestFile(text).rows(layout, zone: zone)
}

/// Why a file is refused, or nil where it is not.
func refusal(_ bytes: some Sequence<UInt8>, layout: String? = nil, zone: String? = nil) throws -> FileRefusal? {
  let file = try TestFile(bytes)
  do {
    _ = try file.rows(layout, zone: zone)
    return nil
  } catch var refusal as FileRefusal {
    refusal.path = (refusal.path as NSString).lastPathComponent
    return refusal
  }
}

extension FileRow {
  var quarantined: Quarantined? { if case .quarantined(let row) = self { row } else { nil } }
  var authorization: Authorization? { if case .authorization(let row) = self { row } else { nil } }
  var outcome: OutcomeRecord? { if case .outcome(let row) = self { row } else { nil } }
  var line: Int {
    switch self {
    case .authorization(let row): row.line
    case .outcome(let row): row.line
    case .quarantined(let row): row.line
    case .ignored(let line, _): line
    }
  }
}

func money(_ minor: Int64, _ code: String) throws -> Money {
  guard let currency = Currency(code) else { throw CocoaError(.featureUnsupported) }
  return Money(minor: minor, currency: currency)
}
