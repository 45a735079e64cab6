import SettleModel

/// How one kind of file is recognised, and how its rows become authorizations or outcome records.
package struct Layout: Sendable {
  package enum Kind: String, Sendable, CaseIterable { case authorizations, outcomes }

  package enum Format: String, Sendable, CaseIterable {
    case csv
    case jsonLines = "json-lines"

    /// What people call it.
    package var title: String {
      switch self {
      case .csv: "CSV"
      case .jsonLines: "JSON Lines"
      }
    }
  }

  /// What an amount is written in.
  enum Unit: String, CaseIterable {
    /// Integers of the currency's smallest unit.
    case minor
    /// Decimal numbers of the currency itself.
    case major
  }

  /// Whether an amount's sign stands in the file or follows from what the row says has happened.
  enum Signs: String, CaseIterable {
    case written
    case byKind = "by_kind"
  }

  enum UnknownColumns: String, CaseIterable { case refused, allowed }

  /// What must agree for a row to be believed.
  enum SumRule: String, CaseIterable {
    case netIsGrossLessFee = "net = gross - fee"
    case netIsGrossAndFee = "net = gross + fee"
  }

  package var name: String
  /// What the file is, in a line for people.
  package var about: String
  /// The YAML file that this layout was read from.
  package var source: String
  /// The shipped layout that this one changes in some points, and which it goes before.
  package var extended: String?
  package var kind: Kind
  package var format: Format
  /// Whose file it is, where it is a processor's own.
  package var processor: String?
  var separator: UInt8 = UInt8(ascii: ",")
  /// Columns or JSON names that must be there for a file to be one of these, and such as must not.
  var recognised: [String]
  var notRecognised: [String]
  var unknownColumns: UnknownColumns
  var unit: Unit
  var signs: Signs = .written
  /// The zone of times whose column has the report's own zone.
  var zone: String?
  var rules: [Target: FieldRule]
  var kinds: KindRule?
  var reasons: [String: FailureReason] = [:]
  var sums: SumRule?
  /// Whether a row that names no payment or refund is refused.
  var referenceRequired = false
  /// Columns of the processor's own ids, which the card-number guard leaves alone.
  var processorIDs: Set<String> = []

  /// Every column that the layout reads, in the order of ``Target``.
  var knownColumns: [String] {
    var columns = Target.allCases.flatMap { rules[$0]?.columns.map(\.name) ?? [] }
    if let kinds { columns.append(kinds.column) }
    return columns
  }
}

/// Where a value of a row goes. Spellings are the keys of a layout's `fields`.
enum Target: String, CaseIterable {
  case rowID = "row_id"
  case orderReference = "order_reference"
  case repeatedOrder = "repeated_order_reference"
  case authorizationID = "authorization_id"
  case customer
  case amount
  case gross
  case fee
  case net
  case currency
  case presentmentAmount = "presentment_amount"
  case presentmentCurrency = "presentment_currency"
  case paymentMethod = "payment_method"
  case processorCustomer = "processor_customer"
  case hold
  case authorizedAt = "authorized_at"
  case captureBefore = "capture_before"
  case processor
  case occurredAt = "occurred_at"
  case availableOn = "available_on"
  case paymentID = "payment_id"
  case refundID = "refund_id"
  case processorReference = "processor_reference"
  case processorPayment = "processor_payment"
  case processorCharge = "processor_charge"
  case processorRefund = "processor_refund"
  case processorDispute = "processor_dispute"
  case payout
  case reason

  static let ofAuthorizations: [Target] = [
    .orderReference, .repeatedOrder, .authorizationID, .customer, .amount, .currency, .paymentMethod,
    .processorCustomer, .hold, .authorizedAt, .captureBefore, .processor,
  ]

  static let ofOutcomes: [Target] = [
    .rowID, .occurredAt, .availableOn, .currency, .gross, .fee, .net, .presentmentAmount, .presentmentCurrency,
    .paymentID, .refundID, .orderReference, .processorReference, .processorPayment, .processorCharge,
    .processorRefund, .processorDispute, .payout, .reason,
  ]

  var isInstant: Bool { [.authorizedAt, .captureBefore, .occurredAt, .availableOn].contains(self) }
}

/// Where a target's value stands and how it is read.
struct FieldRule: Sendable {
  /// A column, and the zone of its times.
  struct Column: Sendable {
    var name: String
    var zone: ZoneRule
  }

  /// In order of preference: the first that the file has is read.
  var columns: [Column]
  var required = false
  /// Whether a value that is not of the right kind is passed over instead of refusing the row.
  var ignoresInvalid = false
  /// Whether a JSON text must be a UUID.
  var mustBeUUID = false
  /// Whether a currency may be written in small letters.
  var anyCase = false
  /// For a processor's id of any kind: which it is, by how it begins, else by what the row says has happened.
  var byPrefix: [(prefix: String, target: Target)] = []
  var byKind: [OutcomeKind: Target] = [:]
}

/// Which zone a column's times are in.
enum ZoneRule: Sendable, Equatable {
  /// Each time carries its own offset.
  case written
  /// An IANA name or `UTC`.
  case named(String)
  /// The zone that the report was made in, which its reader must know.
  case report
}

/// How a row's category becomes an outcome's kind.
struct KindRule: Sendable {
  enum Meaning: Sendable, Equatable {
    case kind(OutcomeKind)
    case ignored
  }
  enum Unknown: String, CaseIterable { case quarantine, stop }

  var column: String
  var values: [String: Meaning]
  var unknown: Unknown
}
