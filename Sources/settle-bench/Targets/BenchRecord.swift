/// All that was measured of one world's size and seed, part by part. What is missing was not measured.
struct BenchRecord: Codable, Sendable {
  /// A part's figures.
  struct Measured<Table: BenchTable>: Codable, Sendable {
    var stamp: Stamp
    var table: Table
  }

  /// Of the smallest night.
  var rows: Int
  var seed: UInt64
  var start: Measured<StartTable>?
  var charges: Measured<ChargeTable>?
  var peers: Measured<PeerTable>?
  /// From the smallest to the largest.
  private(set) var nights: [Measured<NightTable>] = []
  var increment: Measured<IncrementTable>?
  /// By the part's name, why it could not be measured the last time.
  var failed: [String: String] = [:]
  /// As they were judged when the record was written.
  var targets: [Target] = []

  init(rows: Int, seed: UInt64) {
    self.rows = rows
    self.seed = seed
  }

  func night(of orders: Int) -> NightTable? { nights.first { $0.table.world.authorizations == orders }?.table }

  /// Takes the place of one of the same size.
  mutating func add(_ night: Measured<NightTable>) {
    let size = night.table.world.authorizations
    nights = (nights.filter { $0.table.world.authorizations != size } + [night])
      .sorted { $0.table.world.authorizations < $1.table.world.authorizations }
  }

  /// A part that cannot be measured any more has no figures of an earlier time: they would be taken for those of now.
  ///
  /// - Parameter begun: RFC 3339, UTC; what was measured from then on stays.
  mutating func fail(_ part: Part, _ reason: String, since begun: String) {
    failed[part.rawValue] = reason
    switch part {
    case .start: start = nil
    case .charges: charges = nil
    case .peers: peers = nil
    case .nights: forgetNights([rows, rows * 3], before: begun)
    case .increment:
      increment = nil
      forgetNights([rows * 10], before: begun)
    }
  }

  private mutating func forgetNights(_ sizes: [Int], before begun: String) {
    nights.removeAll { sizes.contains($0.table.world.authorizations) && $0.stamp.at < begun }
  }

  /// Name and stamp of each part that was measured.
  var stamps: [(part: String, stamp: Stamp)] {
    [start.map { ("start", $0.stamp) }, charges.map { ("charges", $0.stamp) }, peers.map { ("peers", $0.stamp) }]
      .compactMap { $0 }
      + nights.map { ("night of \(Columns.count($0.table.world.authorizations))", $0.stamp) }
      + [increment.map { ("increment", $0.stamp) }].compactMap { $0 }
  }

  /// What was measured of other settles or on other machines taken out.
  func limited(to subject: Stamp.Subject) -> BenchRecord {
    var limited = self
    if limited.start?.stamp.subject != subject { limited.start = nil }
    if limited.charges?.stamp.subject != subject { limited.charges = nil }
    if limited.peers?.stamp.subject != subject { limited.peers = nil }
    limited.nights = nights.filter { $0.stamp.subject == subject }
    if limited.increment?.stamp.subject != subject { limited.increment = nil }
    return limited
  }
}
