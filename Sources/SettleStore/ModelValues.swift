package import Postgres
package import SettleModel

// How the domain's values travel to and from PostgreSQL: each forwards to a type that the client knows.

extension Timestamp {
  var bound: PostgresTimestamp { PostgresTimestamp(microsecondsSinceUnixEpoch: microseconds) }
}

extension BusinessDate {
  var bound: PostgresDate { PostgresDate(daysSinceUnixEpoch: daysSinceEpoch) }
}

extension Row {
  func instant(_ column: String) throws -> Timestamp {
    let value: PostgresTimestamp = try get(column)
    return Timestamp(microseconds: value.microsecondsSinceUnixEpoch)
  }

  func instantIfAny(_ column: String) throws -> Timestamp? {
    let value: PostgresTimestamp? = try get(column)
    return value.map { Timestamp(microseconds: $0.microsecondsSinceUnixEpoch) }
  }

  func date(_ column: String) throws -> BusinessDate {
    let value: PostgresDate = try get(column)
    return BusinessDate(daysSinceEpoch: value.daysSinceUnixEpoch)
  }

  func dateIfAny(_ column: String) throws -> BusinessDate? {
    let value: PostgresDate? = try get(column)
    return value.map { BusinessDate(daysSinceEpoch: $0.daysSinceUnixEpoch) }
  }

  func identifier<ID: Identifier>(_ column: String, as type: ID.Type = ID.self) throws -> ID {
    ID(rawValue: try get(column))
  }

  func money(_ amount: String, _ currency: String) throws -> Money {
    Money(minor: try get(amount), currency: try self.currency(currency))
  }

  func moneyIfAny(_ amount: String, _ currency: String) throws -> Money? {
    guard let minor: Int64 = try get(amount) else { return nil }
    return Money(minor: minor, currency: try self.currency(currency))
  }

  /// A stored spelling as its enum; one that this version does not know is an error, never a default.
  func word<Word: RawRepresentable<String>>(_ column: String, as type: Word.Type = Word.self) throws -> Word {
    let text: String = try get(column)
    guard let word = Word(rawValue: text) else { throw StoreError.unknownWord(text, column: column) }
    return word
  }

  private func currency(_ column: String) throws -> Currency {
    let code: String = try get(column)
    guard let currency = Currency(code) else { throw StoreError.unknownWord(code, column: column) }
    return currency
  }
}
