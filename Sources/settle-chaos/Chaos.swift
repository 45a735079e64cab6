import ArgumentParser
import Foundation

/// The fault harness: kills, pauses and starves settle, and judges it by the processor's own ledger.
@main
struct Chaos: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "settle-chaos", abstract: "Tries to make settle charge twice, and says how hard it tried.")

  func run() async throws {}
}
