import SettleModel
import Testing

@testable import SettleFiles

@Suite struct MT940EntryTests {
  static func line(_ entry: String, _ information: [String] = [], currency: String = "EUR") throws -> BankLine {
    let field = try #require(MT940Field(":61:\(entry)", 1))
    var read = MT940Entry(field)
    read.information = information
    let ledger = StatementLedger(
      account: "A-1", id: "1", line: 1, opening: try money(0, currency), openedOn: nil)
    return try read.bankLine(in: ledger, ["reference", "end_to_end"])
  }

  @Test(arguments: [
    // value date, entry date, mark, letter of the currency, amount, type, references
    ("2611201121C1,00NTRFNONREF", "2026-11-21", "2026-11-20", 100),
    ("261120C1,NTRFNONREF", "2026-11-20", "2026-11-20", 100),
    ("261120D1,5NTRFNONREF", "2026-11-20", "2026-11-20", -150),
    ("261120RC1,5NTRFNONREF", "2026-11-20", "2026-11-20", -150),
    ("261120RD1,5NTRFNONREF", "2026-11-20", "2026-11-20", 150),
    ("261120CR1,5NTRFNONREF", "2026-11-20", "2026-11-20", 150),
    ("261120RDR1,5NTRFNONREF", "2026-11-20", "2026-11-20", 150),
    // Entry dates have no year: the nearest one is meant.
    ("2701021231C1,NTRFNONREF", "2026-12-31", "2027-01-02", 100),
    ("2612310102C1,NTRFNONREF", "2027-01-02", "2026-12-31", 100),
    ("2802280229C1,NTRFNONREF", "2028-02-29", "2028-02-28", 100),
    ("2802290301C1,NTRFNONREF", "2028-03-01", "2028-02-29", 100),
  ]) func whenAndWhichWay(_ entry: String, _ booked: String, _ value: String, _ amount: Int64) throws {
    let line = try Self.line(entry)
    #expect(line.bookedOn == BusinessDate(booked))
    #expect(line.valueOn == BusinessDate(value))
    #expect(line.amount == (try money(amount, "EUR")))
  }

  @Test(arguments: [
    ("", "NTRF"), ("261320C1,NTRFX", "its value date"), ("2611201320C1,NTRFX", "its entry date"),
    ("2611200229C1,NTRFX", "its entry date"), ("261120X1,NTRFX", "its mark"), ("261120C1NTRFX", "its amount"),
    ("261120C1.00NTRFX", "its amount"), ("261120C,50NTRFX", "its amount"), ("261120C1,001NTRFX", "its amount"),
    ("261120C-1,00NTRFX", "its amount"), ("261120C1,0,0NTRFX", "its amount"), ("261120C1,00XTRFX", "its type"),
    ("261120C1,00N", "its type"), ("261120C9999999999999999,00NTRFX", "its amount"),
  ]) func whatCannotBeReadIsNamed(_ entry: String, _ part: String) throws {
    let damage = try #require(throws: FileDamage.self) { try Self.line(entry) }
    #expect(damage.reason == .invalidEntry)
    #expect(damage.message.contains(part) || entry.isEmpty)
  }

  @Test(arguments: [
    ("NTRFNONREF", nil, nil), ("NTRF", nil, nil), ("NTRFINV-1//B-1", "INV-1", "B-1"), ("NTRF//B-1", nil, "B-1"),
    ("NTRFNONREF//NONREF", nil, nil), ("NTRFA/B//C/D", "A/B", "C/D"),
  ]) func references(_ tail: String, _ owner: String?, _ bank: String?) throws {
    let line = try Self.line("261120C1,00\(tail)")
    #expect(line.endToEnd == owner)
    #expect(line.reference == bank)
    #expect(line.code == "NTRF")
  }

  @Test(arguments: [
    (["Wages", "November"], nil, "Wages November"),
    (["/EREF/po_1/ORDP//NAME/Example/REMI/x"], "po_1", "/EREF/po_1/ORDP//NAME/Example/REMI/x"),
    (["/EREF/NOTPROVIDED/"], nil, "/EREF/NOTPROVIDED/"),
    (["166?00Credit?20EREF+po_1?21SVWZ+Payout?22 one?32Example?33 Ltd"], "po_1", "Example Ltd; Payout one"),
    (["166?00Credit?20Payout one"], nil, "Payout one"), (["808?00Fee"], nil, "Fee"),
    (["166~00Credit~20EREF+po_1~21KREF+x"], "po_1", "EREF+po_1KREF+x"),
    ([String(repeating: "a", count: 65), "b", "c"], nil, String(repeating: "a", count: 65) + "b c"),
  ]) func information(_ lines: [String], _ endToEnd: String?, _ text: String) {
    let information = MT940Information(lines)
    #expect(information.endToEnd == endToEnd)
    #expect(information.text == text)
  }

  @Test(arguments: [
    (":20:X", "20"), (":28C:X", "28C"), (":86:", "86"), (":86", nil), ("86:x", nil), (":8x:", nil), (":86a:x", nil),
    (" :86:x", nil), (":1234:", nil), ("", nil),
  ]) func tags(_ line: String, _ tag: String?) {
    #expect(MT940Field(line, 1)?.tag == tag)
  }
}
