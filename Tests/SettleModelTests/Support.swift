import SettleModel
import Testing

/// A currency of the table. A code that is not there would make each test of it meaningless, so the process ends.
func currency(_ code: String) -> Currency {
  guard let currency = Currency(code) else { preconditionFailure("\(code) is no currency of the table") }
  return currency
}

func money(_ minor: Int64, _ code: String = "USD") -> Money { Money(minor: minor, currency: currency(code)) }

func instant(_ text: String) -> Timestamp {
  guard let instant = Timestamp(rfc3339: text) else { preconditionFailure("\(text) is no instant") }
  return instant
}

func date(_ text: String) -> BusinessDate {
  guard let date = BusinessDate(text) else { preconditionFailure("\(text) is no date") }
  return date
}
