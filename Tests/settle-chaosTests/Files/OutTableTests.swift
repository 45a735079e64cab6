import Foundation
import Testing

@testable import settle_chaos

@Suite struct OutTableTests {
  static let texts: [(text: String, rows: [[String]])] = [
    ("a,b\r\n1,2\r\n", [["a", "b"], ["1", "2"]]),
    ("a,b\n\"1,1\",\"say \"\"so\"\"\"\n", [["a", "b"], ["1,1", "say \"so\""]]),
    ("a\r\n\"two\r\nlines\"\r\n", [["a"], ["two\r\nlines"]]),
    ("a,b\n,\"\"\n", [["a", "b"], ["", ""]]),
  ]

  @Test(arguments: texts)
  func cellsAreRead(_ text: String, _ rows: [[String]]) {
    #expect(OutTable(Data(text.utf8)).rows == rows)
  }

  @Test func aColumnIsLeftOut() {
    let table = OutTable(Data("a,evidence,c\n1,x,3\n".utf8))
    #expect(table.without("evidence").rows == [["a", "c"], ["1", "3"]])
    #expect(table.without("z") == table)
  }

  @Test(arguments: [("=1+1", true), ("@A1", true), ("-cmd", true), ("+1+2", true), ("-12.50", false), ("'=1", false)])
  func formulasAreSeen(_ cell: String, _ runs: Bool) {
    #expect(OutTable(Data("a\n\"\(cell)\"\n".utf8)).formulas.isEmpty == !runs)
  }

  @Test func aDifferenceIsTold() {
    func files(_ evidence: String, _ amount: String) -> FilesOut {
      var files: [String: Data] = [:]
      for name in ["totals.csv", "matched.csv", "refunds.csv", "payouts.csv"] { files[name] = Data("a\n".utf8) }
      files["breaks.csv"] = Data("evidence,amount\n\(evidence),\(amount)\n".utf8)
      return FilesOut(files: files)
    }
    #expect(CutFiles.difference(files("x:1", "5"), from: files("y:2", "5")).isEmpty)
    #expect(CutFiles.difference(files("x:1", "5"), from: files("x:1", "6")).map(\.invariant) == [.bytes])
  }
}
