package import Postgres
package import SettleModel

// How the domain's values travel to and from PostgreSQL.

extension PaymentID: SQLEncodable, SQLDecodable {}
extension RefundID: SQLEncodable, SQLDecodable {}
extension BreakID: SQLEncodable, SQLDecodable {}
extension OutcomeID: SQLEncodable, SQLDecodable {}
extension OrderID: SQLEncodable, SQLDecodable {}
extension BankLineID: SQLEncodable, SQLDecodable {}
extension StatementID: SQLEncodable, SQLDecodable {}
extension PayoutID: SQLEncodable, SQLDecodable {}
extension BankMatchID: SQLEncodable, SQLDecodable {}

extension PaymentState: SQLEncodable, SQLDecodable {}
extension RefundState: SQLEncodable, SQLDecodable {}
extension FailureReason: SQLEncodable, SQLDecodable {}
extension OutcomeKind: SQLEncodable, SQLDecodable {}
extension BreakReason: SQLEncodable, SQLDecodable {}
extension QuarantineReason: SQLEncodable, SQLDecodable {}

extension Timestamp: SQLEncodable, SQLDecodable {
  package static var sqlType: SQLType { PostgresTimestamp.sqlType }

  package func encode(into buffer: inout SQLBuffer) {
    PostgresTimestamp(microsecondsSinceUnixEpoch: microseconds).encode(into: &buffer)
  }

  package init(sql value: SQLValue) throws {
    self.init(microseconds: try PostgresTimestamp(sql: value).microsecondsSinceUnixEpoch)
  }
}

extension BusinessDate: SQLEncodable, SQLDecodable {
  package static var sqlType: SQLType { PostgresDate.sqlType }

  package func encode(into buffer: inout SQLBuffer) {
    PostgresDate(daysSinceUnixEpoch: daysSinceEpoch).encode(into: &buffer)
  }

  package init(sql value: SQLValue) throws {
    self.init(daysSinceEpoch: try PostgresDate(sql: value).daysSinceUnixEpoch)
  }
}

extension Currency: SQLEncodable {
  package static var sqlType: SQLType { String.sqlType }

  package func encode(into buffer: inout SQLBuffer) { code.encode(into: &buffer) }
}

extension Row {
  /// Read here and not by `get`, which would hide what the operator has to know: that a newer settle wrote the store.
  func currency(_ column: String) throws -> Currency {
    let code: String = try get(column)
    guard let currency = Currency(code) else { throw StoreError.unknownCurrency(code) }
    return currency
  }

  func money(_ amount: String, _ currency: String) throws -> Money {
    Money(minor: try get(amount), currency: try self.currency(currency))
  }

  func moneyIfAny(_ amount: String, _ currency: String) throws -> Money? {
    guard let minor: Int64 = try get(amount) else { return nil }
    return Money(minor: minor, currency: try self.currency(currency))
  }
}
