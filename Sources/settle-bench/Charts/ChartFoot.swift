/// What must be known of figures before they are compared with others.
struct ChartFoot {
  private var machines: [String] = []
  private var servers: [String] = []

  /// Each line once.
  var lines: [String] { machines + servers }

  mutating func add(_ stamp: Stamp, _ settings: [String: String]) {
    let (subject, of) = (stamp.subject, stamp.commit.map { " of \($0)" } ?? "")
    let machine = "\(subject.machine.told); settle \(subject.version)\(of), measured on \(stamp.at.prefix(10))"
    if !machines.contains(machine) { machines.append(machine) }
    var others = settings
    let version = others.removeValue(forKey: "server_version")
    guard !settings.isEmpty else { return }
    let server = "PostgreSQL\(version.map { " \($0)" } ?? ""): \(Columns.settings(others))"
    if !servers.contains(server) { servers.append(server) }
  }
}
