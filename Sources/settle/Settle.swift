import ArgumentParser

@main
struct Settle: AsyncParsableCommand {
  static let configuration = CommandConfiguration(commandName: "settle", abstract: "Batch payment settlement.")
}
