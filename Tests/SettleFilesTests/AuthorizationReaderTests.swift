import SettleModel
import Testing

@testable import SettleFiles

@Suite struct AuthorizationReaderTests {
  @Test func readsEveryColumnInAnyOrder() throws {
    let text = """
      currency,amount,order_id,capture_before,processor_reference,customer_id,authorization_id,processor_customer,\
      payment_method,authorized_at
      USD,1250,ORDER-1,2026-11-27T00:00:00+01:00,pi_1,Zoë,AUTH-9,cus_1,pm_card_visa,2026-11-20T08:05:00Z

      """
    let row = try #require(try rows(text).first?.authorization)
    let expected = Authorization(
      orderReference: "ORDER-1", authorizationID: "AUTH-9", customerReference: "Zoë", amount: try money(1250, "USD"),
      instrument: Instrument(
        paymentMethod: "pm_card_visa", processorCustomer: "cus_1", hold: "pi_1",
        captureBefore: Timestamp(rfc3339: "2026-11-26T23:00:00Z")),
      authorizedAt: Timestamp(rfc3339: "2026-11-20T08:05:00Z"), line: 2)
    #expect(row == expected)
  }

  @Test func whatIsLeftOutIsNil() throws {
    let row = try #require(try rows("order_id,amount,currency,customer_id,authorized_at\nA,5,JPY,,\"  \"\n").first)
    #expect(row == .authorization(Authorization(orderReference: "A", amount: try money(5, "JPY"), line: 2)))
  }

  @Test(arguments: [
    ("550E8400-E29B-41D4-A716-446655440000", "550e8400-e29b-41d4-a716-446655440000"),
    ("\" 550E8400-E29B-41D4-A716-446655440000 \"", "550e8400-e29b-41d4-a716-446655440000"),
    ("  A 1  ", "A 1"), ("\" A1 \"", "A1"), ("e\u{301}", "\u{E9}"), ("\u{A0}A1\u{A0}", "A1"), ("=1+1", "=1+1"),
    ("0012", "0012"), ("+50e8400-e29b-41d4-a716-446655440000", "+50e8400-e29b-41d4-a716-446655440000"),
    ("12E5", "12E5"), ("\"a,\"\"b\"\"\"", "a,\"b\""),
  ])
  func ordersAreNormalised(_ written: String, _ reference: String) throws {
    let row = try #require(try rows("order_id,amount,currency\n\(written),1,USD\n").first?.authorization)
    #expect(Array(row.orderReference.utf8) == Array(reference.utf8))
  }

  /// Each row is `order_id,amount,currency,payment_method,customer_id,authorized_at`.
  @Test(
    arguments: [
      (",1,USD,,,", QuarantineReason.missingValue, "order_id"),
      ("\"\",1,USD,,,", .missingValue, "order_id"),
      ("\" \",1,USD,,,", .missingValue, "order_id"),
      ("A,,USD,,,", .missingValue, "amount"),
      ("A,1,,,,", .missingValue, "currency"),
      ("A,0,USD,,,", .zeroAmount, "amount"),
      ("A,00,USD,,,", .zeroAmount, "amount"),
      ("A,-5,USD,,,", .invalidAmount, "amount"),
      ("A,+5,USD,,,", .invalidAmount, "amount"),
      ("A,12.50,USD,,,", .invalidAmount, "amount"),
      ("A,12.00,USD,,,", .invalidAmount, "amount"),
      ("A,1e3,USD,,,", .invalidAmount, "amount"),
      ("A,\"1,250\",USD,,,", .invalidAmount, "amount"),
      ("A,1 250,USD,,,", .invalidAmount, "amount"),
      ("A,\" 1\",USD,,,", .invalidAmount, "amount"),
      ("A,0x10,USD,,,", .invalidAmount, "amount"),
      ("A,١,USD,,,", .invalidAmount, "amount"),
      ("A,9223372036854775808,USD,,,", .invalidAmount, "amount"),
      ("A,99999999999999999999999999,USD,,,", .invalidAmount, "amount"),
      ("A,1,usd,,,", .invalidCurrency, "currency"),
      ("A,1,usd$,,,", .invalidCurrency, "currency"),
      ("A,1,XXX,,,", .invalidCurrency, "currency"),
      ("A,1,US,,,", .invalidCurrency, "currency"),
      ("A,1,USD,4242424242424242,,", .cardNumber, "payment_method"),
      ("A,1,USD,,4242-4242-4242-4242,", .cardNumber, "customer_id"),
      ("pay 4242 4242 4242 4242,1,USD,,,", .cardNumber, "order_id"),
      ("A,4242424242424242,USD,,,", .cardNumber, "amount"),
      ("A,1,USD,,,2026-11-20 08:05:00", .invalidInstant, "authorized_at"),
      ("A,1,USD,,,2026-02-30T08:05:00Z", .invalidInstant, "authorized_at"),
      ("A,1,USD,,,20261120", .invalidInstant, "authorized_at"),
      ("\"A\tB\",1,USD,,,", .invalidText, "order_id"),
      ("\"A\nB\",1,USD,,,", .invalidText, "order_id"),
      ("A,1,USD,,\"\u{7F}\",", .invalidText, "customer_id"),
      ("A,1,USD,,\u{85},", .invalidText, "customer_id"),
      ("A\u{200B},1,USD,,,", .invalidText, "order_id"),
      ("A\u{202E}B,1,USD,,,", .invalidText, "order_id"),
      ("1.23E+15,1,USD,,,", .invalidIdentifier, "order_id"),
      ("\"1,23e+15\",1,USD,,,", .invalidIdentifier, "order_id"),
      ("A,1,USD,\(String(repeating: "x", count: 256)),,", .tooLong, "payment_method"),
      ("A,1,USD,,\(String(repeating: "é", count: 128)),", .tooLong, "customer_id"),
      ("A,1,USD,,,\(String(repeating: "x", count: 100_000))", .tooLong, "authorized_at"),
      ("A,1,USD,,", .wrongColumnCount, nil),
      ("A,1,USD,,,,", .wrongColumnCount, nil),
      ("A", .wrongColumnCount, nil),
    ] as [(String, QuarantineReason, String?)])
  func whatIsRefused(_ row: String, _ reason: QuarantineReason, _ field: String?) throws {
    let header = "order_id,amount,currency,payment_method,customer_id,authorized_at\n"
    let all = try rows(header + "B,1,USD,,,\n" + row + "\nC,1,USD,,,\n")
    #expect(all.count == 3)
    #expect(all.first?.authorization != nil)
    #expect(all.last?.authorization?.line == (row.contains("\n") ? 5 : 4))
    let refused = try #require(all[1].quarantined)
    #expect(refused.reason == reason)
    #expect(refused.field == field)
    #expect(refused.line == 3)
    #expect(!refused.detail.isEmpty)
  }

  @Test func aRefusedValueIsNeverQuoted() throws {
    let text = "order_id,amount,currency\nsecret-one,secret-two,USD\nA,1,secret-three\n\"x\tsecret\",1,USD\n"
    for row in try rows(text) {
      let refused = try #require(row.quarantined)
      #expect(!"\(refused)".contains("secret"))
    }
  }

  @Test func longestTextsPass() throws {
    let text = String(repeating: "x", count: 255)
    let row = try #require(try rows("order_id,amount,currency\n\(text),999999999999,USD\n").first?.authorization)
    #expect(row.orderReference == text)
    #expect(row.amount.minor == Money.largest)
  }

  @Test func aRepeatedHeaderIsPassedOver() throws {
    let text = "order_id,amount,currency\nA,1,USD\norder_id,amount,currency\nB,1,USD\n"
    #expect(try rows(text)[1] == .ignored(line: 3, reason: .repeatedHeader))
  }

  /// A processor of which nobody could ever tell is most likely a misspelt one; its name is not shown.
  @Test(arguments: [
    (
      "order_id,amount,currency,processor\nA,1,USD,adyenn\nB,1,USD,\nC,1,USD,Adyen\nD,1,USD,klarna\nE,1,USD,no name\n",
      "order_id", 2
    ),
    (
      """
      {"cartId":"3f6a1f0c-0b0e-4b8e-9d55-6a1d3c2f0010","amount":1,"currency":"USD","processor":"adyenn"}
      {"cartId":"3f6a1f0c-0b0e-4b8e-9d55-6a1d3c2f0011","amount":1,"currency":"USD"}
      {"cartId":"3f6a1f0c-0b0e-4b8e-9d55-6a1d3c2f0012","amount":1,"currency":"USD","processor":"Adyen"}
      {"cartId":"3f6a1f0c-0b0e-4b8e-9d55-6a1d3c2f0013","amount":1,"currency":"USD","processor":"klarna"}
      {"cartId":"3f6a1f0c-0b0e-4b8e-9d55-6a1d3c2f0014","amount":1,"currency":"USD","processor":"no name"}

      """, "cartId", 1
    ),
  ])
  func aProcessorThatNobodyKnows(_ text: String, _ column: String, _ line: Int) throws {
    var file = try TestFile(text).examine()
    #expect(try file.rows.compactMap(\.authorization).map(\.processor) == ["adyenn", nil, "adyen", "klarna"])
    file.processors = ["adyen", "stripe"]
    #expect(try file.rows.compactMap(\.authorization).map(\.processor) == [nil, "adyen"])
    let what = "no file of the pipeline tells what this processor charges, so nobody would miss it; "
    let remedy =
      "where the name is right, add it to import.processors in the pipeline and give the row again in a new file"
    #expect(
      try file.rows.compactMap(\.quarantined) == [
        Quarantined(
          line: line, field: "processor", reason: .unknownProcessor, detail: what + "did you mean adyen? " + remedy),
        Quarantined(line: line + 3, field: "processor", reason: .unknownProcessor, detail: what + remedy),
        Quarantined(
          line: line + 4, field: "processor", reason: .invalidIdentifier,
          detail: "this must be a processor's name: up to 64 letters, digits, - _ and ."),
      ])
  }
}
