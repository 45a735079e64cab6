import SettleModel
import Testing

@Suite struct ProcessorRefusalTests {
  @Test(arguments: [
    (
      ProcessorRefusal.unreachable("reset"),
      "the processor cannot be reached: reset; check STRIPE_API_BASE and the network"
    ),
    (.notPermitted("401"), "the processor refuses the key: 401; check STRIPE_API_KEY"),
    (.later("429"), "the processor asks to come back later: 429"),
    (.unsupported("no payment method was given"), "no payment method was given"),
    (.unexpected("status 302"), "the processor answered in a way that settle does not know: status 302"),
  ])
  func saysWhatHappenedAndWhatToDo(refusal: ProcessorRefusal, text: String) {
    #expect(refusal.description == text)
  }
}

@Suite struct OutcomeRecordTests {
  @Test func netIsGrossLessFeeUnlessTheFileSaysIt() {
    let record = OutcomeRecord(
      kind: .charge, occurredAt: Answers.now, gross: money(1_000), fee: 59, references: .init())
    #expect(record.net == 941)
    #expect(record.compared == money(1_000))
  }

  @Test func whatTheCustomerSawIsComparedWhereTheFileHasIt() {
    let record = OutcomeRecord(
      kind: .charge, occurredAt: Answers.now, gross: money(1_080), presentment: money(1_000, "EUR"),
      references: .init())
    #expect(record.compared == money(1_000, "EUR"))
  }
}
