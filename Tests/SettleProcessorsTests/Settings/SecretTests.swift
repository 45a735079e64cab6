import Testing

@testable import SettleProcessors

struct SecretTests {
  private let key = "sk_test_thisMustNeverBeSeen"

  @Test func isNeverShown() {
    let secret = Secret(key)
    let settings = ProcessorSettings(apiKey: secret)
    var dumped = ""
    dump(settings, to: &dumped)
    for shown in ["\(secret)", String(reflecting: secret), "\(settings)", String(reflecting: settings), dumped] {
      #expect(shown.contains("«secret»"))
      #expect(!shown.contains("NeverBeSeen"))
    }
  }

  @Test func isRevealedToTheHeaderAlone() {
    #expect(Secret(key).revealed() == key)
  }
}
