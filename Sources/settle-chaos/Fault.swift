import Faults

/// One kind of misfortune, and the trials that put settle through it. A new one is a file of its own and a line in
/// ``FaultCatalogue``.
protocol Fault: Sendable {
  /// As it stands in the table and behind `--fault`: `sigkill-points`.
  var name: String { get }
  /// What is done to settle, in a few words for the table.
  var summary: String { get }
  /// How many worlds are made. Each is reproduced by the seed and its number alone, and may hold many trials.
  func worlds(_ effort: Effort) -> Int
  /// How many worlds may live at once; those that mostly wait can be many.
  func lanes(_ effort: Effort) -> Int
  /// Makes a world, does to it what the fault is about, and judges it. Throws only where the harness itself fails, such
  /// as when no database can be made: what settle does wrong is a ``Violation``.
  func run(world: Int, in setting: Setting) async throws -> Trial
}

extension Fault {
  func lanes(_ effort: Effort) -> Int { effort == .full ? 4 : 2 }
}

enum Effort: String, Sendable { case quick, full }

/// What all worlds of one execution have in common.
struct Setting: Sendable {
  var effort: Effort
  var seed: UInt64
  /// The program under test.
  var settle: String
  /// A folder that is removed in the end; each world makes one of its own in it.
  var folder: String
  /// Whether it can prove its books by itself: `settle verify`.
  var canVerify = false
  /// Defects seeded into the program under test; faults that run no process need not look.
  var defects: Set<Defect> = []
  /// Says what goes on, on stderr.
  var say: @Sendable (String) -> Void

  /// Random numbers for one world, the same each time.
  func random(_ fault: String, world: Int) -> SeededRandom {
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    for byte in fault.utf8 { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01b3 }
    return SeededRandom(seed: seed &+ hash &+ UInt64(world) &* 0x9E37_79B9_7F4A_7C15)
  }
}

/// What one world has shown.
struct Trial: Sendable {
  /// How many trials it held.
  var count = 1
  /// How many kills landed while the killed process had a call to the processor under way.
  var killsInFlight = 0
  var violations: [Violation] = []
}

/// SplitMix64: small, and the same on every machine.
struct SeededRandom: RandomNumberGenerator, Sendable {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }
}
