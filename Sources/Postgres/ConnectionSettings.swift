package import Logging

/// Where the database is and who asks.
package struct ConnectionSettings: Sendable {
  /// Anything libpq takes: a URI, `key=value` words, a database name, or empty for the `PG*` variables. It may hold a
  /// password: show `ConnectionSettings` itself, never this.
  package var conninfo: String
  /// Shown in `pg_stat_activity`; what conninfo or `PGAPPNAME` say wins.
  package var applicationName = "settle"
  /// For the whole attempt; what conninfo's `connect_timeout` or `PGCONNECT_TIMEOUT` say wins.
  package var connectTimeout: Duration = .seconds(10)
  /// Prepared statements kept on each connection; 0 where a pooler between us and the server cannot keep them.
  package var preparedStatements = 64
  /// Gets the server's notices, at debug level; without it they are dropped.
  package var logger: Logger?

  package init(conninfo: String) { self.conninfo = conninfo }

  package init(conninfo: String, applicationName: String, connectTimeout: Duration = .seconds(10)) {
    self.conninfo = conninfo
    self.applicationName = applicationName
    self.connectTimeout = connectTimeout
  }
}

extension ConnectionSettings: CustomStringConvertible {
  /// Where and who, and nothing that could be secret.
  package var description: String {
    guard let options = try? Conninfo(conninfo).options else { return "an invalid connection string" }
    let shown = ["service", "host", "hostaddr", "port", "dbname", "user"].compactMap { key in
      options[key].map { "\(key)=\($0)" }
    }
    return shown.isEmpty ? "libpq's defaults" : shown.joined(separator: " ")
  }
}
