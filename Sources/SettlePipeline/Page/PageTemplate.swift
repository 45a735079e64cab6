import Mustache

/// The page's template and style sheet, out of the binary.
enum PageTemplate {
  enum Missing: Error, CustomStringConvertible {
    case file(String)

    var description: String {
      switch self {
      case .file(let name): "the report's \(name) is missing from this build of settle; build it again"
      }
    }
  }

  static func render(_ view: PageView) throws -> String {
    // The template names this escaping in its first line; see PageEscaping for why Mustache's own will not do.
    MustacheContentTypes.register(PageEscaping(), named: "PAGE")
    return try MustacheTemplate(string: text(of: "report.mustache")).render(view)
  }

  static func text(of name: String) throws -> String {
    guard let file = EmbeddedFiles.all.first(where: { $0.name == name }) else { throw Missing.file(name) }
    return file.text
  }
}

extension ReportPage {
  /// The page as one file of HTML that needs no network and no script.
  ///
  /// Throws where the template is missing from the binary, which no input causes.
  package func html() throws -> String {
    try PageTemplate.render(PageView(self, style: PageTemplate.text(of: "report.css")))
  }
}
