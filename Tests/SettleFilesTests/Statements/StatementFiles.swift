import SettleModel

@testable import SettleFiles

/// Small statements of each format, written for the tests.
enum StatementFiles {
  static let camt = """
    <?xml version="1.0" encoding="UTF-8"?>
    <Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"><BkToCstmrStmt>
    <Stmt><Id>S-1</Id><Acct><Id><Othr><Id>A-1</Id></Othr></Id></Acct>
    <Bal><Tp><CdOrPrtry><Cd>OPBD</Cd></CdOrPrtry></Tp><Amt Ccy="EUR">10.00</Amt><CdtDbtInd>CRDT</CdtDbtInd><Dt><Dt>2026-11-20</Dt></Dt></Bal>
    <Bal><Tp><CdOrPrtry><Cd>CLBD</Cd></CdOrPrtry></Tp><Amt Ccy="EUR">12.25</Amt><CdtDbtInd>CRDT</CdtDbtInd><Dt><Dt>2026-11-20</Dt></Dt></Bal>
    <Ntry><Amt Ccy="EUR">3.00</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts>BOOK</Sts><BookgDt><Dt>2026-11-20</Dt></BookgDt>
    <AddtlNtryInf>Müller &amp; Söhne</AddtlNtryInf></Ntry>
    <Ntry><Amt Ccy="EUR">0.75</Amt><CdtDbtInd>DBIT</CdtDbtInd><Sts>BOOK</Sts><BookgDt><Dt>2026-11-20</Dt></BookgDt></Ntry>
    </Stmt></BkToCstmrStmt></Document>

    """

  static let mt940 = """
    {1:F01EXAMPLEXXXX0000000000}{2:O9401200261121EXAMPLEXXXX00000000002611211200N}{4:
    :20:A
    :25:A-1
    :28C:1/1
    :60F:C261119EUR10,00
    :61:2611201120C3,00NTRFNONREF//B-1
    :86:Müller & Söhne
    :62F:C261120EUR13,00
    -}
    {1:F01EXAMPLEXXXX0000000000}{2:O9401200261121EXAMPLEXXXX00000000002611211200N}{4:
    :20:B
    :25:A-1
    :28C:2/1
    :60F:C261120EUR13,00
    :61:2611201120D0,75NTRFNONREF//B-2
    :62F:C261121EUR12,25
    -}

    """

  static let bai2 = """
    01,BANK,SHOP,261121,0500,1,,,2/
    02,SHOP,BANK,1,261120,,EUR,2/
    03,A-1,,010,1000,,,015,1225,,/
    16,165,300,Z,B-1,E-1,PAYOUT
    88,MÜLLER & SÖHNE
    16,475,75,0,B-2,,/
    49,2600,5/
    98,2600,1,7/
    99,2600,1,9/

    """

  static let csv = """
    Account,Date,Amount,Currency,Balance,Description
    A-1,2026-11-20,3.00,EUR,13.00,"Müller, Söhne"
    A-1,2026-11-20,-0.75,EUR,12.25,x

    """

  static let all: [(name: String, text: String)] = [
    ("camt053", camt), ("mt940", mt940), ("bai2", bai2), ("bank-csv", csv),
  ]

  /// Rows out of pieces of one size, as if each were a chunk of a file.
  static func rows(_ text: String, layout name: String, chunks size: Int) throws -> [FileRow] {
    let layout = try shippedLayouts.known(name)
    let columns = layout.format == .csv ? text.prefix { $0 != "\n" }.split(separator: ",").map(String.init) : []
    let plan = try ColumnPlan(layout: layout, header: columns, line: 1, zone: nil)
    guard var stream = try StatementStream(plan) else { return [] }
    var rows: [FileRow] = []
    try inChunks(Array(text.utf8), of: size) { try stream.feed($0) { rows.append($0) } }
    try stream.finish { rows.append($0) }
    return rows
  }
}
