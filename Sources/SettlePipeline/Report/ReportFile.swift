import Crypto
import Foundation
import SettleFiles

/// One CSV file of the report, written row by row.
struct ReportFile {
  private var writer: CSVWriter
  private let handle: FileHandle

  init(_ name: String, in folder: String, header: [String]) throws {
    let path = folder + "/" + name
    guard FileManager.default.createFile(atPath: path, contents: nil), let handle = FileHandle(forWritingAtPath: path)
    else {
      throw Failure(status: .configuration, message: "\(path) cannot be written: check the folder named with --out")
    }
    self.handle = handle
    writer = try CSVWriter(header: header) { bytes in try handle.write(contentsOf: bytes) }
  }

  mutating func write(_ fields: [CSVWriter.Field]) throws { try writer.write(fields) }

  mutating func close() throws {
    try writer.finish()
    try handle.synchronize()
    try handle.close()
  }

  /// Writes one whole file and makes sure that it is on disk.
  static func write(_ text: String, as name: String, in folder: String) throws {
    let path = folder + "/" + name
    guard FileManager.default.createFile(atPath: path, contents: Data(text.utf8)) else {
      throw Failure(status: .configuration, message: "\(path) cannot be written: check the folder named with --out")
    }
    guard let handle = FileHandle(forWritingAtPath: path) else { return }
    try handle.synchronize()
    try handle.close()
  }
}
