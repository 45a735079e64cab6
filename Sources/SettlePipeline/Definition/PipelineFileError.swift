/// A pipeline file that no run may use: where, and what to write instead.
package struct PipelineFileError: Error, Equatable, CustomStringConvertible {
  package var file: String
  /// The physical line, counted from 1, or nil where the file as a whole is meant.
  package var line: Int?
  /// The key's path, such as `charge.rate`, and what is wrong with it.
  package var message: String

  package init(file: String, line: Int?, message: String) {
    self.file = file
    self.line = line
    self.message = message
  }

  package var description: String {
    [file, line.map(String.init)].compactMap(\.self).joined(separator: ":") + ": " + message
  }
}
