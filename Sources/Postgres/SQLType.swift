/// A PostgreSQL type, by its object identifier.
package struct SQLType: Hashable, Sendable {
  package let oid: UInt32

  package init(oid: UInt32) { self.oid = oid }

  package static let bool = SQLType(oid: 16)
  package static let bytea = SQLType(oid: 17)
  package static let char = SQLType(oid: 18)
  package static let name = SQLType(oid: 19)
  package static let int8 = SQLType(oid: 20)
  package static let int2 = SQLType(oid: 21)
  package static let int4 = SQLType(oid: 23)
  package static let text = SQLType(oid: 25)
  package static let oid = SQLType(oid: 26)
  package static let json = SQLType(oid: 114)
  package static let unknown = SQLType(oid: 705)
  package static let bpchar = SQLType(oid: 1042)
  package static let varchar = SQLType(oid: 1043)
  package static let date = SQLType(oid: 1082)
  package static let timestamp = SQLType(oid: 1114)
  package static let timestamptz = SQLType(oid: 1184)
  package static let numeric = SQLType(oid: 1700)
  package static let uuid = SQLType(oid: 2950)
  package static let jsonb = SQLType(oid: 3802)

  /// What stands for "there is no such type"; a statement that binds it is refused.
  static let none = SQLType(oid: 0)

  /// Enums, citext and other types made by users: PostgreSQL gives them numbers from here on.
  var isUserDefined: Bool { oid >= 16384 }
}

extension SQLType {
  private static let catalogue: [SQLType: (name: String, array: UInt32)] = [
    .bool: ("boolean", 1000), .bytea: ("bytea", 1001), .char: ("\"char\"", 1002), .name: ("name", 1003),
    .int8: ("bigint", 1016), .int2: ("smallint", 1005), .int4: ("integer", 1007), .text: ("text", 1009),
    .oid: ("oid", 1028), .json: ("json", 199), .bpchar: ("character", 1014), .varchar: ("character varying", 1015),
    .date: ("date", 1182), .timestamp: ("timestamp without time zone", 1115),
    .timestamptz: ("timestamp with time zone", 1185), .numeric: ("numeric", 1231), .uuid: ("uuid", 2951),
    .jsonb: ("jsonb", 3807), SQLType(oid: 700): ("real", 1021), SQLType(oid: 701): ("double precision", 1022),
    SQLType(oid: 1083): ("time without time zone", 1183), SQLType(oid: 1186): ("interval", 1187),
    SQLType(oid: 2278): ("void", 0), SQLType(oid: 2249): ("record", 2287), .unknown: ("unknown", 0),
  ]

  private static let elements: [UInt32: SQLType] = {
    var elements: [UInt32: SQLType] = [:]
    for (type, entry) in catalogue where entry.array != 0 { elements[entry.array] = type }
    return elements
  }()

  /// The type of a one-dimensional array of these; `none` for what is an array already.
  package var array: SQLType { SQLType(oid: Self.catalogue[self]?.array ?? 0) }
}

extension SQLType: CustomStringConvertible {
  /// PostgreSQL's own name, as error messages give it.
  package var description: String {
    if let entry = Self.catalogue[self] { return entry.name }
    if let element = Self.elements[oid] { return "\(element)[]" }
    return "type \(oid)"
  }
}
