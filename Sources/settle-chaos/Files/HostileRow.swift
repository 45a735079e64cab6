/// Writes rows of which many are wrong, each in a way of its own.
struct HostileRow {
  private let cards: TestCards
  private let named: String
  private var random: SeededRandom
  private var number = 0

  init(_ cards: TestCards, named: String, _ random: SeededRandom) {
    self.cards = cards
    self.named = named
    self.random = random
  }

  /// Columns in which the guard against card numbers must not look, since a processor's id may pass for one.
  private static let unguarded: Set<String> = ["balance_transaction_id", "source_id", "charge_id"]

  static func header(_ kind: SampleFile.Kind) -> [String] {
    switch kind {
    case .authorizations: ["order_id", "amount", "currency", "payment_method", "customer_id"]
    case .authorizationsJSON: []
    case .outcomes: ["event", "order_id", "amount", "currency", "processor_reference", "occurred_at"]
    case .stripe:
      [
        "balance_transaction_id", "created_utc", "currency", "gross", "fee", "net", "reporting_category", "charge_id",
        "payment_metadata[order_id]", "description",
      ]
    }
  }

  /// The next record, with its line end.
  mutating func next(_ kind: SampleFile.Kind) -> String {
    number += 1
    return kind == .authorizationsJSON ? object() : row(kind)
  }

  private mutating func values(_ kind: SampleFile.Kind) -> [String] {
    let order = "\(named)-\(Int.random(in: 0...number, using: &random))"
    let amount = Int.random(in: 100...99_999, using: &random)
    switch kind {
    case .authorizations: return [order, "\(amount)", "USD", "pm_card_visa", "C-\(number)"]
    case .authorizationsJSON: return []
    case .outcomes: return ["payment-succeeded", order, "\(amount)", "USD", "", "2026-11-20T08:05:00Z"]
    case .stripe:
      let gross = "\(amount).00"
      return [
        "txn_\(named)\(number)", "2026-11-20 08:05:00", "usd", gross, "0.00", gross, "charge", "ch_\(named)\(number)",
        order, "an order",
      ]
    }
  }

  private mutating func row(_ kind: SampleFile.Kind) -> String {
    let header = Self.header(kind)
    var values = values(kind)
    let place = Int.random(in: 0..<values.count, using: &random)
    let order = header.firstIndex { $0.hasSuffix("order_id") || $0.hasSuffix("order_id]") } ?? 0
    switch Int.random(in: 0..<24, using: &random) {
    case 0: values.append("one more")
    case 1: values.removeLast()
    case 2: values[place] = "99999999999999999999999999"
    case 3, 4: values[order] = formula()
    case 5, 6, 7: plantCard(&values, header, at: place)
    case 8: values[place] += pick(["\u{1}", "\u{7F}", "\t", "\u{85}"])
    case 9: values[place] = pick(["\u{202E}", "\u{200F}", "\u{2066}"]) + values[place]
    case 10: values[order] = "a \"quoted\" \"\" name, \(number)"
    case 11: values[order] = "two\nlines \(number)"
    case 12:
      values[place] = pick(["12.5.1", "1e3", "0x10", "１２", "1,000.00", "-0", "+5", "NaN", "9223372036854775808"])
    case 13: values = header
    case 14: values[place] = String(repeating: "x", count: pick([256, 300, 5_000]))
    case 15: values[order] = pick(["Ünïcödé", "e\u{301}", "🙂", "订单"]) + "-\(number)"
    case 16: values[place] = ""
    case 17: values[place] = pick(["NULL", "nil", "'; DROP TABLE payments; --", "\\copy", "${HOME}", "%s%n"])
    default: break
    }
    return values.map { quoted($0) }.joined(separator: ",") + (number % 3 == 0 ? "\r\n" : "\n")
  }

  private mutating func plantCard(_ values: inout [String], _ header: [String], at place: Int) {
    guard place < header.count, !Self.unguarded.contains(header[place]) else { return }
    values[place] = pick(["", "card ", "x"]) + cards.written(&random)
  }

  private mutating func formula() -> String {
    pick(["=1+1", "@SUM(A1:A9)", "+1+2", "-2+3", "=HYPERLINK(\"http://x\")", "=cmd|' /C calc'!A0", "-cmd"])
      + "\(number)"
  }

  private mutating func object() -> String {
    let amount = Int.random(in: 100...99_999, using: &random)
    let cart = "\"cartId\":\"550e8400-e29b-41d4-a716-4466\(String(10_000_000 + number))\""
    let card = cards.written(&random)
    let escaped = card.utf8.map { "\\u00" + String($0, radix: 16) }.joined()
    let fields: [String] =
      switch Int.random(in: 0..<16, using: &random) {
      case 0: [cart, "\"amount\":\(card.filter(\.isNumber))", "\"currency\":\"USD\""]
      case 1: [cart, "\"amount\":\(amount)", "\"currency\":\"USD\"", "\"paymentMethod\":\"\(card)\""]
      case 2: [cart, "\"amount\":\(amount)", "\"currency\":\"USD\"", "\"paymentMethod\":\"\(escaped)\""]
      case 3: [cart, "\"amount\":\(amount)", "\"currency\":\"USD\"", "\"\(card)\":1"]
      case 4: [cart, "\"amount\":\(amount)", "\"currency\":\"USD\"", "\"card\":{\"number\":\"\(card)\"}"]
      case 5: [cart, "\"amount\":\(amount).5", "\"currency\":\"USD\""]
      case 6: [cart, "\"amount\":1e9", "\"currency\":\"USD\""]
      case 7: [cart, "\"amount\":\"\(amount)\"", "\"currency\":\"USD\""]
      case 8: [cart, cart, "\"amount\":\(amount)", "\"currency\":\"USD\""]
      case 9: ["\"cartId\":\"\(card)\"", "\"amount\":\(amount)", "\"currency\":\"USD\""]
      case 10: [cart, "\"amount\":\(amount)", "\"currency\":\"USD\"", "\"paymentMethod\":\"\\ud800\""]
      case 11: [cart, "\"amount\":99999999999999999999", "\"currency\":null"]
      default: [cart, "\"amount\":\(amount)", "\"currency\":\"USD\"", "\"customerId\":null"]
      }
    let text = "{" + fields.joined(separator: ",") + "}"
    return (Int.random(in: 0..<30, using: &random) == 0 ? String(text.dropLast(2)) : text) + "\n"
  }

  private mutating func pick<Item>(_ items: [Item]) -> Item { items[Int.random(in: 0..<items.count, using: &random)] }

  private mutating func quoted(_ value: String) -> String {
    let must = value.utf8.contains { $0 == UInt8(ascii: ",") || $0 == UInt8(ascii: "\"") || $0 == UInt8(ascii: "\n") }
    guard must || Int.random(in: 0..<10, using: &random) == 0 else { return value }
    return "\"" + value.replacing("\"", with: "\"\"") + "\""
  }
}
