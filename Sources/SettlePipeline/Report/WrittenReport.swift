import Crypto
import Foundation
import SettleFiles
import SettleModel
import SettleStore

/// A report of this run, and what it was written from.
struct WrittenReport: Sendable {
  var date: BusinessDate
  /// The last change of the store before it was read: what came with it or after it is not counted as known.
  var changes: Int64
  var basis: ReportBasis
  /// How many rows each file has, in order.
  var counts: [(name: String, value: Int64)]

  func published(as files: [String]) -> PublishedReport {
    PublishedReport(
      date: date, changes: changes, basis: basis.sha256, files: files,
      counts: counts.map { PublishedReport.Count(name: $0.name, value: $0.value) })
  }
}

/// What a report rests on beside the rows of the store. Two reports with the same basis, and no change of the store
/// between them, have the same bytes.
struct ReportBasis: Sendable, Equatable {
  let sha256: String

  /// - Parameters:
  ///   - page: as it is before any row is told on it.
  ///   - undone: what stages left undone, as the page is to tell it.
  init(_ page: ReportPage, zone: String, undone: [(stage: String, message: String)]) {
    let parts =
      [Self.executable, page.pipeline, page.merchant, page.processor, page.businessDate.description, zone]
      + undone.flatMap { [$0.stage, $0.message] }
    // A part that holds what joins them cannot pass for two of them.
    let joined = parts.map { "\($0.utf8.count):\($0)" }.joined(separator: "\n")
    sha256 = SHA256.hash(data: Data(joined.utf8)).hexadecimal
  }

  /// SHA-256 of the program that runs, since another version may tell the same rows otherwise. Where it cannot be read,
  /// a text that is never the same again.
  private static let executable = (try? FileBytes.sha256("/proc/self/exe")) ?? UUID().uuidString
}
