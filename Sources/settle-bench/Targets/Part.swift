import ArgumentParser

/// What can be measured by itself, in the order in which it is: what takes longest comes last.
enum Part: String, CaseIterable, ExpressibleByArgument, Sendable {
  /// How long settle takes to say something.
  case start
  /// Charges at the sandbox, beside a bare client.
  case charges
  /// A night beside psql, DuckDB, pandas and datacompy.
  case peers
  /// Nights of `--rows` orders and three times as many, and a second run of each.
  case nights
  /// A night of ten times as many, a second run of it, and an increment of a tenth into the store that holds it.
  case increment

  /// The largest world that it makes.
  func orders(_ rows: Int) -> Int {
    switch self {
    case .start, .charges: 0
    case .peers: rows
    case .nights: rows * 3
    case .increment: rows * 10
    }
  }
}
