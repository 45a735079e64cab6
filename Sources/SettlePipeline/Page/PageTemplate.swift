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
    MustacheContentTypes.register(PageEscaping(), named: "PAGE")
    var library = MustacheLibrary()
    for file in EmbeddedFiles.all where file.name.hasSuffix(".mustache") {
      // See PageEscaping for why Mustache's own will not do. Each part begins with Mustache's own again unless it says
      // otherwise, so all of them are made to.
      try library.register("{{% CONTENT_TYPE:PAGE}}\n" + file.text, named: String(file.name.dropLast(9)))
    }
    guard let page = library.render(view, withTemplate: "report") else { throw Missing.file("report.mustache") }
    return page
  }

  static func text(of name: String) throws -> String {
    guard let file = EmbeddedFiles.all.first(where: { $0.name == name }) else { throw Missing.file(name) }
    return file.text
  }
}

extension ReportPage {
  /// The page as one file of HTML that needs no network, and no script to be read.
  ///
  /// Throws where the template is missing from the binary, which no input causes.
  package func html() throws -> String {
    try PageTemplate.render(
      PageView(
        self, style: PageTemplate.text(of: "report.css"), script: PageTemplate.text(of: "report.js")))
  }
}
