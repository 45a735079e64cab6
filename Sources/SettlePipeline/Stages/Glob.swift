import Foundation
import Glibc

/// File names by pattern, as a shell finds them.
enum Glob {
  /// Regular files under a folder that match a pattern relative to it, sorted by their bytes. Hidden files are left out.
  ///
  /// Throws where a folder on the way may not be read: an empty night must not be a matter of permissions.
  static func files(matching pattern: String, under folder: String) throws -> [String] {
    var found = glob_t()
    defer { globfree(&found) }
    let outcome = glob(escaped(folder) + "/" + pattern, GLOB_NOSORT, { _, error in error == EACCES ? 1 : 0 }, &found)
    guard outcome != GLOB_ABORTED else {
      throw Failure(
        status: .notPermitted, message: "\(folder)/\(pattern) cannot be read: check the folders' permissions")
    }
    guard outcome == 0 else { return [] }
    return (0..<Int(found.gl_pathc)).compactMap { index -> String? in
      guard let path = found.gl_pathv[index].map({ String(cString: $0) }) else { return nil }
      var isFolder: ObjCBool = false
      guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), !isFolder.boolValue else {
        return nil
      }
      return String(path.dropFirst(folder.count + 1))
    }.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
  }

  private static func escaped(_ folder: String) -> String {
    folder.reduce(into: "") { text, character in
      if "*?[\\".contains(character) { text.append("\\") }
      text.append(character)
    }
  }
}
