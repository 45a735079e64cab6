/// Every fault there is, in the table's order. A new one is a file of its own and a line here.
enum FaultCatalogue {
  static let faults: [any Fault] = []
}
