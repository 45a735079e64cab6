import SettleModel
import SettleStore

extension FoundBankLines {
  /// The one line that the text can only mean: no other has it, and it is not a part of another id.
  ///
  /// - Parameter near: ids that hold the text.
  func only(near: [String]) -> BankLineID? {
    count == 1 && (isWhole || near.isEmpty) ? lines.first?.id : nil
  }

  /// What to do with those that are ``listed``; nil where there is none.
  var choice: String? {
    guard count > 0 else { return nil }
    let verb = count == 1 ? "has" : "have"
    let place = isWhole ? "as a reference or as the text" : "in a reference or in the text"
    return "\(count.of("bank line", "bank lines")) \(verb) it \(place), listed above: give the id of one"
  }

  /// What there is to choose from, with the id that names each alone.
  var listed: [String] {
    let rows = lines.map { line in
      let words = line.words.joined(separator: ", ").printable
      let few = words.count > 70 ? String(words.prefix(69)) + "…" : words
      return "\(line.id)  \(line.bookedOn)  \(line.amount)  \(few)  [\(line.source.printable)]"
    }
    let more = count - Int64(lines.count)
    return rows + (more > 0 ? ["and \(more.of("older one", "older ones")): give more of the text"] : [])
  }
}
