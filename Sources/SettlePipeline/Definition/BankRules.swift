import SettleModel
import SettleStore

extension PipelineDefinition {
  /// Which lines of a bank's statements payouts are expected to explain.
  ///
  /// Without rules that is every line: finance gives the statement of the account that processors pay into. Where
  /// salaries and rent leave the same account, `payouts_from` tells the processors' lines by their texts; the others are
  /// kept and counted, and are no breaks.
  package struct Bank: Sendable, Equatable {
    /// The accounts that processors pay into; every one where there are none.
    package var accounts: [String] = []
    /// Texts of which one stands in each line of a processor; every line is one where there are none.
    package var payoutsFrom: [String] = []

    package init() {}
  }

  var bankTerms: BankTerms {
    var terms = BankTerms()
    terms.waitingDays = reconcile.bankWaitingDays
    terms.calendar = reconcile.calendar
    terms.accounts = bank.accounts
    terms.payoutsFrom = bank.payoutsFrom
    return terms
  }
}

extension PipelineDefinition.Bank {
  init(_ place: YAMLPlace) throws {
    let keys = try place.mapping(of: ["accounts", "payouts_from"])
    accounts = try keys["accounts"].map { try Self.texts($0, "account") } ?? []
    payoutsFrom = try keys["payouts_from"].map { try Self.texts($0, "text") } ?? []
  }

  private static func texts(_ place: YAMLPlace, _ what: String) throws -> [String] {
    let texts = try place.sequence().map { item in
      let text = IdentityText.normalised(try item.text())
      guard text.contains(where: { $0.isLetter || $0.isNumber }) else {
        throw item.refusal("must hold a letter or digit")
      }
      return text
    }
    guard !texts.isEmpty else {
      throw place.refusal("names no \(what); name one, or leave the key out so that every line counts")
    }
    return texts
  }
}
