import Foundation
import SettleFiles
import SettleModel
import Testing

/// One input file of `samples/<layout>/`.
struct LayoutSample: Sendable, CustomTestStringConvertible {
  var layout: String
  /// The file's name, such as `plain.csv`.
  var file: String

  var testDescription: String { "\(layout)/\(file)" }
  var name: String { (file as NSString).deletingPathExtension }
  var expected: String { "\(layout)/\(name).expected.txt" }

  /// How the names of input files end.
  private static let inputs = [".csv", ".jsonl", ".xml", ".sta", ".bai"]

  /// Every sample there is. An empty list lets `everyShippedLayoutHasSamples` fail.
  static let all: [LayoutSample] = {
    let folders = (try? SampleFolder.entries(of: "")) ?? []
    return folders.filter { !["night", "three-way", "decisions"].contains($0) && !$0.contains(".") }.flatMap { layout in
      ((try? SampleFolder.entries(of: layout)) ?? [])
        .filter { file in inputs.contains { file.hasSuffix($0) } }.map { LayoutSample(layout: layout, file: $0) }
    }
  }()

  /// What becomes of the file where its content tells its layout, and where a pipeline names the layout, if that
  /// makes a difference.
  func found() throws -> String {
    let recognised = try reading(layout: nil)
    let named = try reading(layout: layout)
    return recognised == named
      ? recognised : "\(recognised)\nwith the layout \(layout) named:\n\(named)"
  }

  private func reading(layout: String?) throws -> String {
    let zone = try? SampleFolder.text("\(self.layout)/\(name).zone").trimmingCharacters(in: .whitespacesAndNewlines)
    var lines: [String] = []
    var counts = ["accepted": 0, "quarantined": 0, "ignored": 0]
    do {
      let input = try InputFile.examine(
        path: "\(SampleFolder.path)/\(self.layout)/\(file)", layout: layout, catalogue: LayoutCatalogue(), zone: zone)
      try input.forEachRow { row in
        lines.append(RowText.line(row))
        switch row {
        case .authorization, .outcome, .bankLine, .statement: counts["accepted", default: 0] += 1
        case .quarantined: counts["quarantined", default: 0] += 1
        case .ignored: counts["ignored", default: 0] += 1
        }
      }
      let summary = ["accepted", "quarantined", "ignored"].map { "\($0) \(counts[$0] ?? 0)" }.joined(separator: ", ")
      return (["\(input.layout.name): read \(lines.count), \(summary)"] + lines).joined(separator: "\n") + "\n"
    } catch let refusal as FileRefusal {
      return "refused: \(refusal.reason.rawValue)\(refusal.line.map { ", line \($0)" } ?? "")\n\(refusal.message)\n"
    }
  }
}

@Suite struct LayoutSamplesTests {
  @Test(arguments: LayoutSample.all)
  func aFileBecomesWhatIsExpectedOfIt(_ sample: LayoutSample) throws {
    let found = try sample.found()
    // A case says by its name how it ends, so that no regeneration turns one into the other unseen.
    #expect(found.hasPrefix("refused: ") == sample.name.hasPrefix("refused-"), "\(found)")
    try SampleFolder.expect(found, in: sample.expected)
  }

  @Test func everyShippedLayoutHasSamples() throws {
    let shipped = try LayoutCatalogue().layouts
    #expect(Set(LayoutSample.all.map(\.layout)) == Set(shipped.map(\.name)))
    for layout in shipped {
      let names = LayoutSample.all.filter { $0.layout == layout.name }.map(\.name)
      // Of a statement, no entry is quarantined by itself.
      let isWhole = [.camt053, .mt940, .bai2].contains(layout.format)
      for kind in ["plain", "digits"] + (isWhole ? [] : ["quarantined"]) {
        #expect(names.contains(kind), "\(layout.name) lacks \(kind)")
      }
      for kind in ["odd-", "refused-"] {
        #expect(names.contains { $0.hasPrefix(kind) }, "\(layout.name) lacks \(kind)")
      }
    }
  }

  @Test func everyExpectedFileHasItsInput() throws {
    for layout in Set(LayoutSample.all.map(\.layout)) {
      let expected = try SampleFolder.entries(of: layout).filter { $0.hasSuffix(".expected.txt") }
      #expect(Set(expected.map { "\(layout)/\($0)" }).isSubset(of: LayoutSample.all.map(\.expected)))
    }
  }

  /// What no file in a folder can show: one that cannot be opened, one that changes while it is read, and a category
  /// that stops a file, which no shipped layout asks for.
  @Test func everyRefusalOfAFileHasACase() throws {
    let shown = try words(in: "refused-") { $0.wholeMatch(of: /refused: (\w+).*/)?.1 }
    let elsewhere: Set<FileRefusal.Reason> = [.unreadable, .changed, .unknownCategory]
    #expect(shown.union(elsewhere.map(\.rawValue)) == Set(FileRefusal.Reason.allCases.map(\.rawValue)))
  }

  /// What a row alone cannot show follows from what the store knows, see `samples/night`, or the pipeline.
  @Test func everyRefusalOfARowHasACase() throws {
    let shown = try words(in: "quarantined") { $0.wholeMatch(of: /\d+ quarantined (?:.+?: )?(\w+), .*/)?.1 }
    let elsewhere: Set<QuarantineReason> = [
      .conflict, .alreadyCharged, .attemptOpen, .holdInUse, .exceedsHold, .unknownProcessor,
    ]
    #expect(shown.union(elsewhere.map(\.rawValue)) == Set(QuarantineReason.allCases.map(\.rawValue)))
  }

  private func words(in prefix: String, _ word: (Substring) -> Substring?) throws -> Set<String> {
    let samples = LayoutSample.all.filter { $0.name.hasPrefix(prefix) }
    return Set(try samples.flatMap { try $0.found().split(separator: "\n").compactMap(word).map(String.init) })
  }
}
