import Testing

@testable import ProcessorSandbox

@Suite struct FormBodyTests {
  @Test(arguments: [
    ("", []),
    ("a=1&b=2", [("a", "1"), ("b", "2")]),
    ("metadata%5Border_id%5D=A+1%2B2", [("metadata[order_id]", "A 1+2")]),
    ("metadata[order_id]=%C3%A9&x", [("metadata[order_id]", "é"), ("x", "")]),
    ("a=b=c&&d=", [("a", "b=c"), ("d", "")]),
  ])
  func reads(_ text: String, _ pairs: [(String, String)]) {
    #expect(FormBody(parsing: text.utf8)?.pairs == pairs.map { FormBody.Pair(name: $0.0, value: $0.1) })
  }

  @Test(arguments: ["a=%", "a=%2", "a=%zz", "a=%ff"])
  func refusesBrokenEscapes(_ text: String) {
    #expect(FormBody(parsing: text.utf8) == nil)
  }

  @Test func theCanonicalFormIgnoresOrderAndSpellingAlone() {
    let one = FormBody(parsing: "a=1&b%5B%5D=2".utf8)?.canonical
    #expect(one == FormBody(parsing: "b[]=2&a=%31".utf8)?.canonical)
    #expect(one != FormBody(parsing: "a=1&b[]=3".utf8)?.canonical)
    #expect(FormBody(parsing: "a=1%26b%3D2".utf8)?.canonical != FormBody(parsing: "a=1&b=2".utf8)?.canonical)
  }
}
