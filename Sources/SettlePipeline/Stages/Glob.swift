import Foundation
import Glibc

/// File names by pattern, as a shell finds them.
enum Glob {
  /// Regular files under a folder that match a pattern relative to it, sorted by their bytes. Hidden files are left out.
  static func files(matching pattern: String, under folder: String) -> [String] {
    var found = glob_t()
    defer { globfree(&found) }
    guard glob(escaped(folder) + "/" + pattern, GLOB_NOSORT, nil, &found) == 0 else { return [] }
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
