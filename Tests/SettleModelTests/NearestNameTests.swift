import SettleModel
import Testing

@Suite struct NearestNameTests {
  @Test(
    arguments: [
      ("colum", "column"), ("cloumn", "column"), ("Column", "column"), ("columns", "column"), ("culomn", "column"),
      ("custmer_id", "customer_id"), ("customerID", "customer_id"), ("x", nil), ("", nil), ("banana", nil),
      ("olcmnu", nil),
      ("amt", nil), ("ammount", "amount"),
    ] as [(String, String?)])
  func whatWasMeant(_ written: String, _ meant: String?) {
    #expect(NearestName.suggestion(for: written, among: ["column", "customer_id", "amount"]) == meant)
  }

  @Test(
    arguments: [
      ("cust", "customer_id"), ("CUST", "customer_id"), ("cu", nil), ("amo", "amount"), ("amt", nil), ("", nil),
      ("colum", "column"), ("pay", nil),
    ] as [(String, String?)])
  func whatOnlyBeginsWithItIsMeantToo(_ written: String, _ meant: String?) {
    let known = ["column", "customer_id", "amount", "pay_in", "pay_out"]
    #expect(NearestName.meant(by: written, among: known) == meant)
  }

  @Test func ofEquallyNearTheFirst() {
    #expect(NearestName.suggestion(for: "bat", among: ["cat", "hat"]) == "cat")
    #expect(NearestName.suggestion(for: "bat", among: []) == nil)
  }

  @Test func aHintIsAClauseOrNothing() {
    #expect(NearestName.hint(for: "colum", among: ["column"]) == "; did you mean \"column\"?")
    #expect(NearestName.hint(for: "xyz", among: ["column"]) == "")
  }
}
