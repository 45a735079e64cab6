import SettleModel
import Testing

@Suite struct IdentityTextTests {
  @Test(arguments: [
    ("A-1", "A-1"), ("  A-1\t", "A-1"), ("\u{A0}A-1\u{3000}", "A-1"), ("a b", "a b"), ("", ""), (" \r\n ", ""),
    ("7C1D5A38-2B0E-4F6A-9D54-0EC38621F7B9", "7c1d5a38-2b0e-4f6a-9d54-0ec38621f7b9"),
    (" 7C1D5A38-2B0E-4F6A-9D54-0EC38621F7B9\n", "7c1d5a38-2b0e-4f6a-9d54-0ec38621f7b9"),
    ("{7C1D5A38-2B0E-4F6A-9D54-0EC38621F7B9}", "{7C1D5A38-2B0E-4F6A-9D54-0EC38621F7B9}"),
    ("7C1D5A382B0E4F6A9D540EC38621F7B9", "7C1D5A382B0E4F6A9D540EC38621F7B9"),
    ("Gro\u{308}ße", "Gr\u{F6}ße"), ("e\u{301} ", "\u{E9}"), ("\u{212B}", "\u{C5}"),
    // Canonical equivalence only: what merely looks alike stays apart.
    ("ﬁ", "ﬁ"), ("Ａ", "Ａ"),
  ])
  func oneSpellingForEachIdentity(given: String, normalised: String) {
    let spelled = IdentityText.normalised(given)
    #expect(Array(spelled.unicodeScalars) == Array(normalised.unicodeScalars))
    #expect(Array(IdentityText.normalised(spelled).unicodeScalars) == Array(spelled.unicodeScalars))
  }
}
