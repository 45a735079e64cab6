import Crypto
import Foundation
package import Postgres
package import SettleModel

/// One file of a date's report as it was published at an instant.
package struct ReportEdition: Sendable, Equatable {
  package var date: BusinessDate
  package var file: String
  package var publishedAt: Timestamp
  package var sha256: String
  package var bytes: Int64

  init(_ row: Row) throws {
    (date, file, publishedAt) = (try row.get("business_date"), try row.get("file"), try row.get("published_at"))
    (sha256, bytes) = (try row.get("sha256"), try row.get("bytes"))
  }
}

// Reports are kept as they were published. Deriving an old one anew could never be proven to give its bytes; these are
// the bytes. PostgreSQL compresses them (TOAST).

extension Session {
  /// The most that one chunk holds: neither writing nor reading ever has more of a file in memory.
  package static var editionChunk: Int { 256 * 1024 }

  /// Keeps a file that is about to be published, unless its bytes are those of its last edition. Returns whether it was
  /// new.
  ///
  /// - Parameter next: gives the file's bytes in pieces of up to ``editionChunk``, then nil.
  package func keepEdition(
    of file: String, on date: BusinessDate, sha256: String, at now: Timestamp, next: () throws -> [UInt8]?
  ) throws -> Bool {
    let last = try first(
      """
      SELECT sha256, published_at FROM report_editions
      WHERE business_date = \(date) AND file = \(file) ORDER BY published_at DESC LIMIT 1
      """)
    if let known: String = try last?.get("sha256"), known == sha256 { return false }
    // A clock that was set back must not put a new edition before an older one.
    let after: Timestamp? = try last?.get("published_at")
    let at = after.map { max(now, Timestamp(microseconds: $0.microseconds + 1)) } ?? now
    try compressQuickly()
    var (chunks, bytes): (Int32, Int64) = (0, 0)
    var digest = SHA256()
    while let chunk = try next() {
      _ = try execute(
        """
        INSERT INTO edition_chunks (business_date, file, published_at, chunk, content)
        VALUES (\(date), \(file), \(at), \(chunks), \(chunk))
        """)
      digest.update(data: Data(SHA256.hash(data: chunk)))
      chunks += 1
      bytes += Int64(chunk.count)
    }
    _ = try execute(
      """
      INSERT INTO report_editions (business_date, file, published_at, sha256, bytes, chunks, digest)
      VALUES (\(date), \(file), \(at), \(sha256), \(bytes), \(chunks), \(Array(digest.finalize())))
      """)
    return true
  }

  /// For the rest of the transaction, lets the server compress by LZ4 where it was built with it: PostgreSQL's own method
  /// takes longer over a large report than all that is written of it.
  private func compressQuickly() throws {
    _ = try execute(
      """
      SELECT set_config(name, 'lz4', true) FROM pg_settings
      WHERE name = 'default_toast_compression' AND 'lz4' = ANY(enumvals)
      """)
  }

  /// The files of a date's report as they stood at an instant, by name; none where none had been published.
  package func editions(of date: BusinessDate, asOf instant: Timestamp) throws -> [ReportEdition] {
    try query(
      """
      SELECT DISTINCT ON (file) business_date, file, published_at, sha256, bytes FROM report_editions
      WHERE business_date = \(date) AND published_at <= \(instant) ORDER BY file, published_at DESC
      """, ReportEdition.init)
  }

  /// When a report of the date was published first.
  package func firstEdition(of date: BusinessDate) throws -> Timestamp? {
    try first("SELECT min(published_at) AS first FROM report_editions WHERE business_date = \(date)")?.get("first")
  }

  /// An edition's bytes, piece by piece.
  package func forEachChunk(of edition: ReportEdition, _ body: ([UInt8]) throws -> Void) throws {
    try forEach(
      """
      SELECT content FROM edition_chunks
      WHERE business_date = \(edition.date) AND file = \(edition.file) AND published_at = \(edition.publishedAt)
      ORDER BY chunk
      """
    ) { try body(try $0.get("content")) }
  }
}
