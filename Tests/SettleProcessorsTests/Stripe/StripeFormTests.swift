import Testing

@testable import SettleProcessors

struct StripeFormTests {
  @Test(arguments: [
    ("A-1_b.c~9", "A-1_b.c~9"), ("a b+c", "a%20b%2Bc"), ("50% & more=less?", "50%25%20%26%20more%3Dless%3F"),
    ("Bestellung Ä/1", "Bestellung%20%C3%84%2F1"), ("line\r\nbreak", "line%0D%0Abreak"), ("", ""), ("\u{0}", "%00"),
  ])
  func encodesEveryByteThatCouldMeanSomething(value: String, encoded: String) {
    var form = StripeForm()
    form.add("name[x]", value)
    #expect(form.text == "name[x]=\(encoded)")
  }

  @Test func keepsItsOrderAndReadsBack() {
    var form = StripeForm()
    form.add("amount", 1_250)
    form.add("metadata[order_id]", "a&amount=1")
    form.add("currency", "usd")
    #expect(form.text == "amount=1250&metadata[order_id]=a%26amount%3D1&currency=usd")
    #expect(StripeForm.plainValue("amount", in: form.text) == "1250")
    #expect(StripeForm.plainValue("currency", in: form.text) == "usd")
    #expect(StripeForm.plainValue("metadata[order_id]", in: form.text) == nil)
    #expect(StripeForm.plainValue("charge", in: form.text) == nil)
  }
}
