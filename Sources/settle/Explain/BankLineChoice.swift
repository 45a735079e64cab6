import SettleModel
import SettleStore

extension FoundBankLines {
  /// The one line that the text can only mean: no other has it, and it is not a part of another id.
  ///
  /// - Parameter near: ids that hold the text.
  func only(near: [String]) -> BankLineID? {
    count == 1 && (isWhole || near.isEmpty) ? lines.first?.id : nil
  }

  /// What there is to choose from, with the id that names each alone; nil where there is nothing.
  var choice: String? {
    guard !lines.isEmpty else { return nil }
    let verb = isWhole ? (count == 1 ? "is" : "are") : (count == 1 ? "holds" : "hold")
    let head = "\(count.of("bank line", "bank lines")) \(verb) it: give the id of one"
    let listed = lines.map { line in
      let words = line.words.joined(separator: ", ").printable
      let few = words.count > 70 ? String(words.prefix(69)) + "…" : words
      return "  \(line.id)  \(line.bookedOn)  \(line.amount)  \(few)  [\(line.source.printable)]"
    }
    let more = count - Int64(lines.count)
    let rest = more > 0 ? ["  and \(more.of("older one", "older ones")): give more of the text"] : []
    return ([head] + listed + rest).joined(separator: "\n")
  }
}
