import Foundation

/// `EmbedFiles OUTPUT FILE...` writes a Swift source that holds each file's text under its name.
@main
struct EmbedFiles {
  static func main() throws {
    let arguments = CommandLine.arguments.dropFirst()
    guard let output = arguments.first else {
      throw CocoaError(.fileNoSuchFile, userInfo: [NSLocalizedDescriptionKey: "usage: EmbedFiles OUTPUT FILE..."])
    }
    var source =
      "/// Files of the source tree, by name.\nenum EmbeddedFiles {\n  static let all: [(name: String, text: String)] = [\n"
    for path in arguments.dropFirst() {
      let text = try String(contentsOfFile: path, encoding: .utf8)
      let name = URL(fileURLWithPath: path).lastPathComponent
      // Five pounds: more than any text that a person writes will ever close with.
      source += "    (\"\(name)\", #####\"\"\"\n\(text)\n\"\"\"#####),\n"
    }
    source += "  ]\n}\n"
    try source.write(toFile: output, atomically: true, encoding: .utf8)
  }
}
