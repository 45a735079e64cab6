/// A file cut at every byte, copied, renamed, reordered and in overlapping parts, before the whole file and after it.
/// In the end the reports are those of the whole file alone.
struct CutFiles: Fault {
  let name = "files-cut"
  let summary = "a file cut at every byte; copied, renamed, reordered, overlapping"

  func worlds(_ effort: Effort) -> Int { effort == .full ? 72 : SampleFile.Kind.allCases.count }

  func run(world number: Int, in setting: Setting) async throws -> Trial {
    var random = setting.random(name, world: number)
    let kind = SampleFile.Kind.allCases[number % SampleFile.Kind.allCases.count]
    let rows = setting.effort == .full ? Int.random(in: 3...4, using: &random) : 1
    let file = SampleFile(kind, rows: rows, named: "F\(number)", &random)
    let variants = FileVariants.cuts(of: file, &random) + FileVariants.relatives(of: file, &random)
    var alone: FilesOut?
    var violations = try await FileWorld.with(setting, named: name) { world in
      try Self.put(file, [], in: world)
      let ended = try await world.run()
      alone = ended.filesOut
      return ended.status == 0 ? [] : [Violation(.rows, "a whole file makes the run end with \(ended.status ?? -1)")]
    }
    guard let alone else { return Trial(violations: violations) }
    violations += try await FileWorld.with(setting, named: name) { world in
      try Self.put(file, variants, in: world)
      let ended = try await world.run()
      return FileWorld.died(ended) + Self.unaccounted(ended.filesOut, files: variants.count + 1, file)
        + Self.difference(ended.filesOut, from: alone)
    }
    return Trial(count: variants.count, violations: violations)
  }

  private static func put(_ file: SampleFile, _ variants: [FileVariants.Variant], in world: FileWorld) throws {
    let (folder, ending) = (file.kind.folder, file.kind.ending)
    if let base = file.base { try world.put(base.utf8, in: "authorizations", as: "base.csv") }
    try world.put(file.text.utf8, in: folder, as: "m-whole.\(ending)")
    for variant in variants {
      let name = "\(variant.comesFirst ? "a" : "z")-\(variant.word).\(ending)"
      try world.put(variant.bytes, in: folder, as: name)
    }
  }

  /// Rows read = accepted + quarantined + ignored, for every file; and every file is told of.
  private static func unaccounted(_ out: FilesOut, files: Int, _ file: SampleFile) -> [Violation] {
    var found = out.filesIn.filter { $0.read != $0.accepted + $0.quarantined + $0.ignored }
      .map { Violation(.rows, "\($0.path): \($0.read) rows were read, and those told of are not as many") }
    let told = out.filesIn.count - (file.base == nil ? 0 : 1)
    if told != files { found.append(Violation(.rows, "\(files) files came and \(told) are told of")) }
    return found
  }

  /// The reports are the same, except that evidence and quarantine name the files in which things were first seen.
  static func difference(_ out: FilesOut, from alone: FilesOut) -> [Violation] {
    ["totals.csv", "matched.csv", "refunds.csv", "payouts.csv", "breaks.csv"].compactMap { name in
      guard let expected = alone.table(name), let found = out.table(name) else {
        return Violation(.bytes, "there is no \(name)")
      }
      let same = expected.without("evidence") == found.without("evidence")
      return same ? nil : Violation(.bytes, "\(name) is not what the whole file alone gives")
    }
  }
}
