/// A way other than settle's to compare the same two files. What each does stands in its script.
enum Peer: String, CaseIterable, Codable {
  /// Staging, keyed tables, a full outer join and a CSV, on the same PostgreSQL: as durable as settle.
  case psql
  case duckdb
  case pandas
  case datacompy

  /// In the folder of the peers' scripts.
  var script: String {
    switch self {
    case .psql: "plain.sql"
    case .duckdb: "duckdb_join.py"
    case .pandas: "pandas_merge.py"
    case .datacompy: "datacompy_compare.py"
    }
  }

  /// What Python must have to run the script; nil for what Python does not run.
  var module: String? {
    switch self {
    case .psql: nil
    case .duckdb: "duckdb"
    case .pandas: "pandas"
    case .datacompy: "datacompy"
    }
  }
}
