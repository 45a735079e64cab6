import Foundation

/// Every statement of a server with the rows that it moved, as the server's own `auto_explain` writes it into its log.
///
/// Rows tell what no counter of tables does: staging tables that are gone with their transaction, and a nested loop over
/// rows held in memory, which reads its tables just once.
package struct PlanLog {
  private let path: String
  private var offset: UInt64 = 0

  /// - Parameter path: of a server that runs with ``settings``.
  package init(path: String) { self.path = path }

  /// What makes a server write down its statements, each with the rows of its plan and its WAL, and do the same work each
  /// time. Such a log holds what the tests made up, and is removed with its server.
  package static let settings = [
    "session_preload_libraries": "auto_explain",
    "auto_explain.log_min_duration": "0",
    "auto_explain.log_analyze": "on",
    "auto_explain.log_timing": "off",
    "auto_explain.log_triggers": "on",
    "auto_explain.log_wal": "on",
    "auto_explain.log_format": "json",
    "max_parallel_workers_per_gather": "0",
    "full_page_writes": "off",
  ]

  /// The statements that ended since the last call. Each is in the log before its client hears of its end.
  package mutating func news() throws -> [StatementCost] {
    let file = try FileHandle(forReadingFrom: URL(fileURLWithPath: path))
    defer { try? file.close() }
    try file.seek(toOffset: offset)
    let news = try file.readToEnd() ?? Data()
    offset += UInt64(news.count)
    return try Self.plans(String(decoding: news, as: UTF8.self)).map {
      StatementCost(try JSONDecoder().decode(ExplainedStatement.self, from: Data($0.utf8)))
    }
  }

  /// An entry's further lines begin with a tab.
  private static func plans(_ text: String) -> [String] {
    var plans: [String] = []
    var isPlan = false
    for line in text.split(separator: "\n") {
      if line.first != "\t" {
        isPlan = line.hasSuffix(" plan:")
        if isPlan { plans.append("") }
      } else if isPlan {
        plans[plans.count - 1] += line.dropFirst()
      }
    }
    return plans
  }
}

/// One statement, and what it made the server do.
package struct StatementCost: Sendable {
  package let text: String
  /// Rows that the steps of its plan gave on or turned away, how often each step was begun, and rows that were looked up
  /// for foreign keys.
  package let rowOperations: Int
  package let walRecords: Int
}

extension StatementCost {
  fileprivate init(_ statement: ExplainedStatement) {
    text = statement.text
    rowOperations =
      Int(statement.plan.rowOperations.rounded()) + Int((statement.triggers ?? []).reduce(0) { $0 + $1.calls })
    walRecords = Int(statement.plan.walRecords ?? 0)
  }
}

/// What `EXPLAIN (ANALYZE, FORMAT json)` says. Counts may be fractions: they are averages over a step's beginnings.
private struct ExplainedStatement: Decodable {
  let text: String
  let plan: PlanStep
  let triggers: [Trigger]?

  struct Trigger: Decodable {
    let calls: Double

    enum CodingKeys: String, CodingKey {
      case calls = "Calls"
    }
  }

  enum CodingKeys: String, CodingKey {
    case text = "Query Text"
    case plan = "Plan"
    case triggers = "Triggers"
  }
}

private struct PlanStep: Decodable {
  let beginnings: Double
  let rows: Double
  let filtered: Double?
  let unjoined: Double?
  let rechecked: Double?
  let walRecords: Double?
  let steps: [PlanStep]?

  var rowOperations: Double {
    let moved = rows + (filtered ?? 0) + (unjoined ?? 0) + (rechecked ?? 0)
    return beginnings * (1 + moved) + (steps ?? []).reduce(0) { $0 + $1.rowOperations }
  }

  enum CodingKeys: String, CodingKey {
    case beginnings = "Actual Loops"
    case rows = "Actual Rows"
    case filtered = "Rows Removed by Filter"
    case unjoined = "Rows Removed by Join Filter"
    case rechecked = "Rows Removed by Index Recheck"
    case walRecords = "WAL Records"
    case steps = "Plans"
  }
}
