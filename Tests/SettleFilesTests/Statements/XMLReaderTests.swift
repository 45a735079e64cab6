import Testing

@testable import SettleFiles

@Suite struct XMLReaderTests {
  /// Writes down what it is told.
  final class Transcript: XMLEvents {
    var events: [String] = []

    func began(_ name: String, line: Int, attribute: (String) -> String?) throws {
      events.append("\(line) <\(name)\(attribute("Ccy").map { " \($0)" } ?? "")>")
    }

    func ended(_ name: String, text: String, line: Int) throws { events.append("\(line) \(name)=\(text)") }
  }

  static func read(_ text: String, chunks: Int = 5) throws -> [String] {
    let transcript = Transcript()
    let reader = try XMLReader(transcript)
    try inChunks(Array(text.utf8), of: chunks) { try reader.feed($0) }
    try reader.finish()
    return transcript.events
  }

  @Test(arguments: [1, 3, 1_000]) func elementsWithoutNamespaces(_ chunks: Int) throws {
    let text =
      "<?xml version=\"1.0\"?>\n<n:a xmlns:n='u' n:Ccy='EUR'>\n x<!-- c -->y <b/>z&amp;&#65;<![CDATA[<i>]]></n:a>\n"
    #expect(try Self.read(text, chunks: chunks) == ["2 <a EUR>", "3 <b>", "3 b=", "3 a=z&A<i>"])
  }

  @Test(arguments: [
    ("<a>", FileRefusal.Reason.truncated), ("<a><b></a>", .malformed), ("<a></a><b/>", .malformed), ("", .truncated),
    ("<a>&what;</a>", .malformed), ("text", .malformed), ("<a b='1' b='2'/>", .malformed),
    ("<!DOCTYPE a><a/>", .documentType), ("<!DOCTYPE a SYSTEM 'http://x/y.dtd'><a/>", .documentType),
    ("<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>", .documentType),
  ]) func whatIsRefused(_ text: String, _ reason: FileRefusal.Reason) throws {
    let damage = try #require(throws: FileDamage.self) { try Self.read(text) }
    #expect(damage.reason == reason)
  }

  @Test func whatHasNoBoundIsRefused() throws {
    let deep = String(repeating: "<a>", count: 101)
    let long = "<a>" + String(repeating: "x", count: XMLReader.textLimit + 1) + "</a>"
    let wide = "<a b='" + String(repeating: "x", count: XMLReader.tokenLimit + 100_000)
    for (text, problem) in [(deep, "101 deep"), (long, "longer than"), (wide, "tag or comment")] {
      let damage = try #require(throws: FileDamage.self) { try Self.read(text, chunks: 64 * 1024) }
      #expect(damage.reason == .malformed)
      #expect(damage.message.contains(problem))
    }
  }

  @Test func whatTheReceiverThrowsComesOut() throws {
    struct Enough: Error {}
    final class Thrower: XMLEvents {
      func began(_ name: String, line: Int, attribute: (String) -> String?) throws { throw Enough() }
      func ended(_ name: String, text: String, line: Int) throws { Issue.record("it went on") }
    }
    let thrower = Thrower()
    let reader = try XMLReader(thrower)
    #expect(throws: Enough.self) { try inChunks(Array("<a><b/></a>".utf8), of: 100) { try reader.feed($0) } }
  }
}
