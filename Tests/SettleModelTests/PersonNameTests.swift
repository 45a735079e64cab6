import SettleModel
import Testing

@Suite struct PersonNameTests {
  /// What a reader takes for one name is one.
  @Test(arguments: [
    "alice", "Alice", " ALICE ", "aLICE", "alice\u{FE0F}", "al\u{200D}ice", "\u{FF41}lice", "alice\u{E0101}",
    "a\u{034F}lice", "alice\u{2800}", "\u{2066}alice\u{2069}", "alice\u{3164}",
  ])
  func oneName(_ name: String) {
    #expect(PersonName.folded(name) == "alice")
  }

  @Test(arguments: [("Stra\u{DF}er", "STRASSER"), ("I\u{307}lknur", "i\u{307}LKNUR"), ("Zoe\u{308}", "ZO\u{CB}")])
  func lettersOfEveryCaseAreTheSame(_ one: String, _ other: String) {
    #expect(PersonName.folded(one) == PersonName.folded(other))
  }

  @Test(arguments: [("alice", "bob"), ("alice", "alicia"), ("Ana L", "Anal")])
  func otherNamesAreOthers(_ one: String, _ other: String) {
    #expect(PersonName.folded(one) != PersonName.folded(other))
  }

  @Test(arguments: ["alice\u{FE0F}", "al\u{200D}ice", "alice\u{2800}", "a\u{034F}b", "x\u{00AD}", "\u{3164}x", "a\nb"])
  func whatNobodySeesIsRefused(_ name: String) {
    #expect(!PersonName.isPlain(name))
  }

  @Test(arguments: ["alice", "Zo\u{EB} O'Neill-Smith", "\u{674E}\u{660E}", "Al, the 2nd", "a.b+c@example.org"])
  func namesOfPeopleAreTaken(_ name: String) {
    #expect(PersonName.isPlain(name))
  }
}
