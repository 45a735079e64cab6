import ArgumentParser

/// Measures settle on worlds of its own making.
@main
struct Bench: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "settle-bench", abstract: "Measures settle on a world of any size.",
    discussion: """
      Worlds are made by a seed: the same seed and number of rows give the same bytes.

      EXAMPLES
        settle-bench data --rows 1000000 /tmp/world
        settle-bench night --rows 1000000 --settle .build/release/settle
      """,
    subcommands: [
      DataCommand.self, NightCommand.self, PeersCommand.self, ChargesCommand.self, TargetsCommand.self,
      ChartsCommand.self, EchoCommand.self,
    ])
}

/// The bench itself cannot go on; nothing is said about settle.
struct BenchFailure: Error, CustomStringConvertible {
  let description: String
  init(_ description: String) { self.description = description }
}
