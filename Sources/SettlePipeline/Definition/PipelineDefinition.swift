package import Foundation
import SettleFiles
package import SettleModel

/// A nightly job as its YAML file describes it, typed and checked.
///
/// Every file that a run can use makes one of these; any other is refused as a whole with a ``PipelineFileError``.
package struct PipelineDefinition: Sendable, Equatable {
  package var name: String
  /// The namespace of every payment's identity; `default` where the file names none.
  package var merchant = "default"
  /// Whose midnight ends a business date.
  package var timeZone: TimeZone
  /// A name of the processor catalogue.
  package var processor: String
  package var ingest: [Source] = []
  package var importing: [Source] = []
  /// Processors whose outcomes come in files that are nobody's in particular: `import.processors`.
  package var reporting: [String] = []
  package var charge = Charge()
  package var reconcile = Reconcile()
  package var bank = Bank()
  package var refund = RefundPolicy()
  package var failOn = FailOn()
  /// Where layouts of one's own lie, or nil where there are none but those in the binary.
  package var layoutsFolder: String?
  /// The file that this was read from, as it was named.
  package var file: String

  /// Where files are looked for, and how they are to be read.
  package struct Source: Sendable, Equatable {
    /// A glob relative to the inbox.
    package var path: String
    /// A layout's name, or nil where each file's own content decides.
    package var layout: String?
    /// The zone of a report's times where they carry none: UTC or an IANA name. Nil where no report needs it.
    package var zone: String?
    /// When its files are to come, or nil where nothing is known of that.
    package var expected: Expectation?
    /// Whose payments, or whose report, the files hold. Nil where that is the layout's or the pipeline's processor.
    package var processor: String?

    package init(path: String, layout: String? = nil, zone: String? = nil, processor: String? = nil) {
      self.path = path
      self.layout = layout
      self.zone = zone
      self.processor = processor
    }
  }

  package struct Charge: Sendable, Equatable {
    /// The most requests in any stretch of time, or nil for no limit but the processor's own.
    package var rate: Rate?
    /// Requests under way at once.
    package var concurrency = 16
    /// Payments that one transaction prepares.
    package var batch = 500
    /// How long before the processor forgets an idempotency key settle stops to rely on it.
    package var keyMargin: Duration = .seconds(3_600)
    /// After which declines another attempt is to come; after none where the file has no rules.
    package var retry = RetryPolicy()

    package init() {}
  }

  /// So many requests in so much time.
  package struct Rate: Sendable, Equatable {
    package var requests: Int
    package var per: Duration

    package init(requests: Int, per: Duration) {
      self.requests = requests
      self.per = per
    }
  }

  package struct Reconcile: Sendable, Equatable {
    /// Days of the calendar after its business date until an outcome that no file has reported is a break.
    package var waitingDays = 2
    /// Days of the calendar after its arrival until a payout that no bank line shows is a break.
    package var bankWaitingDays = 3
    /// Which days count as waiting days; all of them where the file names no calendar.
    package var calendar = BankingCalendar(.none)
    /// The layouts whose rows are reported money, or nil where all of them are.
    package var settledBy: [String]?
    /// What processors are to keep; nothing is judged where it is empty.
    package var fees = FeeSchedule()
    /// How conversions are judged, or nil where they are not.
    package var rates: RatePolicy?
    /// By what reported charges and payments are one.
    package var match = MatchRules.standard

    package init() {}
  }

  /// Above how many of each the run ends with exit status 1; nil sets no such bound.
  package struct FailOn: Sendable, Equatable {
    package var breaks: Int?
    package var quarantined: Int?

    package init() {}
  }
}

extension PipelineDefinition {
  /// Reads a pipeline file; `layouts/` beside it counts where it exists.
  ///
  /// Throws ``PipelineFileError``, and ``ConfigurationError`` for a layout there that cannot be followed.
  ///
  /// - Parameter processors: those that the file may name; nil takes any name.
  package init(path: String, processors: KnownProcessors? = nil) throws {
    let beside = Self.resolve("layouts", besideFile: path)
    try self.init(
      yaml: Self.text(of: path), file: path, processors: processors,
      layoutsBeside: Self.isFolder(beside) ? beside : nil, layouts: { try LayoutCatalogue(folder: $0) },
      isFolder: Self.isFolder)
  }

  static func text(of path: String) throws -> String {
    guard let data = FileManager.default.contents(atPath: path) else {
      throw PipelineFileError(file: path, line: nil, message: "cannot be read; name a pipeline file with --pipeline")
    }
    guard let text = String(validating: data, as: UTF8.self) else {
      throw PipelineFileError(file: path, line: nil, message: "is not UTF-8 text; save it as UTF-8")
    }
    return text
  }

  /// The pipeline that travels in the binary, `pipelines/nightly.yaml`.
  package static func shipped() throws -> PipelineDefinition {
    let name = "nightly.yaml"
    guard let file = EmbeddedFiles.all.first(where: { $0.name == name }) else {
      throw PipelineFileError(file: name, line: nil, message: "is missing from this build of settle; build it again")
    }
    return try PipelineDefinition(yaml: file.text, file: name)
  }

  static func resolve(_ folder: String, besideFile file: String) -> String {
    guard !folder.hasPrefix("/"), let slash = file.lastIndex(of: "/") else { return folder }
    return file[...slash] + folder
  }

  private static func isFolder(_ path: String) -> Bool {
    var isDirectory: ObjCBool = false
    return FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory) && isDirectory.boolValue
  }
}
