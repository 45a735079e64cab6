import SettleModel

/// How one kind of file is recognised, and how its rows become authorizations, outcome records or bank lines.
package struct Layout: Sendable {
  package enum Kind: String, Sendable, CaseIterable { case authorizations, outcomes, statement }

  package enum Format: String, Sendable, CaseIterable {
    case csv
    case jsonLines = "json-lines"
    case camt053
    case mt940
    case bai2

    /// What people call it.
    package var title: String {
      switch self {
      case .csv: "CSV"
      case .jsonLines: "JSON Lines"
      case .camt053: "XML (camt.053)"
      case .mt940: "MT940"
      case .bai2: "BAI2"
      }
    }

    /// Whether files are read by a grammar of the format's own instead of record by record.
    var isGrammar: Bool { [.camt053, .mt940, .bai2].contains(self) }
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
    /// The file has net and fee, and gross in the customer's currency alone.
    case grossIsNetAndFee = "gross = net + fee"
  }

  /// Where a layout comes from.
  package enum Origin: Sendable {
    /// It is in the binary.
    case shipped
    /// It lies in the pipeline's folder.
    case own
    /// It lies there, too, and says that it takes the place of the shipped one of its name.
    case replacing
  }

  package var name: String
  /// What the file is, in a line for people.
  package var about: String
  /// The YAML file that this layout was read from.
  package var source: String
  /// The shipped layout that this one changes in some points, and which it goes before.
  package var extended: String?
  package var origin = Origin.own
  package var kind: Kind
  package var format: Format
  /// Whose file it is, where it is a processor's own.
  package var processor: String?
  var separator: UInt8 = UInt8(ascii: ",")
  /// What stands between the digits of CSV amounts.
  var marks = NumberMarks()
  /// Columns or JSON names that must be there for a file to be one of these, and such as must not.
  var recognised: [String]
  var notRecognised: [String]
  var unknownColumns: UnknownColumns
  var unit: Unit
  var digits = WrittenDigits()
  var excessDigits: ExcessDigits = .refused
  var signs: Signs = .written
  /// The zone of times whose column has the report's own zone.
  var zone: String?
  /// The zones that a column of the file names in its own words.
  var zoneNames: [String: String] = [:]
  /// Where the file has records of several types.
  var records: RecordRule?
  var rules: [Target: FieldRule]
  /// Whether several rows of one file may have the same row id, since no column alone tells them apart.
  package var rowIDsRepeat: Bool { rules[.rowID]?.isJoined ?? false }
  var kinds: KindRule?
  var reasons: [String: FailureReason] = [:]
  var sums: SumRule?
  /// Whether a row that names no payment or refund is refused.
  var referenceRequired = false
  /// Columns of the processor's own ids, which the card-number guard leaves alone.
  var processorIDs: Set<String> = []

  /// What only statements have.
  var statement = StatementRules()

  /// Every column that the layout reads, in the order of ``Target``.
  var knownColumns: [String] {
    var columns = Target.allCases.flatMap { rules[$0]?.readColumns ?? [] }
    if let kinds { columns.append(kinds.column) }
    if let directions = statement.directions { columns.append(directions.column) }
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
  case feeCurrency = "fee_currency"
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
  case bookedOn = "booked_on"
  case valueOn = "value_on"
  case credit
  case debit
  case balance
  case account
  case statement
  case bankReference = "reference"
  case endToEnd = "end_to_end"
  case code
  case text
  case paymentID = "payment_id"
  case refundID = "refund_id"
  case processorReference = "processor_reference"
  case processorPayment = "processor_payment"
  case processorCharge = "processor_charge"
  case processorRefund = "processor_refund"
  case processorDispute = "processor_dispute"
  case payout
  case reason
  case method
  case exchangeRate = "exchange_rate"
  case batch

  static let ofAuthorizations: [Target] = [
    .orderReference, .repeatedOrder, .authorizationID, .customer, .amount, .currency, .paymentMethod,
    .processorCustomer, .hold, .authorizedAt, .captureBefore, .processor,
  ]

  static let ofOutcomes: [Target] = [
    .rowID, .occurredAt, .availableOn, .currency, .gross, .fee, .feeCurrency, .net, .presentmentAmount,
    .presentmentCurrency,
    .paymentID, .refundID, .orderReference, .processorReference, .processorPayment, .processorCharge,
    .processorRefund, .processorDispute, .payout, .reason, .method, .exchangeRate, .batch,
  ]

  static let ofStatements: [Target] = [
    .account, .statement, .bookedOn, .valueOn, .amount, .credit, .debit, .currency, .balance, .bankReference, .endToEnd,
    .code, .text,
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

  /// In order of preference: the first that the file has is read; of an order's reference and a method, the first that
  /// the row fills.
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
  /// How an amount is put together, where it does not stand in one column with its sign.
  var form: AmountForm?
  /// Whether an id consists of all columns together, and is none where one of them is empty.
  var isJoined = false
  /// The kinds of rows in which the value counts; nil for all.
  var kinds: Set<OutcomeKind>?
  /// A column that must hold a word for the value to count.
  var condition: (column: String, word: String)?

  /// Lists of columns, of each of which a file must have one.
  var neededColumns: [[String]] {
    let zones = columns.compactMap(\.zone.column).map { [$0] }
    switch form {
    case nil, .sum: return (isJoined ? columns.map { [$0.name] } : [columns.map(\.name)]) + zones
    case .pair(let debit, let credit): return [[debit], [credit]]
    case .marked(let mark, _, _): return [columns.map(\.name), [mark]]
    }
  }

  /// Every column that it takes to read the value.
  var readColumns: [String] {
    columns.flatMap { [$0.name] + ($0.zone.column.map { [$0] } ?? []) } + (form?.columns ?? [])
      + (condition.map { [$0.column] } ?? [])
  }
}

/// Which zone a column's times are in.
enum ZoneRule: Sendable, Equatable {
  /// Each time carries its own offset.
  case written
  /// An IANA name or `UTC`.
  case named(String)
  /// The zone that the report was made in, which its reader must know.
  case report
  /// Each row names its zone in another column.
  case inColumn(String)

  var column: String? { if case .inColumn(let name) = self { name } else { nil } }
}

/// How a row's category becomes an outcome's kind.
struct KindRule: Sendable {
  enum Meaning: Sendable, Equatable {
    case kind(OutcomeKind)
    /// The same word stands for different things, by which way the money goes.
    case bySign(SignedKinds)
    case ignored

    var kinds: [OutcomeKind] {
      switch self {
      case .kind(let kind): [kind]
      case .bySign(let kinds): [kinds.credit, kinds.debit, kinds.zero].compactMap { $0 }
      case .ignored: []
      }
    }
  }
  enum Unknown: String, CaseIterable { case quarantine, stop }

  var column: String
  /// By the whole value, or by how it begins where the name here ends in `*`.
  var values: [String: Meaning]
  var unknown: Unknown
}

/// What a word means where money comes in, goes out, and where its gross amount is zero; nil where it never does that.
struct SignedKinds: Sendable, Equatable {
  var credit: OutcomeKind?
  var debit: OutcomeKind?
  var zero: OutcomeKind?

  func kind(of gross: Int64) -> OutcomeKind? { gross == 0 ? zero : gross > 0 ? credit : debit }
}
