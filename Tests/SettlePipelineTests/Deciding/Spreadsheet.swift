import Foundation
import Testing

/// LibreOffice, as a person in some country uses it: the file is opened, looked at in that country's formats, and saved
/// as CSV again.
struct Spreadsheet: Sendable, CustomTestStringConvertible {
  /// Of the file that it writes.
  var name: String
  var language: String
  var country: String
  /// LibreOffice's own number of the language.
  var number: Int
  var separator: Character
  /// The parts of a date and what stands between them.
  var date: String
  var quotesAll = false

  var testDescription: String { name }

  static let all = [
    Spreadsheet(name: "german", language: "de", country: "DE", number: 1031, separator: ";", date: "DD.MM.YYYY"),
    Spreadsheet(
      name: "french", language: "fr", country: "FR", number: 1036, separator: ";", date: "DD/MM/YYYY", quotesAll: true),
    Spreadsheet(name: "american", language: "en", country: "US", number: 1033, separator: ",", date: "MM/DD/YYYY"),
    Spreadsheet(name: "swiss", language: "de", country: "CH", number: 2055, separator: "\t", date: "DD.MM.YY"),
  ]

  static let program = ["/usr/bin/soffice", "/usr/local/bin/soffice"]
    .first { FileManager.default.isExecutableFile(atPath: $0) }

  /// What LibreOffice makes of a `breaks.csv`.
  func saved(_ csv: String) async throws -> Data {
    let folder = NSTemporaryDirectory() + "settle-spreadsheet-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try document(csv).write(toFile: folder + "/breaks.fods", atomically: true, encoding: .utf8)
    let process = Process()
    process.executableURL = URL(fileURLWithPath: Self.program ?? "/usr/bin/soffice")
    let code = separator.asciiValue ?? 44
    process.arguments = [
      // A profile of its own: one that another process uses would be waited for.
      "-env:UserInstallation=file://\(folder)/profile", "--headless", "--convert-to",
      // Separator, quotation mark, UTF-8, from line 1, language, quote all, no raw numbers, cells as shown.
      "csv:Text - txt - csv (StarCalc):\(code),34,76,1,,\(number),\(quotesAll),false,true", "--outdir", folder + "/out",
      folder + "/breaks.fods",
    ]
    process.standardOutput = FileHandle.nullDevice
    process.standardError = FileHandle.nullDevice
    try process.run()
    while process.isRunning { try await Task.sleep(for: .milliseconds(50)) }
    guard let saved = FileManager.default.contents(atPath: folder + "/out/breaks.csv") else {
      throw CocoaError(.fileReadNoSuchFile)
    }
    return saved
  }

  /// The sheet as it stands on the screen: amounts are numbers with their digits, dates are dates, all else is text.
  private func document(_ csv: String) throws -> String {
    let rows = CSVRows(csv).rows
    let header = csv.prefix { $0 != "\r\n" && $0 != "\n" }.split(separator: ",").map(String.init)
    let lines = rows.map { row in header.map { cell($0, row[$0] ?? "") }.joined() }
    let body = ([header.map { cell("", $0) }.joined()] + lines)
      .map { "<table:table-row>\($0)</table:table-row>" }.joined(separator: "\n")
    return """
      <?xml version="1.0" encoding="UTF-8"?>
      <office:document xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"
        xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0"
        xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"
        xmlns:style="urn:oasis:names:tc:opendocument:xmlns:style:1.0"
        xmlns:number="urn:oasis:names:tc:opendocument:xmlns:datastyle:1.0" office:version="1.3"
        office:mimetype="application/vnd.oasis.opendocument.spreadsheet"><office:automatic-styles>
      \((0...3).map(amountStyle).joined(separator: "\n"))
      \(dateStyle)
      </office:automatic-styles><office:body><office:spreadsheet><table:table table:name="breaks">
      \(body)
      </table:table></office:spreadsheet></office:body></office:document>
      """
  }

  private func cell(_ column: String, _ text: String) -> String {
    guard !text.isEmpty else { return "<table:table-cell/>" }
    switch column {
    case "expected_amount", "reported_amount", "delta":
      let digits = text.split(separator: ".").dropFirst().first?.count ?? 0
      return #"<table:table-cell table:style-name="a\#(digits)" office:value-type="float" office:value="\#(text)"/>"#
    case "business_date", "first_seen":
      return #"<table:table-cell table:style-name="d" office:value-type="date" office:date-value="\#(text)"/>"#
    default:
      let escaped = text.replacing("&", with: "&amp;").replacing("<", with: "&lt;")
      return #"<table:table-cell office:value-type="string"><text:p>\#(escaped)</text:p></table:table-cell>"#
    }
  }

  private var place: String { #"number:language="\#(language)" number:country="\#(country)""# }

  private func amountStyle(_ digits: Int) -> String {
    """
    <number:number-style style:name="X\(digits)" \(place)><number:number number:decimal-places="\(digits)" \
    number:min-integer-digits="1" number:grouping="true"/></number:number-style>
    <style:style style:name="a\(digits)" style:family="table-cell" style:data-style-name="X\(digits)"/>
    """
  }

  private var dateStyle: String {
    var parts = ""
    var rest = date[...]
    while let first = rest.first {
      let run = rest.prefix { $0 == first }
      rest = rest.dropFirst(run.count)
      let style = first == "Y" && run.count == 2 ? "" : #" number:style="long""#
      switch first {
      case "D": parts += "<number:day\(style)/>"
      case "M": parts += "<number:month\(style)/>"
      case "Y": parts += "<number:year\(style)/>"
      default: parts += "<number:text>\(run)</number:text>"
      }
    }
    return """
      <number:date-style style:name="Z" \(place)>\(parts)</number:date-style>
      <style:style style:name="d" style:family="table-cell" style:data-style-name="Z"/>
      """
  }
}
