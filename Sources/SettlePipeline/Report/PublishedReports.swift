import Crypto
import Foundation
import Postgres
package import SettleModel
import SettleStore

// What was published is kept in the store, so that any report can be had again as it was known at an instant.

extension ReportFolder {
  /// Keeps the staged files before they are published: one that finance has seen is always known, while one that a kill
  /// kept from being seen is published with the same bytes by the run that follows.
  ///
  /// - Parameter hashes: of the staged files, by ``hashStaged()``.
  func keepEditions(_ hashes: [String: String], of report: WrittenReport, in db: Session, at now: Timestamp) throws {
    var hasNewEditions = false
    for (name, sha256) in hashes.sorted(by: { $0.key < $1.key }) {
      let handle = try FileHandle(forReadingFrom: URL(fileURLWithPath: staging + "/" + name))
      defer { try? handle.close() }
      let isNew = try db.keepEdition(of: name, on: report.date, sha256: sha256, at: now) {
        guard let piece = try handle.read(upToCount: Session.editionChunk), !piece.isEmpty else { return nil }
        return [UInt8](piece)
      }
      hasNewEditions = hasNewEditions || isNew
    }
    try db.keep(report.published(as: hashes.keys.sorted()), hasNewEditions: hasNewEditions)
  }

  /// Stages the files of a date's report as they were known at an instant, and returns how many there were.
  ///
  /// Throws ``Failure`` where no report had been published by then, and where an edition is not what was published.
  func stage(asOf instant: Timestamp, of date: BusinessDate, from db: Session) throws -> Int {
    try stage(try Self.editions(asOf: instant, of: date, from: db), from: db)
  }

  /// Stages files as they were published, and returns how many there are. Throws ``Failure`` where one is not in the
  /// store any more as it was.
  func stage(_ editions: [ReportEdition], from db: Session) throws -> Int {
    for edition in editions {
      let path = staging + "/" + edition.file
      let handle = try ReportFile.create(path)
      defer { try? handle.close() }
      try db.forEachChunk(of: edition) { try handle.write(contentsOf: $0) }
      try handle.synchronize()
      guard try hash(path) == edition.sha256 else {
        throw Failure(
          status: .inputRefused,
          message:
            "\(edition.file) of \(edition.date), published at \(edition.publishedAt), is not in the store any more as it "
            + "was published: run settle verify")
      }
    }
    return editions.count
  }

  static func editions(
    asOf instant: Timestamp, of date: BusinessDate, from db: Session
  ) throws -> [ReportEdition] {
    let editions = try db.editions(of: date, asOf: instant)
    guard editions.isEmpty else { return editions }
    guard let first = try db.firstEdition(of: date) else {
      throw Failure(
        status: .inputRefused,
        message: "no report of \(date) was ever published: settle run --stage report --date \(date) writes it")
    }
    throw Failure(
      status: .inputRefused,
      message: "no report of \(date) had been published by \(instant); the first one was at \(first): "
        + "give that instant or a later one with --as-of")
  }
}

extension RunRequest {
  /// Where a report goes that no flag sends elsewhere: what was known once never replaces what is known now.
  package static func reports(of date: BusinessDate, asOf instant: Timestamp?, in folder: String? = nil) -> String {
    let folder = folder ?? "reports/\(date)"
    guard let instant else { return folder }
    return folder + ".as-of-" + instant.description.filter { $0 != "-" && $0 != ":" }
  }
}
