import Testing

@testable import ProcessorSandbox

@Suite struct JSONTests {
  @Test func whatIsWrittenReadsBack() {
    let awkward = "a\"b\\c\n\t\u{1}é€😀"
    var json = JSONWriter()
    json.object {
      $0.field("text", awkward)
      $0.field("nothing", nil as String?)
      $0.field("number", Int64.min)
      $0.field("flag", true)
      $0.field("list") { $0.array([1, 2]) { $0.value(Int64($1)) } }
      $0.field("metadata", Metadata().merging([.init(key: "k\"", value: "v")]))
      $0.fieldIfAny("absent", nil)
    }
    #expect(
      JSONValue(parsing: json.bytes)
        == .object([
          "text": .text(awkward), "nothing": .null, "number": .integer(.min), "flag": .bool(true),
          "list": .array([.integer(1), .integer(2)]), "metadata": .object(["k\"": .text("v")]),
        ]))
  }

  @Test(arguments: [
    ("\"\\u00e9\\ud83d\\ude00\\/\"", JSONValue.text("é😀/")),
    (" [ ] ", .array([])),
    (
      "{\"a\" : {\"b\":[true,false,null]}}", .object(["a": .object(["b": .array([.bool(true), .bool(false), .null])])])
    ),
    ("-12", .integer(-12)),
  ])
  func reads(_ text: String, _ value: JSONValue) {
    #expect(JSONValue(parsing: text.utf8) == value)
  }

  @Test(arguments: [
    "", "{", "[1,]", "{\"a\":}", "{\"a\" 1}", "\"open", "\"\\ud83d\"", "\"\\x\"", "1.5", "1e3", "99999999999999999999",
    "tru", "{} {}", "\"a\nb\"", String(repeating: "[", count: 100_000),
  ])
  func refuses(_ text: String) {
    #expect(JSONValue(parsing: text.utf8) == nil)
  }
}
