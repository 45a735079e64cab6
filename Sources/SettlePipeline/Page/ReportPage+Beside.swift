package import SettleModel

extension ReportPage {
  /// Rows of `restatements.csv` that say the same of one file of one earlier report.
  package struct RestatementGroup: Sendable, Equatable {
    package var reportDate: BusinessDate
    package var file: String
    package var column: String
    /// Of a state or bucket; nil where each row changes another value.
    package var from: String?
    package var to: String?
    package var count: Int

    package init(
      reportDate: BusinessDate, file: String, column: String, from: String? = nil, to: String? = nil, count: Int
    ) {
      self.reportDate = reportDate
      self.file = file
      self.column = column
      self.from = from
      self.to = to
      self.count = count
    }
  }

  /// Open breaks that are about the money of payments once more: on its way to the bank, or what was kept of it.
  package struct BesideGlance: Sendable, Equatable {
    package enum Matter: Sendable, CaseIterable { case payouts, terms }
    package var matter: Matter
    package var count: Int
    /// What is at stake, a currency each.
    package var amounts: [Money]

    package init(matter: Matter, count: Int, amounts: [Money]) {
      self.matter = matter
      self.count = count
      self.amounts = amounts
    }
  }

  /// A file that lies beside the page.
  package struct FileBeside: Sendable, Equatable {
    package var name: String
    /// How many rows it has, where that is known.
    package var rows: Int?

    package init(name: String, rows: Int? = nil) {
      self.name = name
      self.rows = rows
    }
  }
}
