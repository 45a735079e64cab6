/// Which known name somebody probably meant.
package enum NearestName {
  /// The known name that the fewest edits turn `name` into, or nil where none is near enough to be meant.
  ///
  /// An edit inserts, deletes or replaces a letter, or swaps two neighbours. Of equally near names, the first given.
  package static func suggestion(for name: String, among known: [String]) -> String? {
    let wanted = Array(name.lowercased().unicodeScalars)
    let nearest = known.map { (name: $0, edits: edits(wanted, Array($0.lowercased().unicodeScalars))) }
      .min { $0.edits < $1.edits }
    guard let nearest, nearest.edits <= max(1, wanted.count / 3) else { return nil }
    return nearest.name
  }

  /// The same, and where none is near, the only known name that begins with what was written, if that is three letters
  /// at least.
  package static func meant(by name: String, among known: [String]) -> String? {
    if let near = suggestion(for: name, among: known) { return near }
    let longer = known.filter { name.count > 2 && $0.lowercased().hasPrefix(name.lowercased()) }
    return longer.count == 1 ? longer[0] : nil
  }

  /// The clause that a message ends with: `; did you mean "column"?`, or nothing.
  package static func hint(for name: String, among known: [String]) -> String {
    suggestion(for: name, among: known).map { "; did you mean \"\($0)\"?" } ?? ""
  }

  /// Optimal string alignment distance.
  private static func edits(_ left: [Unicode.Scalar], _ right: [Unicode.Scalar]) -> Int {
    var rows = [Array(0...right.count)]
    for i in 0..<left.count {
      var row = [i + 1]
      for j in 0..<right.count {
        var best = min(rows[i][j + 1] + 1, row[j] + 1, rows[i][j] + (left[i] == right[j] ? 0 : 1))
        if i > 0, j > 0, left[i] == right[j - 1], left[i - 1] == right[j] { best = min(best, rows[i - 1][j - 1] + 1) }
        row.append(best)
      }
      rows.append(row)
    }
    return rows[left.count][right.count]
  }
}
