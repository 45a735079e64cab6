import SettleFiles
import SettleModel
import SettleStore

/// Whether a row still tells the break that it names: a decision is about what the person saw.
struct RowCheck {
  let row: DecisionSheet.Row
  let matter: DecidableBreak
  let date: BusinessDate

  func mayBeDecided() throws(DecisionRefusal) {
    guard matter.isOpen || matter.isDecided && matter.resolvedOn == date else {
      let how = (matter.resolution ?? "resolved").replacing("_", with: " ")
      let on = matter.resolvedOn.map { " on \($0)" } ?? ""
      throw DecisionRefusal(.alreadyResolved, "the break is resolved by now (\(how)\(on)): nothing is left to decide")
    }
    guard !matter.hasRefund else {
      throw DecisionRefusal(.irrevocable, "its refund has been asked of the processor, which cannot be taken back")
    }
    guard matter.firstSeen <= date else {
      throw DecisionRefusal(.stale, "the break was first seen on \(matter.firstSeen), after the date of the decision")
    }
    for (column, isSame) in comparisons {
      guard let text = row[column], !isSame(text) else { continue }
      throw Self.stale(column)
    }
  }

  /// What is told of the break, by column; columns that the file does not have say nothing.
  private var comparisons: [(DecisionSheet.Column, (String) -> Bool)] {
    let matter = matter
    let delta = matter.expected.flatMap { expected in try? matter.reported?.subtracting(expected) }
    func word(_ wanted: String?) -> (String) -> Bool { { $0.lowercased() == (wanted ?? "").lowercased() } }
    func amount(_ wanted: Money?) -> (String) -> Bool {
      { text in wanted.map { AmountSpelling.mayBe(text, $0) } ?? text.isEmpty }
    }
    return [
      (.status, matter.isOpen ? word("open") : { ["open", "resolved"].contains($0.lowercased()) }),
      (.reason, word(matter.reason.rawValue)),
      (.paymentID, word(matter.payment?.description)),
      (.orderReference, { FormulaText.isCell($0, of: matter.orderReference ?? "") }),
      (.expected, amount(matter.expected)), (.reported, amount(matter.reported)), (.delta, amount(delta)),
      (.currency, word((matter.expected?.currency ?? matter.reported?.currency)?.code)),
      (.reportedCurrency, word(matter.reported?.currency.code)),
      (.firstSeen, { DateSpelling.mayBe($0, matter.firstSeen) }),
    ]
  }

  private static func stale(_ column: DecisionSheet.Column) -> DecisionRefusal {
    let hint =
      switch column {
      case .paymentID, .orderReference:
        "; where a spreadsheet took it for a number, open the file with that column as text"
      default: ""
      }
    return DecisionRefusal(
      .stale,
      "\(column.rawValue) is not what the break has now: look at it in a new breaks.csv and decide there\(hint)")
  }
}
