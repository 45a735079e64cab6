/// A small file of one of the layouts that settle takes, and the orders that it speaks of.
struct SampleFile: Sendable {
  enum Kind: String, CaseIterable, Sendable {
    case authorizations, authorizationsJSON, outcomes, stripe

    var folder: String { self == .authorizations || self == .authorizationsJSON ? "authorizations" : "outcomes" }
    var ending: String { self == .authorizationsJSON ? "jsonl" : "csv" }
  }

  var kind: Kind
  /// Empty for JSON Lines.
  var header: String
  var rows: [String]
  var lineEnd: String
  /// The authorizations that outcomes are about, as a file of their own; nil where the file is one itself.
  var base: String?

  var text: String { text(of: rows) }

  func text(of rows: [String]) -> String {
    ((header.isEmpty ? [] : [header]) + rows).map { $0 + lineEnd }.joined()
  }

  /// - Parameter named: a word for the orders, so that no two worlds share any.
  init(_ kind: Kind, rows count: Int, named: String, _ random: inout SeededRandom) {
    self.kind = kind
    lineEnd = Bool.random(using: &random) ? "\n" : "\r\n"
    let orders = (1...count).map { number in
      (
        id: kind == .authorizationsJSON ? Self.uuid(&random) : "\(named)-\(number)\(number)",
        amount: Int.random(in: 1_000...99_999, using: &random),
        currency: ["USD", "EUR", "GBP"].randomElement(using: &random) ?? "USD"
      )
    }
    var table: [[(String, String)]] = []
    for (number, order) in orders.enumerated() {
      let major = "\(order.amount / 100).\(String(100 + order.amount % 100).dropFirst())"
      switch kind {
      case .authorizations:
        table.append([
          ("order_id", order.id), ("amount", "\(order.amount)"), ("currency", order.currency),
          ("payment_method", "pm_card_visa"),
        ])
      case .authorizationsJSON:
        table.append([
          ("cartId", "\"\(order.id)\""), ("amount", "\(order.amount)"), ("currency", "\"\(order.currency)\""),
        ])
      case .outcomes:
        table.append([
          ("event", "payment-succeeded"), ("order_id", order.id), ("amount", "\(order.amount)"),
          ("currency", order.currency), ("occurred_at", "2026-11-20T08:05:0\(number % 10)Z"),
        ])
      case .stripe:
        table.append([
          ("balance_transaction_id", "txn_\(named)\(number)9"), ("created_utc", "2026-11-20 08:05:00"),
          ("currency", order.currency.lowercased()), ("gross", major), ("fee", "0.25"),
          ("net", Self.less(order.amount, 25)), ("reporting_category", "charge"),
          ("charge_id", "ch_\(named)\(number)9"),
          ("payment_metadata[order_id]", order.id),
        ])
      }
    }
    // Equal partial movements are legitimate twins.
    if kind == .outcomes, count > 1, Bool.random(using: &random) { table.append(table[count - 1]) }
    let places = Self.places(table[0].map(\.0), &random)
    if kind == .authorizationsJSON {
      header = ""
      rows = table.map { row in
        "{" + places.map { "\"\(row[$0].0)\":\(row[$0].1)" }.joined(separator: ",") + "}"
      }
    } else {
      header = places.map { table[0][$0].0 }.joined(separator: ",")
      rows = table.map { row in places.map { Self.quoted(row[$0].1, &random) }.joined(separator: ",") }
      if kind != .authorizations {
        base =
          "order_id,amount,currency\n" + orders.map { "\($0.id),\($0.amount),\($0.currency)\n" }.joined()
      }
    }
  }

  /// Columns in any order; mostly one comes last in which a cut would tell of other money.
  private static func places(_ columns: [String], _ random: inout SeededRandom) -> [Int] {
    var places = columns.indices.shuffled(using: &random)
    let telling: Set<String> = ["amount", "order_id", "balance_transaction_id", "charge_id", "gross", "net"]
    if Int.random(in: 0..<4, using: &random) > 0,
      let place = places.firstIndex(where: { telling.contains(columns[$0]) })
    {
      places.swapAt(place, places.count - 1)
    }
    return places
  }

  private static func less(_ amount: Int, _ fee: Int) -> String {
    "\((amount - fee) / 100).\(String(100 + (amount - fee) % 100).dropFirst())"
  }

  private static func quoted(_ value: String, _ random: inout SeededRandom) -> String {
    Int.random(in: 0..<8, using: &random) == 0 ? "\"\(value)\"" : value
  }

  private static func uuid(_ random: inout SeededRandom) -> String {
    let figures = Array("0123456789abcdef")
    return String(
      (0..<36).map { place in
        switch place {
        case 8, 13, 18, 23: "-"
        case 14: "4"
        case 19: "8"
        default: figures[Int.random(in: 0..<16, using: &random)]
        }
      })
  }
}
