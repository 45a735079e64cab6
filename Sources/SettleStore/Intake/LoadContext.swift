package import SettleModel

/// What every write of one run has in common.
package struct LoadContext: Sendable {
  package var merchant: String
  package var processor: String
  /// The run's accounting day.
  package var date: BusinessDate
  /// The run's instant: one for all rows that are written together, so that a replay could give it again.
  package var now: Timestamp

  package init(merchant: String, processor: String, date: BusinessDate, now: Timestamp) {
    self.merchant = merchant
    self.processor = processor
    self.date = date
    self.now = now
  }
}

/// A file as the store knows it: by its bytes.
package struct FileIdentity: Sendable, Equatable {
  package var sha256: String
  package var name: String
  package var bytes: Int64
  package var layout: String

  package init(sha256: String, name: String, bytes: Int64, layout: String) {
    self.sha256 = sha256
    self.name = name
    self.bytes = bytes
    self.layout = layout
  }
}

/// What became of a file's rows. `read` is always the sum of the others (invariant I5).
package struct FileCounts: Sendable, Equatable {
  package var read: Int64
  package var accepted: Int64
  package var quarantined: Int64
  package var ignored: Int64
  /// Of the ignored, those that the layout leaves out; the others were known. Told when the file is loaded, and not
  /// kept.
  package var leftOut: Int64

  package init(read: Int64, accepted: Int64, quarantined: Int64, ignored: Int64, leftOut: Int64 = 0) {
    self.read = read
    self.accepted = accepted
    self.quarantined = quarantined
    self.ignored = ignored
    self.leftOut = leftOut
  }
}
