import ArgumentParser
import SettleModel

/// A word that stands where a command's name must, and is none. The parser says so without the nearest name, and where
/// help is asked for does not say so at all.
struct UnknownCommand: Error, Equatable, CustomStringConvertible {
  var word: String
  /// The commands that stand before it, such as `settle db`.
  var parent: String
  var known: [String]

  /// Nil where every word that must name a command does.
  init?(in arguments: [String], of root: any ParsableCommand.Type) {
    var rest = arguments[...]
    var type: any ParsableCommand.Type = root
    var path = root.configuration.commandName ?? ""
    if rest.first == "help" { rest.removeFirst() }
    while !type.configuration.subcommands.isEmpty, let word = rest.popFirst(), !word.hasPrefix("-") {
      let commands = type.configuration.subcommands
      guard let next = commands.first(where: { $0.configuration.commandName == word }) else {
        self.word = word
        parent = path
        known = commands.compactMap { command in command.configuration.commandName }
        return
      }
      type = next
      path += " \(word)"
    }
    return nil
  }

  var description: String {
    let hint =
      NearestName.meant(by: word, among: known).map { "did you mean '\(parent) \($0)'?" }
      ?? "known here: \(known.joined(separator: ", "))"
    return
      "Error: there is no command '\(parent) \(word.printable)'; \(hint)\n  See '\(parent) --help' for more information."
  }
}
