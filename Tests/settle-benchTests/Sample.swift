@testable import settle_bench

/// Figures as a measurement leaves them.
extension RunFigures {
  static func sample(_ name: String, seconds: [Double], peak: Int = 48 << 20) -> RunFigures {
    let stages = ["start", "ingest", "import", "reconcile", "report", "end"]
    return RunFigures(
      run: name, exitStatus: 0, seconds: seconds.reduce(0, +), settlePeak: peak,
      stages: zip(stages, seconds).map {
        StageFigures(
          stage: $0, seconds: $1, rows: 1_000, settleCpu: 0.5, serverCpu: 1, wal: 1 << 20, settlePeak: 40 << 20,
          largestBackend: 50 << 20)
      }, reports: [])
  }
}

extension NightTable {
  static func sample(_ orders: Int, first: [Double] = [1, 2, 3, 4, 5, 1], again: [Double]? = [0.1]) -> NightTable {
    var world = World.Summary()
    world.authorizations = orders
    return NightTable(
      world: world, settings: ["fsync": "on"],
      runs: [.sample("first", seconds: first)] + (again.map { [.sample("again", seconds: $0)] } ?? []))
  }
}

extension PeerTable {
  /// Settle and psql, round by round.
  static func sample(settle: [Double], psql: [Double]) -> PeerTable {
    var table = PeerTable(world: World.Summary(), missing: [.duckdb, .pandas, .datacompy])
    for seconds in settle { table.add(.sample("first", seconds: [0, seconds, 0, 0, 0, 0])) }
    for seconds in psql {
      table.add(PeerFigures.Turn(seconds: seconds, peak: 9 << 20, serverPeak: 70 << 20, wal: 5 << 20), of: .psql)
    }
    return table
  }
}

extension ChargeTable {
  static func sample(free: Double = 2_500, bare: Double = 12_000, paced: Double = 399) -> ChargeTable {
    func figures(_ rate: Double, most: Int, fewest: Double?) -> ChargeFigures {
      ChargeFigures(
        charges: 1_000, settings: [:], seconds: 1_000 / rate, settlePeak: 54 << 20, serverPeak: 20 << 20,
        sandboxPeak: 60 << 20, wal: 1 << 20, mostInASecond: most, fewestOverTen: fewest, limited: 0)
    }
    return ChargeTable(
      inFlight: 16, pace: 400, bareRate: bare, free: figures(free, most: 2_700, fewest: nil),
      paced: figures(paced, most: 401, fewest: 390))
  }
}

extension Stamp {
  static func sample(program: String = "abc", cores: Int = 2) -> Stamp {
    Stamp(
      subject: Subject(
        version: "0.1.0", program: program, machine: Machine(processor: "a processor", cores: cores, memory: 8 << 30)),
      commit: "1234567", at: "2026-11-20T03:00:00Z", seconds: 60)
  }
}

extension BenchRecord {
  /// All parts, of one settle.
  static func sample(rows: Int = 1_000, stamp: Stamp = .sample()) -> BenchRecord {
    var record = BenchRecord(rows: rows, seed: 1)
    record.start = Measured(stamp: stamp, table: StartTable(help: [0.016], status: [0.05]))
    record.charges = Measured(stamp: stamp, table: .sample())
    record.peers = Measured(stamp: stamp, table: .sample(settle: [9, 8, 7], psql: [4, 4, 4]))
    for size in [rows * 10, rows, rows * 3] { record.add(Measured(stamp: stamp, table: .sample(size))) }
    record.increment = Measured(
      stamp: stamp,
      table: IncrementTable(
        held: NightTable.sample(rows * 10).world, added: NightTable.sample(rows / 10).world, settings: [:],
        intoEmpty: .sample("increment", seconds: [1, 1, 1, 1, 1, 1]),
        intoFull: .sample("increment", seconds: [1, 1, 2, 2, 1, 1])))
    return record
  }
}
