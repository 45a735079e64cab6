import Crypto
import Foundation
import SettleFiles

/// One CSV file of the report, written row by row.
struct ReportFile {
  private var writer: CSVWriter
  private let handle: FileHandle

  init(_ name: String, in folder: String, header: [String]) throws {
    let handle = try Self.create(folder + "/" + name)
    self.handle = handle
    writer = try CSVWriter(header: header) { bytes in try handle.write(contentsOf: bytes) }
  }

  mutating func write(_ fields: [CSVWriter.Field]) throws { try writer.write(fields) }

  mutating func close() throws {
    try writer.finish()
    try handle.synchronize()
    try handle.close()
  }

  /// An empty file, to be written. Throws ``Failure`` where there can be none.
  static func create(_ path: String) throws -> FileHandle {
    guard FileManager.default.createFile(atPath: path, contents: nil), let handle = FileHandle(forWritingAtPath: path)
    else {
      throw Failure(status: .configuration, message: "\(path) cannot be written: check the folder named with --out")
    }
    return handle
  }

  /// Writes one whole file and makes sure that it is on disk.
  static func write(_ text: String, as name: String, in folder: String) throws {
    let handle = try create(folder + "/" + name)
    try handle.write(contentsOf: Data(text.utf8))
    try handle.synchronize()
    try handle.close()
  }
}
