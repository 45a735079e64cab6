import Foundation
import SettleModel

@testable import SettleFiles

/// A file with a folder of its own, which goes when the tests end.
struct TestFile {
  let path: String

  private static let root: URL = {
    let root = FileManager.default.temporaryDirectory.appending(path: "settle-files-tests")
    atexit { try? FileManager.default.removeItem(at: TestFile.root) }
    return root.appending(path: "\(ProcessInfo.processInfo.processIdentifier)")
  }()

  init(_ bytes: some Sequence<UInt8>, name: String = "input.csv") throws {
    let folder = Self.root.appending(path: UUID().uuidString)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    path = folder.appending(path: name).path
    try Data(bytes).write(to: URL(fileURLWithPath: path))
  }

  init(_ text: String, name: String = "input.csv") throws { try self.init(text.utf8, name: name) }

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
  var bankLine: BankLine? { if case .bankLine(let row) = self { row } else { nil } }
  var statement: BankStatement? { if case .statement(let row) = self { row } else { nil } }
  var line: Int {
    switch self {
    case .authorization(let row): row.line
    case .outcome(let row): row.line
    case .bankLine(let row): row.line
    case .statement(let row): row.line
    case .quarantined(let row): row.line
    case .ignored(let line, _): line
    }
  }
}

func money(_ minor: Int64, _ code: String) throws -> Money {
  guard let currency = Currency(code) else { throw CocoaError(.featureUnsupported) }
  return Money(minor: minor, currency: currency)
}

/// Repeatable randomness: the same seed, the same test.
struct SeededGenerator: RandomNumberGenerator {
  private var state: UInt64
  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var value = state
    value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
    value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
    return value ^ (value >> 31)
  }
}

/// Gives bytes out in pieces of a size, as reading a file does.
func inChunks(_ bytes: [UInt8], of size: Int, body: (UnsafeBufferPointer<UInt8>) throws -> Void) rethrows {
  try bytes.withUnsafeBufferPointer { all in
    for start in stride(from: 0, to: all.count, by: size) {
      try body(UnsafeBufferPointer(rebasing: all[start..<min(all.count, start + size)]))
    }
  }
}
