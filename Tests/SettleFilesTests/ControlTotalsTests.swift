import SettleModel
import Testing

@testable import SettleFiles

@Suite struct ControlTotalsTests {
  private static let head = """
    "SH",2026/11/20 00:00:00 -0800,2026/11/20 23:59:59 -0800,"ACCOUNT",""
    "CH","Transaction ID","Invoice ID","PayPal Reference ID","PayPal Reference ID Type","Transaction Event Code",\
    "Transaction Initiation Date","Transaction Debit or Credit","Gross Transaction Amount",\
    "Gross Transaction Currency","Fee Debit or Credit","Fee Amount","Fee Currency"
    "SB",T1,A,,,T0006,2026/11/20 09:00:00 -0800,CR,1000,USD,DR,50,USD
    "SB",T2,A,T1,TXN,T1107,2026/11/20 09:00:00 -0800,DR,400,USD,CR,20,USD
    "SB",T3,,,,T0400,2026/11/20 09:00:00 -0800,DR,300,USD,,,

    """

  private static func inspect(_ text: String) throws -> InputFile {
    try InputFile.inspect(path: TestFile(text).path, catalogue: shippedLayouts)
  }

  /// With and without the payout, fees in either order, as far as each figure of a record agrees with the rows.
  @Test(arguments: [
    ("1000,700,20,50", [] as [String]), ("1000,400,20,50", []), ("1000,700,50,20", []), ("1000,400,50,20", []),
    ("1001,700,20,50", ["line 6: SF USD gross credits are stated as 10.01 and come to 10.00, 0.01 less"]),
    ("1000,300,20,50", ["line 6: SF USD gross debits are stated as 3.00 and come to 7.00, 4.00 more"]),
    ("1000,700,20,70", ["line 6: SF USD fee debits are stated as 0.70 and come to 0.50, 0.20 less"]),
    ("1000,700,50,70", ["line 6: SF USD fee credits are stated as 0.70 and come to 0.20, 0.50 less"]),
    (
      "1000,700,1,2",
      [
        "line 6: SF USD fee credits are stated as 0.01 and come to 0.20, 0.19 more",
        "line 6: SF USD fee debits are stated as 0.02 and come to 0.50, 0.48 more",
      ]
    ),
    ("1000,700,20", ["line 6: SF USD fee debits are no amount, and come to 0.50"]),
    ("1000,x,20,50", ["line 6: SF USD gross debits are no amount, and come to 7.00"]),
    ("1000,-700,20,50", ["line 6: SF USD gross debits are no amount, and come to 7.00"]),
  ])
  func eachFigureIsCompared(_ figures: String, _ wrong: [String]) throws {
    let file = try Self.inspect(Self.head + "\"SF\",\"USD\",\(figures)\n\"RF\",\"USD\",1000,700,20,50\n")
    #expect(file.controlTotals.count == 8)
    #expect(file.controlTotals.filter { !$0.isRight }.map(\.description) == wrong)
  }

  @Test func whatIsRightIsToldAsItIsMeant() throws {
    let file = try Self.inspect(Self.head + "\"SF\",\"USD\",1000,400,50,20\n\"RF\",\"USD\",1000,700,20,50\n")
    #expect(
      file.controlTotals.map(\.description) == [
        "line 6: SF USD gross credits are 10.00", "line 6: SF USD gross debits without payouts are 4.00",
        "line 6: SF USD fee debits are 0.50", "line 6: SF USD fee credits are 0.20",
        "line 7: RF USD gross credits are 10.00", "line 7: RF USD gross debits are 7.00",
        "line 7: RF USD fee credits are 0.20", "line 7: RF USD fee debits are 0.50",
      ])
    #expect(file.refusalOfTotals == nil)
  }

  /// A file that was cut before its totals has none, which no run may take for a whole file.
  @Test(arguments: [
    (
      "",
      [
        "there is no SF for USD, whose gross credits come to 10.00",
        "there is no RF for USD, whose gross credits come to 10.00",
      ]
    ),
    ("\"SF\",\"USD\",1000,700,20,50\n", ["there is no RF for USD, whose gross credits come to 10.00"]),
    ("\"RF\",\"USD\",1000,700,20,50\n", ["there is no SF for USD, whose gross credits come to 10.00"]),
    (
      "\"SF\",\"EUR\",0,0,0,0\n\"RF\",\"USD\",1000,700,20,50\n",
      ["there is no SF for USD, whose gross credits come to 10.00"]
    ),
  ])
  func missingTotalsAreWrong(_ rest: String, _ wrong: [String]) throws {
    let file = try Self.inspect(Self.head + rest)
    #expect(file.controlTotals.filter { !$0.isRight }.map(\.description) == wrong)
  }

  @Test func importRefusesWhatInspectionShows() throws {
    let text = Self.head + "\"SF\",\"USD\",1000,700,20,50\n\"RF\",\"USD\",1000,700,20,51\n"
    let refused = try #require(try refusal(text.utf8))
    #expect(refused.reason == .controlTotals)
    #expect(
      refused.description
        == "input.csv:7: the file's control totals are not what its rows come to (line 7: RF USD fee debits are stated"
        + " as 0.51 and come to 0.50, 0.01 less); fetch it again, and ask whoever made it where they are still wrong")
    #expect(refused.sha256 != nil)
  }

  /// Each section has totals of its own, and the report those of all of them. Rows keep their physical lines.
  @Test func sectionsAreAddedUpOneByOne() throws {
    let section = Self.head + "\"SF\",\"USD\",1000,700,20,50\n"
    let file = try Self.inspect(section + section + "\"RF\",\"USD\",2000,1400,40,100\n\"FF\",6\n")
    #expect(file.refusalOfTotals == nil)
    let lines = try file.rows.map(\.line)
    #expect(lines == [3, 4, 5, 9, 10, 11])
    let half = try Self.inspect(section + section + "\"RF\",\"USD\",1000,700,20,50\n")
    #expect(half.controlTotals.filter { !$0.isRight }.count == 4)
  }

  @Test(arguments: [
    (
      "\"ZZ\",1\n", FileRefusal.Reason.unknownRecord,
      "input.csv:6: the record that starts here is of a type that paypal-settlement does not know; if it is right, add it"
        + " to the layout's records"
    ),
    (
      "\"CH\",\"Transaction ID\"\n", .unknownColumn,
      "input.csv:6: the columns that CH names here are not those of the first section; split the file by sections"
    ),
  ])
  func recordsThatCannotBeRead(_ record: String, _ reason: FileRefusal.Reason, _ message: String) throws {
    let refused = try #require(try refusal((Self.head + record).utf8))
    #expect(refused.reason == reason)
    #expect(refused.description == message)
  }

  /// A last record without a line end is whole where it is no row.
  @Test func theLastRecordMayLackItsLineEnd() throws {
    let file = try Self.inspect(Self.head + "\"SF\",\"USD\",1000,700,20,50\n\"RF\",\"USD\",1000,700,20,50")
    #expect(file.refusalOfTotals == nil)
    #expect(try file.rows.count == 3)
  }
}
