import Postgres
import SettleModel

// A file without rows says that there was nothing to tell. It is the same on every such day, so that its bytes alone would
// say that it never came again.

extension Session {
  /// The counts of a file whose bytes are known and which has nothing new to say: nil as well for one of reported money
  /// that has no rows and comes under another name.
  package func knownOutcomes(_ file: FileIdentity) throws -> FileCounts? {
    guard let counts = try knownFile(file) else { return nil }
    guard counts.read == 0 else { return counts }
    let isNew = try first(
      """
      SELECT 1 AS one FROM input_files f
      WHERE f.sha256 = \(file.sha256) AND f.layout = \(file.layout) AND f.name <> \(file.name)
        AND EXISTS (SELECT FROM arrivals a WHERE a.file_id = f.file_id)
        AND NOT EXISTS (SELECT FROM arrivals a WHERE a.file_id = f.file_id AND a.name = \(file.name))
      """)
    return isNew == nil ? counts : nil
  }

  /// Remembers that a file without rows whose bytes are known came under another name, and gives its counts; nil where
  /// its bytes are new.
  package func noteAnother(
    _ file: FileIdentity, of processor: String, context: LoadContext
  ) throws -> FileCounts? {
    guard let counts = try knownFile(file) else { return nil }
    _ = try execute(
      """
      INSERT INTO arrivals (processor, business_date, file_id, name)
      SELECT \(processor), \(context.date), file_id, \(file.name) FROM input_files
      WHERE sha256 = \(file.sha256) AND layout = \(file.layout)
      """)
    return counts
  }
}
