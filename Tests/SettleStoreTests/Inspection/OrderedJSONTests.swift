import SettleModel
import SettleStore
import Testing

@Suite struct OrderedJSONTests {
  @Test(arguments: [
    (OrderedJSON.null, "null"), (.bool(true), "true"), (.integer(.min), "-9223372036854775808"),
    (.string("Größe 🎈"), "\"Größe 🎈\""), (.string("\"\\\n\r\t\u{0}\u{1F}\u{7F}"), #""\"\\\n\r\t\u0000\u001f\u007f""#),
    (.array([]), "[]"), (.object([]), "{}"), (.array([.integer(1), .null]), "[1,null]"),
    (.object([.init("b", .integer(2)), .init("a", .integer(1))]), #"{"b":2,"a":1}"#),
    (.text(Currency("USD")), "\"USD\""), (.text(nil as String?), "null"), (.number(7 as Int32?), "7"),
  ])
  func textIsCompactAndEscaped(value: OrderedJSON, text: String) { #expect(value.compact == text) }

  @Test func prettyTextIsIndented() {
    let value = OrderedJSON.object([
      .init("a", .array([.integer(1), .object([.init("b", .null)])])), .init("c", .array([])),
    ])
    #expect(
      value.pretty == """
        {
          "a": [
            1,
            {
              "b": null
            }
          ],
          "c": []
        }
        """)
  }
}
